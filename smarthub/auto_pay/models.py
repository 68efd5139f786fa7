"""Rows of plans, drafts, credits and proposals, and what became of each. Nothing is changed."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from smarthub.accounts.models import Account, Service, ServicePoint
from smarthub.cooperative.models import APPEND_ONLY, FromSource
from smarthub.members.models import Person
from smarthub.payments.models import StoredMethod


class AutoPayPlan(models.Model):
    """A standing consent to draft an account's bills; a change is a plan that names the old one."""

    id = models.UUIDField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="auto_pay_plans")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    method = models.ForeignKey(StoredMethod, on_delete=models.PROTECT, related_name="+")
    cap_cents = models.BigIntegerField(null=True)
    takes_up_to_cap = models.BooleanField(default=False, db_default=False)
    by_hand_cents = models.BigIntegerField()
    enrolled_at = models.DateTimeField()
    made_at = models.DateTimeField()
    supersedes = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="superseded_by"
    )

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.CheckConstraint(
                condition=models.Q(cap_cents=None) | models.Q(cap_cents__gt=0),
                name="auto_pay_cap_is_positive",
            ),
            models.CheckConstraint(
                condition=models.Q(by_hand_cents__gte=0), name="auto_pay_by_hand_not_negative"
            ),
        ]
        indexes = [models.Index(fields=["account", "-made_at"])]

    def __str__(self) -> str:
        return f"Auto Pay of {self.account}"


class PlanEvent(models.Model):
    """What happened to a plan: paused, taken up again, suspended after failures, stopped."""

    class Kind(models.TextChoices):
        PAUSED = "paused"
        RESUMED = "resumed"
        SUSPENDED = "suspended"
        STOPPED = "stopped"

    plan = models.ForeignKey(AutoPayPlan, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.plan}: {self.kind}"


class AutoPayDraft(models.Model):
    """A bill that will be drafted, as it was announced; one for each bill and account."""

    id = models.UUIDField(primary_key=True)
    plan = models.ForeignKey(AutoPayPlan, on_delete=models.PROTECT, related_name="drafts")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    bill_number = models.CharField(max_length=40)
    billed_cents = models.BigIntegerField()
    due_date = models.DateField()
    planned_on = models.DateField()
    announced_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.UniqueConstraint(
                fields=["account", "bill_number"], name="auto_pay_draft_once_per_bill"
            )
        ]
        indexes = [models.Index(fields=["planned_on"])]

    def __str__(self) -> str:
        return f"draft of {self.bill_number}"


class DraftEvent(models.Model):
    """What happened to a draft beside its payments: asked, approved, left out, given up; once."""

    class Kind(models.TextChoices):
        ASKED = "asked"
        APPROVED = "approved"
        LEFT_OUT = "left_out"
        GIVEN_UP = "given_up"

    draft = models.ForeignKey(AutoPayDraft, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind)
    reason = models.CharField(max_length=20, blank=True)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.UniqueConstraint(fields=["draft", "kind"], name="draft_event_once_of_a_kind")
        ]

    def __str__(self) -> str:
        return f"{self.draft}: {self.kind}"


class DraftTry(models.Model):
    """A try of a draft, noted before its payment is made; the payment's id follows from both."""

    draft = models.ForeignKey(AutoPayDraft, on_delete=models.PROTECT, related_name="tries")
    number = models.PositiveSmallIntegerField()
    payment_id = models.UUIDField(unique=True)
    noted_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.UniqueConstraint(fields=["draft", "number"], name="draft_try_once_of_a_number")
        ]

    def __str__(self) -> str:
        return f"{self.draft}, try {self.number}"


class CreditProgramme(models.Model):
    """A credit for turning Auto Pay on, set by staff; a change is one that names the old one."""

    id = models.UUIDField(primary_key=True)
    amount_cents = models.BigIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    services = ArrayField(models.CharField(max_length=10, choices=Service))
    for_migrated = models.BooleanField()
    source_note = models.CharField(max_length=300)
    set_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    supersedes = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="superseded_by"
    )

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount_cents__gt=0), name="credit_programme_is_positive"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")),
                name="credit_programme_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"Auto Pay credit from {self.starts_on}"


class SignUpCredit(models.Model):
    """A credit earned for one service of an account by turning Auto Pay on: once for ever."""

    programme = models.ForeignKey(CreditProgramme, on_delete=models.PROTECT, related_name="credits")
    plan = models.ForeignKey(AutoPayPlan, on_delete=models.PROTECT, related_name="credits")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    service_point = models.ForeignKey(ServicePoint, on_delete=models.PROTECT, related_name="+")
    amount_cents = models.BigIntegerField()
    earned_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.UniqueConstraint(
                fields=["account", "service_point"], name="sign_up_credit_once_per_service"
            ),
            models.CheckConstraint(
                condition=models.Q(amount_cents__gt=0), name="sign_up_credit_is_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"credit of {self.account} for {self.service_point}"


class CreditEnd(models.Model):
    """What became of a credit: put on a bill of a day, or lapsed; one of them, once."""

    class Kind(models.TextChoices):
        POSTED = "posted"
        LAPSED = "lapsed"

    credit = models.OneToOneField(SignUpCredit, on_delete=models.PROTECT, related_name="end")
    kind = models.CharField(max_length=10, choices=Kind)
    on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.credit}: {self.kind}"


class Proposal(FromSource):
    """Auto Pay was on in the old system: what it was there, to be agreed to anew (promise R06)."""

    account = models.OneToOneField(
        Account, on_delete=models.PROTECT, related_name="auto_pay_proposal"
    )
    cap_cents = models.BigIntegerField(null=True)
    drew_on = models.CharField(max_length=40, blank=True)
    imported_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.CheckConstraint(
                condition=models.Q(cap_cents=None) | models.Q(cap_cents__gt=0),
                name="auto_pay_proposal_cap_is_positive",
            )
        ]

    def __str__(self) -> str:
        return f"Auto Pay of old of {self.account}"


class ProposalRefusal(models.Model):
    """Somebody of the account wants no Auto Pay; the proposal is not shown again."""

    proposal = models.OneToOneField(Proposal, on_delete=models.PROTECT, related_name="refusal")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.proposal}: refused"
