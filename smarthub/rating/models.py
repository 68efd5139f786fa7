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
