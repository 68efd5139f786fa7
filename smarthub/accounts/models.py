"""Rows of places, accounts, agreements and the dated roles people have on accounts."""

from __future__ import annotations

import uuid

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models.functions import Upper

from smarthub.cooperative.models import APPEND_ONLY, FromSource, keeps_history
from smarthub.members.models import Membership, Person, User


def bare_number() -> Upper:
    """Return, for the database, a number as it is compared: capitals and digits, nothing between.

    The indexes below are made of it, so a number is found however it was written.
    """
    letters = models.Func(
        models.F("number"),
        models.Value("[^A-Za-z0-9]"),
        models.Value(""),
        models.Value("g"),
        function="regexp_replace",
        output_field=models.CharField(),
    )
    return Upper(letters)


class Service(models.TextChoices):
    """What the co-op delivers; the value is stored and appears in files."""

    ELECTRIC = "electric"
    GAS = "gas"
    WATER = "water"
    FIBER = "fiber"
    LIGHT = "light"


class Premise(FromSource):
    """A place that outlives everybody who lives there (rule 3)."""

    number = models.CharField(max_length=20, unique=True)
    street = models.CharField(max_length=120)
    unit = models.CharField(max_length=40, blank=True)
    city = models.CharField(max_length=60)
    state = models.CharField(max_length=2)
    postal_code = models.CharField(max_length=10)
    station = models.CharField(max_length=20, blank=True)
    search_address = models.CharField(max_length=200)

    class Meta:
        indexes = [
            models.Index(
                fields=["search_address"],
                name="premise_search_address",
                opclasses=["text_pattern_ops"],
            )
        ]

    def __str__(self) -> str:
        return f"{self.street}, {self.city}"


class PremiseDistrict(models.Model):
    """From a local day on a place lies inside a tax district, or no longer does (rule 34).

    Of two facts of one day the later recorded holds.
    """

    premise = models.ForeignKey(Premise, on_delete=models.PROTECT, related_name="districts")
    district = models.CharField(max_length=40)
    inside = models.BooleanField()
    effective_from = models.DateField()
    author = models.CharField(max_length=80)
    recorded_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(district=""), name="premise_district_is_named"
            )
        ]

    def __str__(self) -> str:
        return f"{self.premise}: {self.district} from {self.effective_from}"


class ServicePoint(FromSource):
    """Where a service is delivered: a meter socket, or an unmetered item such as a light."""

    number = models.CharField(max_length=20, unique=True)
    premise = models.ForeignKey(Premise, on_delete=models.PROTECT, related_name="service_points")
    service = models.CharField(max_length=10, choices=Service)
    metered = models.BooleanField()

    def __str__(self) -> str:
        return f"{self.service} at {self.premise}"


class Account(FromSource):
    """The bill-to unit: one bill, one due date, any number of services and locations."""

    number = models.CharField(max_length=20, unique=True)
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="accounts")
    cycle_code = models.CharField(max_length=10)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(bare_number(), name="account_bare_number")]

    def __str__(self) -> str:
        return self.number


class AccountAlias(FromSource):
    """A number the account had before; it stays searchable (rule 6)."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="aliases")
    number = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source_system", "number"], name="account_alias_once_per_system"
            )
        ]
        indexes = [models.Index(bare_number(), name="account_alias_bare_number")]

    def __str__(self) -> str:
        return f"{self.number} is now {self.account}"


@keeps_history()
class AccountRole(models.Model):
    """What one person may do with one account, between two dates; ended, never removed.

    A person has one role at a time on an account; the exclusion constraint
    ``account_role_no_overlap`` is made by migration 0004. A role that ends on the day it
    begins was in force on no day.
    """

    class Role(models.TextChoices):
        HOLDER = "holder"
        JOINT = "joint"
        FULL = "full"
        PAYER = "payer"
        VIEWER = "viewer"
        ALERTS = "alerts"

    reference = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="roles")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="account_roles")
    role = models.CharField(max_length=10, choices=Role)
    nickname = models.CharField(max_length=60, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")),
                name="account_role_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} is {self.role} of {self.account}"


class Invitation(models.Model):
    """An offer of a role on an account to somebody, by e-mail or letter; it is taken once.

    ``number`` stands in its address and opens nothing: that is what the code sent with it is for.
    """

    class Channel(models.TextChoices):
        EMAIL = "email"
        LETTER = "letter"

    number = models.CharField(max_length=9, unique=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="invitations")
    invited_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    channel = models.CharField(max_length=8, choices=Channel)
    address = models.CharField(max_length=254)
    role = models.CharField(max_length=10, choices=AccountRole.Role)
    role_ends_on = models.DateField(null=True, blank=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(role__in=["holder", "joint"]),
                name="invitation_makes_no_holder",
            ),
        ]
        indexes = [models.Index(fields=["account", "-made_at"], name="invitation_of_account")]

    def __str__(self) -> str:
        return f"{self.number}: {self.role} of {self.account}"


class ServiceAgreement(FromSource):
    """Account, service point and rate between two dates: money hangs here.

    At most one is active at a service point on any day; the exclusion constraint
    ``service_agreement_no_overlap`` is made by migration 0002 (rule 4).
    """

    number = models.CharField(max_length=30, unique=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="agreements")
    service_point = models.ForeignKey(
        ServicePoint, on_delete=models.PROTECT, related_name="agreements"
    )
    tariff_code = models.CharField(max_length=20)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gt=models.F("starts_on")),
                name="service_agreement_dates_in_order",
            )
        ]

    def __str__(self) -> str:
        return f"{self.account}: {self.tariff_code} at {self.service_point}"


class Claim(models.Model):
    """Somebody says that an account is theirs; the row is the same whether there is one or not.

    ``account`` is set when number and name go together, ``user`` when somebody signed in adds
    an account to their login. ``email`` is where the one who asks is reached: an e-mail address,
    else a phone, else nothing. Codes that prove it are rows of ``members``.
    """

    class Proof(models.TextChoices):
        EMAIL = "claim-email"
        TEXT = "claim-text"
        BILL = "bill"
        LETTER = "letter"
        STAFF = "staff"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    number_asked = models.CharField(max_length=40)
    name_asked = models.CharField(max_length=120)
    email = models.CharField(max_length=254, blank=True)
    language = models.CharField(max_length=8)
    account = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="claims")
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    ip_address = models.GenericIPAddressField()
    asked_at = models.DateTimeField()
    codes_asked = models.PositiveSmallIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True, blank=True)
    proof = models.CharField(max_length=12, choices=Proof, blank=True)
    proved_at = models.DateTimeField(null=True, blank=True)
    email_confirmed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["-asked_at"], name="claim_newest_first")]

    def __str__(self) -> str:
        return f"{self.number_asked} claimed at {self.asked_at}"


class Sweep(models.Model):
    """Many account numbers were asked for in a short time: somebody may be looking for members.

    ``ip_address`` is null when they came from many addresses. Staff note that they looked.
    """

    ip_address = models.GenericIPAddressField(null=True)
    numbers = models.PositiveIntegerField()
    hits = models.PositiveIntegerField()
    raised_at = models.DateTimeField()
    looked_at = models.DateTimeField(null=True, blank=True)
    looked_at_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["-raised_at"], name="sweep_newest_first")]

    def __str__(self) -> str:
        return f"{self.numbers} numbers from {self.ip_address or 'many addresses'}"
