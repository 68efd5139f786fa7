"""Rows of what became of a charge: returns, disputes, fees, refunds and their answers."""

from __future__ import annotations

from django.db import models

from smarthub.accounts.models import Account
from smarthub.cooperative.models import APPEND_ONLY
from smarthub.members.models import Person
from smarthub.payments.models.paying import Attempt


class ChargeFact(models.Model):
    """What became of a charge after it had succeeded: returned, disputed, taken back, once."""

    class Kind(models.TextChoices):
        RETURNED = "returned"
        DISPUTED = "disputed"
        DISPUTE_WON = "dispute_won"
        DISPUTE_LOST = "dispute_lost"
        TAKEN_BACK = "taken_back"

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="facts")
    kind = models.CharField(max_length=12, choices=Kind)
    reference = models.CharField(max_length=80)
    amount_cents = models.BigIntegerField()
    reason = models.CharField(max_length=60, blank=True)
    on = models.DateField()
    learnt_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.UniqueConstraint(
                fields=["attempt", "kind", "reference"], name="charge_fact_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.attempt} {self.kind}"


class FactPart(models.Model):
    """What such a fact means for one account: positive where it owes again."""

    fact = models.ForeignKey(ChargeFact, on_delete=models.PROTECT, related_name="parts")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    amount_cents = models.BigIntegerField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.UniqueConstraint(fields=["fact", "account"], name="fact_part_once_per_account")
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.amount_cents}"


class Fee(models.Model):
    """A fee of the co-op's own on an account, by a dated policy; ``about`` is what caused it."""

    source_key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=20)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    amount_cents = models.BigIntegerField()
    about = models.CharField(max_length=80)
    on = models.DateField()
    charged_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.kind} fee on {self.account}"


class Refund(models.Model):
    """Money of a payment that is to go back to its payer; the id comes from the form, so once."""

    id = models.UUIDField(primary_key=True)
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="refunds")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    amount_cents = models.BigIntegerField()
    reason = models.CharField(max_length=200)
    needs_second = models.BooleanField()
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount_cents__gt=0), name="refund_is_positive"
            )
        ]

    def __str__(self) -> str:
        return f"refund {self.id}"


class RefundDecision(models.Model):
    """What a second person said to a refund above the co-op's limit, once."""

    refund = models.OneToOneField(Refund, on_delete=models.PROTECT, related_name="decision")
    is_allowed = models.BooleanField()
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.refund} {'allowed' if self.is_allowed else 'refused'}"


class RefundEvent(models.Model):
    """What was learnt of a refund, in order; ``sent`` comes before the gateway is called."""

    class State(models.TextChoices):
        SENT = "sent"
        UNKNOWN = "unknown"
        SUCCESS = "success"
        FAILED = "failed"

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="events")
    state = models.CharField(max_length=10, choices=State)
    reference = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=60, blank=True)
    on = models.DateField()
    learnt_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.UniqueConstraint(fields=["refund", "state"], name="refund_learns_once")
        ]

    def __str__(self) -> str:
        return f"{self.refund}: {self.state}"
