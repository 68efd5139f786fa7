"""Rows of bank accounts the co-op draws on by its own files, and of the files themselves.

An account's number is in one column, sealed; nothing else here holds more than its last digits.
"""

from __future__ import annotations

from django.db import models

from smarthub.cooperative.models import APPEND_ONLY
from smarthub.members.models import Person
from smarthub.payments.models.aftermath import Refund
from smarthub.payments.models.methods import StoredMethod
from smarthub.payments.models.paying import Attempt


class BankAccount(models.Model):
    """What a stored method draws on, where the co-op hands in entries itself."""

    method = models.OneToOneField(
        StoredMethod, on_delete=models.PROTECT, related_name="bank_account"
    )
    routing = models.CharField(max_length=9)
    sealed_number = models.TextField()
    kind = models.CharField(max_length=8)
    name = models.CharField(max_length=60)
    entry_class = models.CharField(max_length=3)

    def __str__(self) -> str:
        return f"bank account of {self.method}"


class SentBankFile(models.Model):
    """A file for the bank, made once; it is drawn anew from its entries, never kept in plain."""

    made_on = models.DateField()
    letter = models.CharField(max_length=1)
    effective_on = models.DateField()
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.UniqueConstraint(fields=["made_on", "letter"], name="bank_file_letter_once")
        ]

    def __str__(self) -> str:
        return f"bank file {self.made_on} {self.letter}"


class SentEntry(models.Model):
    """One entry of such a file: an attempt's, a refund's, a reversal's, or of none: a prenote."""

    file = models.ForeignKey(SentBankFile, on_delete=models.PROTECT, related_name="entries")
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="entries")
    attempt = models.OneToOneField(
        Attempt, null=True, on_delete=models.PROTECT, related_name="sent_entry"
    )
    refund = models.OneToOneField(
        Refund, null=True, on_delete=models.PROTECT, related_name="sent_entry"
    )
    undoes = models.OneToOneField(
        "EntryReversal", null=True, on_delete=models.PROTECT, related_name="sent_entry"
    )
    use = models.CharField(max_length=14)
    amount_cents = models.BigIntegerField()
    trace = models.CharField(max_length=15, unique=True)

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.CheckConstraint(
                condition=models.Q(attempt=None, refund=None)
                | models.Q(attempt=None, undoes=None)
                | models.Q(refund=None, undoes=None),
                name="sent_entry_is_of_one_thing",
            )
        ]

    def __str__(self) -> str:
        return self.trace


class EntryReversal(models.Model):
    """That an entry was a mistake of ours and is to go back whole, once."""

    entry = models.OneToOneField(SentEntry, on_delete=models.PROTECT, related_name="reversal")
    reason = models.CharField(max_length=14)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.entry} back"
