"""Rows of payments handed to the phone company's own system: nobody here hears a card's number."""

from __future__ import annotations

from django.db import models

from smarthub.accounts.models import Account
from smarthub.cooperative.models import APPEND_ONLY
from smarthub.members.models import Person
from smarthub.payments.models.paying import Payment


class PhoneHandOff(models.Model):
    """One caller, one account, one amount; the code is good until it expires, and is told once."""

    id = models.UUIDField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    amount_cents = models.BigIntegerField()
    language = models.CharField(max_length=2)
    code = models.CharField(max_length=8)
    started_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        indexes = [models.Index(fields=["code", "expires_at"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount_cents__gt=0), name="phone_hand_off_is_positive"
            )
        ]

    def __str__(self) -> str:
        return f"phone payment {self.id}"


class PhoneEvent(models.Model):
    """What the phone company's system told of one; its own reference makes a result once.

    A wrong code is told of none: it is noted without what was typed.
    """

    hand_off = models.ForeignKey(
        PhoneHandOff, null=True, on_delete=models.PROTECT, related_name="events"
    )
    kind = models.CharField(max_length=10)
    reference = models.CharField(max_length=40, blank=True)
    amount_cents = models.BigIntegerField(default=0)
    reason = models.CharField(max_length=40, blank=True)
    payment = models.ForeignKey(Payment, null=True, on_delete=models.PROTECT, related_name="+")
    told_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        indexes = [
            models.Index(
                fields=["told_at"], condition=models.Q(kind="wrong_code"), name="phone_wrong_codes"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["reference"],
                condition=~models.Q(reference=""),
                name="phone_reference_once",
            ),
            models.UniqueConstraint(
                fields=["hand_off"],
                condition=models.Q(kind="looked_up"),
                name="phone_looked_up_once",
            ),
            models.UniqueConstraint(
                fields=["hand_off"], condition=models.Q(kind="paid"), name="phone_paid_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"
