"""Rows of the ledger. The database refuses to change or drop any of them (migration 0002)."""

from __future__ import annotations

import uuid

from django.db import models

from smarthub.accounts.models import Account
from smarthub.cooperative.models import APPEND_ONLY, FromSource


class Entry(FromSource):
    """One balanced entry; its id is made from the caller's source key, so twice is once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    source_key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=30)
    effective_date = models.DateField()
    reverses = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="reversed_by"
    )
    digest = models.CharField(max_length=64)
    posted_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return self.source_key


class PostingRow(models.Model):
    """One leg: debit positive, credit negative, in cents; ``account`` where it is a member's."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="postings")
    gl = models.CharField(max_length=40)
    account = models.ForeignKey(
        Account, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    amount_cents = models.BigIntegerField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(amount_cents=0), name="posting_moves_something"
            )
        ]
        indexes = [
            models.Index(
                fields=["account"], include=["gl", "amount_cents"], name="posting_by_account"
            )
        ]

    def __str__(self) -> str:
        return f"{self.gl} {self.amount_cents}"


class AskedChange(models.Model):
    """How an entry changes what the member is asked to pay, apart from what is owed (rule 49)."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="asked_changes")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    amount_cents = models.BigIntegerField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(amount_cents=0), name="asked_change_moves_something"
            )
        ]
        indexes = [
            models.Index(fields=["account"], include=["amount_cents"], name="asked_by_account")
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.amount_cents}"


class Allocation(models.Model):
    """So much of a payment entry pays a charge entry; un-applying is a negative row."""

    payment_entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="allocated_to")
    charge_entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="paid_by")
    amount_cents = models.BigIntegerField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(amount_cents=0), name="allocation_moves_something"
            )
        ]

    def __str__(self) -> str:
        return f"{self.payment_entry} pays {self.charge_entry}: {self.amount_cents}"


class MonthClose(models.Model):
    """That a month of the books is closed, for good: what was posted in it, and every balance.

    ``ends_at`` is the end of its last local day; nothing may be posted before it any more.
    ``balances`` holds each account of the general ledger, in cents, as it stood then.
    """

    month = models.DateField(unique=True)
    ends_at = models.DateTimeField(unique=True)
    entries = models.PositiveIntegerField()
    balances = models.JSONField()
    closed_by = models.CharField(max_length=80)
    closed_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} closed"
