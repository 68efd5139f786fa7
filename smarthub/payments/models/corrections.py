"""Rows of what staff put right: moves, notes, and money nobody knew whose it was."""

from __future__ import annotations

from django.db import models

from smarthub.accounts.models import Account
from smarthub.cooperative.models import APPEND_ONLY, FromSource
from smarthub.members.models import Person
from smarthub.payments.models.paying import Payment


class PaymentMove(models.Model):
    """A payment's money taken from one account and given to another, for it was meant for that."""

    id = models.UUIDField(primary_key=True)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="moves")
    from_account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    to_account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    amount_cents = models.BigIntegerField()
    reason = models.CharField(max_length=200)
    on = models.DateField()
    moved_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    moved_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(from_account=models.F("to_account")),
                name="payment_moves_elsewhere",
            )
        ]

    def __str__(self) -> str:
        return f"{self.payment} to {self.to_account}"


class PaymentNote(models.Model):
    """What a clerk wrote about a payment."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="notes")
    text = models.CharField(max_length=500)
    written_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return self.text


class SuspenseItem(FromSource):
    """Money that came in and nobody knows for whom; ``told`` is what came with it."""

    source_key = models.CharField(max_length=80, unique=True)
    amount_cents = models.BigIntegerField()
    channel = models.CharField(max_length=20)
    told = models.CharField(max_length=120)
    received_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return self.source_key


class SuspenseMatch(models.Model):
    """Whose money it was: the payment it became, once."""

    item = models.OneToOneField(SuspenseItem, on_delete=models.PROTECT, related_name="match")
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="+")
    matched_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    matched_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.item} is {self.payment}"
