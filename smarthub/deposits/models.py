"""Rows of deposits: asked for part by part, waived, interest, and the end. Only added to."""

from __future__ import annotations

from django.db import models

from smarthub.accounts.models import Account
from smarthub.cooperative.models import APPEND_ONLY
from smarthub.members.models import Person


class Deposit(models.Model):
    """A deposit asked of an account, and why; its id comes from the form, so once.

    ``ground`` is told to the member, ``reason`` is what staff wrote for each other. Rows from
    before parts were kept have no ``first_due_on`` and no parts: all of it was asked for at once.
    """

    class Ground(models.TextChoices):
        NO_HISTORY = "no_history"
        PAID_LATE = "paid_late"
        RETURNED = "returned"
        DISCONNECTED = "disconnected"

    id = models.UUIDField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="deposits")
    amount_cents = models.BigIntegerField()
    reason = models.CharField(max_length=200)
    ground = models.CharField(max_length=12, choices=Ground, blank=True, default="", db_default="")
    event_on = models.DateField(null=True)
    expected_year_cents = models.BigIntegerField(null=True)
    instalments = models.PositiveSmallIntegerField(default=1, db_default=1)
    first_due_on = models.DateField(null=True)
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


class DepositPart(models.Model):
    """One part of a deposit, put on the account on a local day; once for its number."""

    deposit = models.ForeignKey(Deposit, on_delete=models.PROTECT, related_name="parts")
    number = models.PositiveSmallIntegerField()
    amount_cents = models.BigIntegerField()
    due_on = models.DateField()
    asked_on = models.DateField()
    asked_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.UniqueConstraint(fields=["deposit", "number"], name="deposit_part_once"),
            models.CheckConstraint(
                condition=models.Q(amount_cents__gt=0), name="deposit_part_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deposit}, part {self.number}"


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
    """How a deposit ended, once: given back, set against what is owed, waived, or never paid."""

    class How(models.TextChoices):
        REFUNDED = "refunded"
        APPLIED = "applied"
        TAKEN_BACK = "taken_back"
        WAIVED = "waived"

    deposit = models.OneToOneField(Deposit, on_delete=models.PROTECT, related_name="closing")
    how = models.CharField(max_length=10, choices=How)
    on = models.DateField()
    closed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.deposit} {self.how}"


class WaiverEnd(models.Model):
    """What became of a waiver, once: asked for anew, by another deposit, or never again."""

    class How(models.TextChoices):
        ASKED_AGAIN = "asked_again"
        GOOD_MONTHS = "good_months"
        NO_SERVICE = "no_service"

    deposit = models.OneToOneField(Deposit, on_delete=models.PROTECT, related_name="waiver_end")
    how = models.CharField(max_length=12, choices=How)
    asked_again = models.OneToOneField(
        Deposit, null=True, on_delete=models.PROTECT, related_name="asked_before"
    )
    on = models.DateField()
    ended_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.CheckConstraint(
                condition=models.Q(how="asked_again", asked_again__isnull=False)
                | (~models.Q(how="asked_again") & models.Q(asked_again=None)),
                name="waiver_asked_again_by_one",
            )
        ]

    def __str__(self) -> str:
        return f"{self.deposit}: waiver {self.how}"
