"""Rows of people, their logins, membership, contacts and consents."""

from __future__ import annotations

import uuid
from typing import ClassVar

import pghistory
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.functions import RandomUUID
from django.db import models

from smarthub.cooperative.models import APPEND_ONLY, FromSource, keeps_history
from smarthub.members.types import spelled_phone


@keeps_history(exclude=["search_name"])
class Person(FromSource):
    """A human being or an organisation the co-op deals with."""

    class Kind(models.TextChoices):
        INDIVIDUAL = "individual"
        ORGANISATION = "organisation"

    class BillFormat(models.TextChoices):
        STANDARD = "standard"
        LARGE_PRINT = "large_print"

    kind = models.CharField(max_length=12, choices=Kind, default=Kind.INDIVIDUAL)
    given_name = models.CharField(max_length=120, blank=True)
    family_name = models.CharField(max_length=120, blank=True)
    organisation_name = models.CharField(max_length=120, blank=True)
    called = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=8, default="en")
    bill_format = models.CharField(
        max_length=12, choices=BillFormat, default=BillFormat.STANDARD, db_default="standard"
    )
    search_name = models.CharField(max_length=260)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(family_name="", organisation_name=""),
                name="person_has_a_name",
            ),
            models.CheckConstraint(
                condition=models.Q(language__in=["en", "es"]), name="person_language_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["search_name"], name="person_search_name", opclasses=["text_pattern_ops"]
            )
        ]

    def __str__(self) -> str:
        return self.organisation_name or f"{self.given_name} {self.family_name}".strip()


class UserManager(BaseUserManager["User"]):
    """Finds logins, each with its person; they are made by ``operations.open_login``."""

    def get_queryset(self) -> models.QuerySet[User]:
        return super().get_queryset().select_related("person")


def new_login_name() -> str:
    """Return an opaque name for a login that may have neither e-mail nor phone."""
    return uuid.uuid4().hex


@keeps_history(
    fields=["id", "person", "email", "phone", "is_active", "is_staff", "closed_at"],
    model_name="UserEvent",
    obj_field=pghistory.ObjForeignKey(related_name="events"),
)
class User(AbstractBaseUser):
    """One login, which is one person: by e-mail address, else by phone, else by its own name.

    A name that is typed looks like ``M-7KQM-R4TX`` and came in a letter; the others have one that
    nobody sees. Its history keeps no password.
    """

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="login")
    login_name = models.CharField(max_length=32, unique=True, default=new_login_name)
    email = models.EmailField(null=True, blank=True, unique=True)
    phone = models.CharField(max_length=20, null=True, blank=True, unique=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "login_name"
    EMAIL_FIELD = "email"

    def __str__(self) -> str:
        return self.signs_in_with

    @property
    def signs_in_with(self) -> str:
        """What its person types to sign in: an e-mail address, a phone or the sign-in name."""
        if self.email or not self.phone:
            return self.email or self.login_name
        return spelled_phone(self.phone)


@keeps_history()
class Contact(FromSource):
    """One e-mail address or phone of a person; used only once it is verified.

    Another value is another contact: this one is ended, never edited.
    """

    class Kind(models.TextChoices):
        EMAIL = "email"
        PHONE = "phone"

    reference = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="contacts")
    kind = models.CharField(max_length=8, choices=Kind)
    value = models.CharField(max_length=254)
    normalised = models.CharField(max_length=254)
    verified_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind", "normalised"],
                condition=models.Q(ended_at=None),
                name="contact_once_per_person",
            )
        ]
        indexes = [models.Index(fields=["kind", "normalised"])]

    def __str__(self) -> str:
        return self.value


@keeps_history()
class MailingAddress(FromSource):
    """Where letters and paper bills reach a person; another is another row, this one ended."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="mailing_addresses")
    street = models.CharField(max_length=120)
    unit = models.CharField(max_length=60, blank=True)
    city = models.CharField(max_length=60)
    state = models.CharField(max_length=2)
    postal_code = models.CharField(max_length=10)
    starts_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=models.Q(ended_at=None),
                name="mailing_address_one_in_use",
            )
        ]

    def __str__(self) -> str:
        return f"{self.street}, {self.city}"


class Membership(FromSource):
    """Membership in the co-op, apart from accounts; it outlives the last agreement (rule 2)."""

    number = models.CharField(max_length=20, unique=True)
    board_district = models.CharField(max_length=20, blank=True, default="", db_default="")
    joined_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.number


class MembershipHolder(models.Model):
    """A person who holds a membership, alone or jointly, between two dates (rule 1)."""

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="holders")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    joint = models.BooleanField(default=False)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gt=models.F("starts_on")),
                name="membership_holder_dates_in_order",
            ),
            models.UniqueConstraint(
                fields=["membership"],
                condition=models.Q(joint=False, ends_on=None),
                name="membership_one_first_holder",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} in {self.membership}"


class Consent(models.Model):
    """One consent given or withdrawn: the words shown, their version, when and from where."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="consents")
    kind = models.CharField(max_length=40)
    granted = models.BooleanField()
    text = models.TextField()
    text_version = models.CharField(max_length=20)
    language = models.CharField(max_length=8)
    account_number = models.CharField(max_length=20, blank=True)
    given_at = models.DateTimeField()
    ip_address = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table_comment = APPEND_ONLY
        indexes = [models.Index(fields=["person", "kind", "-given_at"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.text_version}: {'given' if self.granted else 'withdrawn'}"


class OneTimeCode(models.Model):
    """A code that was sent, printed or read out. Only its keyed digest is kept; it opens once.

    ``subject`` names what it opens, such as ``claim:<id>``. The newest code of a subject is the
    only one that counts.
    """

    purpose = models.CharField(max_length=20)
    subject = models.CharField(max_length=60)
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["purpose", "subject", "-made_at"], name="one_time_code_of")]

    def __str__(self) -> str:
        return f"{self.purpose} code of {self.subject}"


class SpentCode(models.Model):
    """A code that was derived, such as the one printed on a bill, and was used: never again."""

    subject = models.CharField(max_length=60, unique=True)
    spent_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.subject


class AuditEntry(models.Model):
    """One act of staff: who did what to what, and the values before and after (rule 125)."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    act = models.CharField(max_length=60)
    subject = models.CharField(max_length=120)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        indexes = [models.Index(fields=["subject", "-at"])]

    def __str__(self) -> str:
        return f"{self.user}: {self.act} {self.subject}"
