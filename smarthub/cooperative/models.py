"""Rows of the co-op itself: dated policies and closed days, each with author and source."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import pghistory
from django.db import models

Row = TypeVar("Row", bound=type[models.Model])

APPEND_ONLY = "append-only"
"""Table comment of rows that are never edited; the database refuses, and so do its grants."""


def keeps_history(**options: Any) -> Callable[[Row], Row]:
    """Let the database keep each row as it was before every change, and who changed it (rule 125).

    Triggers write the history, so that no way of changing a row can go around it. Its table is
    append-only like any other fact; the migration that makes it calls ``make_append_only``.

    Args:
        options: Which fields are kept, as ``pghistory.track`` takes them; without, all of them.
    """
    tracked: Callable[[Row], Row] = pghistory.track(
        pghistory.UpdateEvent(row=pghistory.Old),
        pghistory.DeleteEvent(),
        meta={"db_table_comment": APPEND_ONLY},
        **options,
    )
    return tracked


class FromSource(models.Model):
    """Where a fact came from, so that another billing system can stand behind the same pages."""

    source_system = models.CharField(max_length=40, default="smarthub")
    source_id = models.CharField(max_length=80, blank=True)

    class Meta:
        abstract = True


class Policy(models.Model):
    """One dated policy value: who set it, from when it holds, and what it rests on (rule 140)."""

    key = models.CharField(max_length=60)
    effective_from = models.DateField()
    value = models.JSONField()
    author = models.CharField(max_length=80)
    source_note = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        indexes = [models.Index(fields=["key", "-effective_from", "-recorded_at"])]

    def __str__(self) -> str:
        return f"{self.key} from {self.effective_from}"


class ClosedDay(models.Model):
    """A day on which banks, or the co-op's offices, are closed: one calendar (rule 139)."""

    day = models.DateField(unique=True)
    name = models.JSONField()
    banks_closed = models.BooleanField()
    offices_closed = models.BooleanField()
    author = models.CharField(max_length=80)
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"closed on {self.day}"
