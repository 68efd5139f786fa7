"""Rows of money that came another way than by the pages, and of the files it came with."""

from __future__ import annotations

from django.db import models

from smarthub.accounts.models import Account
from smarthub.cooperative.models import APPEND_ONLY
from smarthub.members.models import Person
from smarthub.payments.models.paying import Attempt, Payment


class Tender(models.Model):
    """What was handed over for a payment, and whose drawer it lies in."""

    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="tender")
    kind = models.CharField(max_length=12)
    reference = models.CharField(max_length=40, blank=True)
    taken_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    drawer_on = models.DateField()

    class Meta:
        db_table_comment = APPEND_ONLY
        indexes = [models.Index(fields=["drawer_on", "taken_by"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"


class Undoing(models.Model):
    """Money that came another way and did not stay: a check that bounced, a clerk's mistake."""

    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="undoing")
    because = models.CharField(max_length=14)
    words = models.CharField(max_length=200)
    on = models.DateField()
    undone_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.payment} undone"


class UndoingPart(models.Model):
    """What an account owes again."""

    undoing = models.ForeignKey(Undoing, on_delete=models.PROTECT, related_name="parts")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    amount_cents = models.BigIntegerField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.UniqueConstraint(
                fields=["undoing", "account"], name="undoing_part_once_per_account"
            )
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.amount_cents}"


class MoneyFile(models.Model):
    """A file about money that was given to us, once by the fingerprint of its bytes."""

    digest = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=8)
    name = models.CharField(max_length=120)
    rows_expected = models.PositiveIntegerField()
    total_cents = models.BigIntegerField()
    given_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return self.name


class MoneyFileRow(models.Model):
    """What one row of such a file came to, written with its effect; once by its key."""

    file = models.ForeignKey(MoneyFile, on_delete=models.PROTECT, related_name="rows")
    line = models.PositiveIntegerField()
    key = models.CharField(max_length=120, unique=True)
    outcome = models.CharField(max_length=20)
    code = models.CharField(max_length=20, blank=True)
    about = models.CharField(max_length=60, blank=True)
    amount_cents = models.BigIntegerField()
    payment = models.ForeignKey(Payment, null=True, on_delete=models.PROTECT, related_name="+")
    attempt = models.ForeignKey(Attempt, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.key} {self.outcome}"
