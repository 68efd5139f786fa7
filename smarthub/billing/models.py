"""Rows of cycles, bill runs, and bills with their segments and lines, written once.

A reference has no index of its own where another index begins with it: a run fills each of them.
"""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from smarthub.accounts.models import Account, ServiceAgreement, ServicePoint
from smarthub.cooperative.models import APPEND_ONLY, FromSource
from smarthub.rating.models import TariffVersion

NO_VALUES = models.Value({}, models.JSONField())


class BillingCycle(models.Model):
    """Accounts billed together: the day of the month they are billed and the day it is due."""

    code = models.CharField(max_length=10, unique=True)
    name = models.JSONField()
    bill_day = models.PositiveSmallIntegerField()
    due_day = models.PositiveSmallIntegerField()

    def __str__(self) -> str:
        return self.code


class ContractFact(models.Model):
    """A fact of an agreement that no meter shows, from a day on: horsepower, kVA, lamps (9.1).

    ``no_estimate`` above zero says that its reads are never estimated (rule 16); ``solar_blocks``
    counts what is held of a shared array (rule 39).
    """

    class Name(models.TextChoices):
        HORSEPOWER = "horsepower"
        KVA = "kva"
        LAMPS = "lamps"
        POWER_FACTOR = "power_factor"
        WINTER_AVERAGE = "winter_average"
        NO_ESTIMATE = "no_estimate"
        SOLAR_BLOCKS = "solar_blocks"

    agreement = models.ForeignKey(
        ServiceAgreement, on_delete=models.PROTECT, related_name="contract_facts"
    )
    name = models.CharField(max_length=20, choices=Name)
    value = models.DecimalField(max_digits=12, decimal_places=3)
    effective_from = models.DateField()
    author = models.CharField(max_length=80)
    recorded_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.CheckConstraint(condition=models.Q(value__gte=0), name="contract_fact_positive")
        ]
        indexes = [models.Index(fields=["agreement", "name", "effective_from"])]

    def __str__(self) -> str:
        return f"{self.agreement}: {self.name} {self.value} from {self.effective_from}"


class TaxCertificate(models.Model):
    """Why an account owes no tax of these codes on some days, with its proof (rule 35).

    ``ends_on`` is the first day it no longer holds; a ``TaxCertificateEnd`` ends it sooner.
    """

    class Reason(models.TextChoices):
        GOVERNMENT = "government"
        CHURCH = "church"
        SCHOOL = "school"
        RESALE = "resale"
        OTHER = "other"

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="tax_certificates")
    reason = models.CharField(max_length=20, choices=Reason)
    number = models.CharField(max_length=60)
    taxes = ArrayField(models.CharField(max_length=30))
    starts_on = models.DateField()
    ends_on = models.DateField()
    proof = models.BinaryField()
    proof_name = models.CharField(max_length=120)
    author = models.CharField(max_length=80)
    recorded_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.UniqueConstraint(
                fields=["account", "number", "starts_on"], name="tax_certificate_once"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__gt=models.F("starts_on")),
                name="tax_certificate_has_days",
            ),
            models.CheckConstraint(
                condition=~models.Q(taxes=[]), name="tax_certificate_names_its_taxes"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account}: {self.number}"


class TaxCertificateEnd(models.Model):
    """The day a certificate ended before its time, and why."""

    certificate = models.OneToOneField(
        TaxCertificate, on_delete=models.PROTECT, related_name="ended"
    )
    ends_on = models.DateField()
    reason = models.CharField(max_length=200)
    author = models.CharField(max_length=80)
    recorded_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.certificate} ended {self.ends_on}"


class BillRun(models.Model):
    """One billing of one cycle; a second run of the same cycle and day is the same run.

    A run that is ``reviewed`` makes drafts first; its bills are written once somebody who looked at
    them says so (``approved_at``); until then the whole run can be thrown away.
    """

    cycle = models.ForeignKey(BillingCycle, on_delete=models.PROTECT, related_name="runs")
    bill_date = models.DateField()
    started_at = models.DateTimeField()
    reviewed = models.BooleanField(default=False, db_default=False)
    approved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cycle", "bill_date"], name="bill_run_once")]

    def __str__(self) -> str:
        return f"{self.cycle} on {self.bill_date}"


class BillRunChunk(models.Model):
    """A part of a run, claimed whole and marked done in the transaction that writes its bills."""

    run = models.ForeignKey(BillRun, on_delete=models.PROTECT, related_name="chunks")
    account_ids = ArrayField(models.BigIntegerField())
    drafted_at = models.DateTimeField(null=True)
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


class BillDraft(models.Model):
    """A bill as it would be, for somebody to look at; computed again before it is written.

    ``digest`` is the fingerprint of its segments: a bill that would differ from the draft that
    was reviewed is not written but reviewed again. ``held_code`` says why it waits.
    """

    run = models.ForeignKey(BillRun, on_delete=models.CASCADE, related_name="drafts")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    charges_cents = models.BigIntegerField()
    asked_cents = models.BigIntegerField()
    services = ArrayField(models.CharField(max_length=10))
    last_year_cents = models.BigIntegerField(null=True)
    last_cents = models.BigIntegerField(null=True)
    digest = models.CharField(max_length=64)
    held_code = models.CharField(max_length=40, blank=True)
    held_values = models.JSONField(default=dict)
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "account"], name="bill_draft_once_per_run")
        ]

    def __str__(self) -> str:
        return f"{self.run}: {self.account}"


class BillHold(models.Model):
    """An account whose bills wait until a person says otherwise, and why (rule 47)."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="bill_holds")
    reason = models.CharField(max_length=200)
    held_by = models.CharField(max_length=80)
    held_at = models.DateTimeField()
    released_by = models.CharField(max_length=80, blank=True)
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=models.Q(released_at=None),
                name="bill_hold_one_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.account}: {self.reason}"


class PrintedMessage(models.Model):
    """A message bills carry from one bill date to another; its text is never changed.

    What is said otherwise is another row that supersedes it; one that holds no day ends it. A bill
    keeps the numbers of those it carries.
    """

    class Audience(models.TextChoices):
        ALL = "all"
        RATE = "rate"
        SERVICE = "service"
        LIST = "list"

    title = models.JSONField()
    text = models.JSONField()
    more = models.JSONField(null=True)
    audience = models.CharField(max_length=10, choices=Audience)
    audience_values = ArrayField(models.CharField(max_length=40), default=list)
    starts_on = models.DateField()
    ends_on = models.DateField()
    author = models.CharField(max_length=80)
    recorded_at = models.DateTimeField()
    supersedes = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="superseded_by"
    )

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="printed_message_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=models.Q(audience="all") | ~models.Q(audience_values=[]),
                name="printed_message_names_its_readers",
            ),
        ]

    def __str__(self) -> str:
        return f"Message {self.pk}"


class Bill(FromSource):
    """A bill as it was made: codes and values, so it can be drawn in either language."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    number = models.CharField(max_length=40, unique=True)
    run = models.ForeignKey(
        BillRun, null=True, on_delete=models.PROTECT, related_name="bills", db_index=False
    )
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="bills", db_index=False
    )
    bill_date = models.DateField()
    due_date = models.DateField()
    previous_cents = models.BigIntegerField()
    payments_cents = models.BigIntegerField()
    adjustments_cents = models.BigIntegerField()
    charges_cents = models.BigIntegerField()
    asked_cents = models.BigIntegerField()
    template_version = models.CharField(max_length=20)
    facts = models.JSONField(default=dict)
    edition = models.PositiveSmallIntegerField(default=1, db_default=1)
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
    """One agreement, one period: the reads it rests on and the tariff it was priced under.

    ``inputs`` is everything the price was computed from beside the tariff version, so it can be
    computed again for ever; ``after`` is what later bills rest on (ratchet, bank).
    """

    bill = models.ForeignKey(
        Bill, on_delete=models.PROTECT, related_name="segments", db_index=False
    )
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
    estimated = models.BooleanField(default=False, db_default=False)
    inputs = models.JSONField(default=dict, db_default=NO_VALUES)
    after = models.JSONField(default=dict, db_default=NO_VALUES)
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

    segment = models.ForeignKey(
        BillSegment, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
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


class BillCancellation(models.Model):
    """A bill that was taken back, why, and by whom; the bill itself stays as it is (rule 43)."""

    bill = models.OneToOneField(Bill, on_delete=models.PROTECT, related_name="cancellation")
    reason = models.CharField(max_length=20)
    note = models.CharField(max_length=300, blank=True)
    cancelled_by = models.CharField(max_length=80)
    cancelled_on = models.DateField()
    cancelled_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.bill} cancelled: {self.reason}"


class BillDifference(models.Model):
    """A bill that would come out otherwise today, and why: a person decides (rules 43 to 45)."""

    bill = models.ForeignKey(Bill, on_delete=models.PROTECT, related_name="differences")
    code = models.CharField(max_length=30)
    found_at = models.DateTimeField()
    billed_cents = models.BigIntegerField()
    would_be_cents = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=80, blank=True)
    settled_as = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bill", "digest"], name="bill_difference_once")
        ]

    def __str__(self) -> str:
        return f"{self.bill}: {self.billed_cents} would be {self.would_be_cents}"
