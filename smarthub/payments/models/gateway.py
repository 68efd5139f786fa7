"""Rows of what a gateway told us: its events, their outcome, and its pay-outs."""

from __future__ import annotations

from django.db import models

from smarthub.cooperative.models import APPEND_ONLY
from smarthub.payments.models.paying import Attempt


class InboxEvent(models.Model):
    """Word from a gateway as it came, once by its id; what it means is found out later."""

    gateway = models.CharField(max_length=20)
    event_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=60)
    charge_reference = models.CharField(max_length=80)
    method_token = models.CharField(max_length=120, blank=True, db_default="")
    body = models.TextField()
    received_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.UniqueConstraint(fields=["gateway", "event_id"], name="inbox_event_once")
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.event_id}"


class InboxResult(models.Model):
    """What an event came to, once: it changed something, nothing, or was put before staff."""

    class Outcome(models.TextChoices):
        APPLIED = "applied"
        NO_NEWS = "no_news"
        PARKED = "parked"

    event = models.OneToOneField(InboxEvent, on_delete=models.PROTECT, related_name="result")
    outcome = models.CharField(max_length=10, choices=Outcome)
    handled_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.event}: {self.outcome}"


class Settlement(models.Model):
    """A pay-out of a gateway to the co-op's bank, once by its reference."""

    gateway = models.CharField(max_length=20)
    reference = models.CharField(max_length=80)
    paid_on = models.DateField()
    amount_cents = models.BigIntegerField()
    learnt_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.UniqueConstraint(fields=["gateway", "reference"], name="settlement_once")
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.reference}"


class SettlementLine(models.Model):
    """One line of a pay-out, and the attempt it belongs to where we know it."""

    class Kind(models.TextChoices):
        CHARGE = "charge"
        REFUND = "refund"
        RETURN = "return"
        DISPUTE = "dispute"
        DISPUTE_WON = "dispute_won"

    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="lines")
    reference = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=Kind)
    charge_reference = models.CharField(max_length=80)
    attempt = models.ForeignKey(
        Attempt, null=True, on_delete=models.PROTECT, related_name="settlement_lines"
    )
    amount_cents = models.BigIntegerField()
    fee_cents = models.BigIntegerField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.UniqueConstraint(fields=["settlement", "reference"], name="settlement_line_once")
        ]

    def __str__(self) -> str:
        return f"{self.settlement} {self.reference}"
