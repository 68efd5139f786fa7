"""Rows of deposits: asked for, interest, and the end. Only added to."""

from __future__ import annotations

from django.db import models

from smarthub.accounts.models import Account
from smarthub.cooperative.models import APPEND_ONLY
from smarthub.members.models import Person


class Deposit(models.Model):
    """A deposit asked of an account, and why; its id comes from the form, so once."""

    id = models.UUIDField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="deposits")
    amount_cents = models.BigIntegerField()
    reason = models.CharField(max_length=200)
    asked_on = models.DateField()
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_cents__gt=0), name="deposit_positive")
        ]

    def __str__(self) -> str:
        return f"deposit of {self.account}"


class DepositInterest(models.Model):
    """Interest credited for the days up to, and not including, ``until``, once."""

    deposit = models.ForeignKey(Deposit, on_delete=models.PROTECT, related_name="interest")
    until = models.DateField()
    amount_cents = models.BigIntegerField()
    credited_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.UniqueConstraint(fields=["deposit", "until"], name="deposit_interest_once")
        ]

    def __str__(self) -> str:
        return f"{self.deposit} until {self.until}"


class DepositClosing(models.Model):
    """How a deposit ended, once: given back, set against what is owed, or never paid."""

    class How(models.TextChoices):
        REFUNDED = "refunded"
        APPLIED = "applied"
        TAKEN_BACK = "taken_back"

    deposit = models.OneToOneField(Deposit, on_delete=models.PROTECT, related_name="closing")
    how = models.CharField(max_length=10, choices=How)
    on = models.DateField()
    closed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.deposit} {self.how}"
