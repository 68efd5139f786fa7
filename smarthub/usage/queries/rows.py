"""How the reads of use ask the database: plain SQL with named values."""

from __future__ import annotations

from typing import Any

from django.db import connection

from smarthub.kernel.period import Period
from smarthub.metering.models import Flow
from smarthub.metering.types import Quality


def fetch(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    """Return the rows of one query."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def span(period: Period) -> dict[str, Any]:
    """Return the values most of the queries name: the days, the flow, and the qualities."""
    return {
        "start": period.start,
        "end": period.end,
        "flow": Flow.DELIVERED.value,
        "edited": bytes([Quality.EDITED]),
        "missing": bytes([Quality.MISSING]),
    }
