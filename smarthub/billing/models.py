"""Rows of cycles, bill runs, and bills with their segments and lines, written once."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from smarthub.accounts.models import Account, ServiceAgreement, ServicePoint
from smarthub.cooperative.models import APPEND_ONLY, FromSource
from smarthub.rating.models import TariffVersion


class BillingCycle(models.Model):
    """Accounts billed together: the day of the month they are billed and the day it is due."""

    code = models.CharField(max_length=10, unique=True)
    name = models.JSONField()
    bill_day = models.PositiveSmallIntegerField()
    due_day = models.PositiveSmallIntegerField()

    def __str__(self) -> str:
        return self.code


class BillRun(models.Model):
    """One billing of one cycle; a second run of the same cycle and day is the same run."""

    cycle = models.ForeignKey(BillingCycle, on_delete=models.PROTECT, related_name="runs")
    bill_date = models.DateField()
    started_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cycle", "bill_date"], name="bill_run_once")]

    def __str__(self) -> str:
        return f"{self.cycle} on {self.bill_date}"


class BillRunChunk(models.Model):
    """A part of a run, claimed whole and marked done in the transaction that writes its bills."""

    run = models.ForeignKey(BillRun, on_delete=models.PROTECT, related_name="chunks")
    account_ids = ArrayField(models.BigIntegerField())
    done_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.run}, {len(self.account_ids)} accounts"


class BillException(models.Model):
    """An account a run could not bill, and why; it blocks nobody else (rule 46)."""

    run = models.ForeignKey(BillRun, on_delete=models.PROTECT, related_name="exceptions")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=40)
    values = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "account"], name="bill_exception_once")
        ]

    def __str__(self) -> str:
        return f"{self.account}: {self.code}"


class Bill(FromSource):
    """A bill as it was made: codes and values, so it can be drawn in either language."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    number = models.CharField(max_length=40, unique=True)
    run = models.ForeignKey(BillRun, null=True, on_delete=models.PROTECT, related_name="bills")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="bills")
    bill_date = models.DateField()
    due_date = models.DateField()
    previous_cents = models.BigIntegerField()
    payments_cents = models.BigIntegerField()
    adjustments_cents = models.BigIntegerField()
    charges_cents = models.BigIntegerField()
    asked_cents = models.BigIntegerField()
    template_version = models.CharField(max_length=20)
    facts = models.JSONField(default=dict)
    supersedes = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="superseded_by"
    )
    created_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [models.UniqueConstraint(fields=["run", "account"], name="bill_once_per_run")]
        indexes = [models.Index(fields=["account", "-bill_date"])]

    def __str__(self) -> str:
        return self.number


class BillSegment(models.Model):
    """One agreement, one period: the reads it rests on and the tariff it was priced under."""

    bill = models.ForeignKey(Bill, on_delete=models.PROTECT, related_name="segments")
    position = models.PositiveSmallIntegerField()
    agreement = models.ForeignKey(ServiceAgreement, on_delete=models.PROTECT, related_name="+")
    service_point = models.ForeignKey(ServicePoint, on_delete=models.PROTECT, related_name="+")
    tariff_version = models.ForeignKey(TariffVersion, on_delete=models.PROTECT, related_name="+")
    service = models.CharField(max_length=10)
    period_start = models.DateField()
    period_end = models.DateField()
    quantity = models.DecimalField(max_digits=14, decimal_places=3, null=True)
    unit = models.CharField(max_length=8, blank=True)
    reads = models.JSONField(default=list)
    total_cents = models.BigIntegerField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.UniqueConstraint(fields=["bill", "position"], name="bill_segment_in_order"),
            models.CheckConstraint(
                condition=models.Q(period_end__gt=models.F("period_start")),
                name="bill_segment_has_days",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bill} {self.service}"


class BillLine(models.Model):
    """One line: quantity x rate = amount; its name is found by code in the tariff version."""

    segment = models.ForeignKey(BillSegment, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=30)
    quantity = models.DecimalField(max_digits=14, decimal_places=3)
    unit = models.CharField(max_length=8)
    rate = models.DecimalField(max_digits=12, decimal_places=6)
    amount_cents = models.BigIntegerField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.UniqueConstraint(fields=["segment", "position"], name="bill_line_in_order")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.amount_cents}"
