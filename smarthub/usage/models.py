"""Rows beside use: what members pinned to its days, and what was forecast of the weather.

Use itself has no rows: it is derived from the reads of ``metering``.
"""

from __future__ import annotations

import uuid

from django.db import models

from smarthub.accounts.models import Account, ServicePoint
from smarthub.cooperative.models import APPEND_ONLY
from smarthub.members.models import User


class UsageNote(models.Model):
    """Words a member pinned to some days of one service point; taken off by a ``UsageNoteEnd``."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    service_point = models.ForeignKey(ServicePoint, on_delete=models.PROTECT, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField()
    text = models.CharField(max_length=80)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    pinned_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day")),
                name="usage_note_days_in_order",
            )
        ]

    def __str__(self) -> str:
        return f"{self.service_point} on {self.first_day}: {self.text}"


class UsageNoteEnd(models.Model):
    """A note was taken off: by whom, and when."""

    note = models.OneToOneField(UsageNote, on_delete=models.PROTECT, related_name="end")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return f"end of {self.note}"


class ForecastDay(models.Model):
    """What was forecast for one local day at one weather station; the newest issue counts."""

    station = models.CharField(max_length=20)
    day = models.DateField()
    issued_at = models.DateTimeField()
    low_f = models.DecimalField(max_digits=5, decimal_places=1)
    high_f = models.DecimalField(max_digits=5, decimal_places=1)
    mean_f = models.DecimalField(max_digits=5, decimal_places=1)
    source = models.CharField(max_length=40)

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.UniqueConstraint(
                fields=["station", "day", "issued_at"], name="forecast_day_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.station} on {self.day}, issued {self.issued_at}"
