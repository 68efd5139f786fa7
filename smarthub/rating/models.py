"""Rows of tariffs: versioned by the date they hold from, never edited (rule 24)."""

from __future__ import annotations

from django.db import models

from smarthub.cooperative.models import APPEND_ONLY


class TariffVersion(models.Model):
    """A tariff as published: its definition as data, from a date on."""

    code = models.CharField(max_length=20)
    effective_from = models.DateField()
    definition = models.JSONField()
    author = models.CharField(max_length=80)
    published_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.UniqueConstraint(fields=["code", "effective_from"], name="tariff_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.code} from {self.effective_from}"


class RiderValue(models.Model):
    """What a rider is worth a unit, from a date on."""

    code = models.CharField(max_length=20)
    effective_from = models.DateField()
    rate = models.DecimalField(max_digits=12, decimal_places=6)
    author = models.CharField(max_length=80)
    published_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.UniqueConstraint(fields=["code", "effective_from"], name="rider_value_once")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.rate} from {self.effective_from}"


class TariffDraft(models.Model):
    """A tariff somebody is writing: changed until it is published or thrown away.

    Publishing copies it into a version; the draft then names that version and is changed no more.
    """

    code = models.CharField(max_length=20)
    text = models.TextField()
    digest = models.CharField(max_length=64)
    author = models.CharField(max_length=80)
    author_id = models.BigIntegerField()
    saved_at = models.DateTimeField()
    published = models.ForeignKey(
        TariffVersion, null=True, on_delete=models.PROTECT, related_name="drafts"
    )
    discarded_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.code}, a draft of {self.author}"


class TariffPreview(models.Model):
    """Last month's bills priced under a draft, as it read at one moment (its ``digest``)."""

    draft = models.ForeignKey(TariffDraft, on_delete=models.CASCADE, related_name="previews")
    digest = models.CharField(max_length=64)
    compared_with = models.CharField(max_length=20)
    since = models.DateField()
    started_at = models.DateTimeField()
    bills = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["draft", "digest", "compared_with", "since"], name="tariff_preview_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.draft}, {self.done} of {self.bills}"


class PreviewedBill(models.Model):
    """One service of one bill: what it came to, and what it would; ``refused`` says why not."""

    preview = models.ForeignKey(TariffPreview, on_delete=models.CASCADE, related_name="lines")
    account_number = models.CharField(max_length=20)
    bill_number = models.CharField(max_length=40)
    before_cents = models.BigIntegerField()
    after_cents = models.BigIntegerField(null=True)
    refused = models.CharField(max_length=60, blank=True)

    class Meta:
        indexes = [models.Index(fields=["preview", "account_number"])]

    def __str__(self) -> str:
        return f"{self.bill_number}: {self.before_cents} would be {self.after_cents}"
