"""How the reads of use ask the database: plain SQL with named values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self, cast

from django.db import connection
from django.db.backends.utils import CursorWrapper
from psycopg import Cursor

from smarthub.kernel.period import Period
from smarthub.metering.models import Flow
from smarthub.metering.types import Quality


def fetch(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    """Return the rows of one query."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def fetch_prepared(sql: str, values: Mapping[str, Any] | Sequence[Any]) -> list[tuple[Any, ...]]:
    """Return the rows of one query that is planned once a connection and answered in binary.

    For reads of many days: planning them over the partitions of a year takes as long as reading
    them, and bytes would come as twice as much text.
    """
    with _prepared_cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


class _PreparedCursor(Cursor[tuple[Any, ...]]):
    """Asks by a prepared statement and takes the answer in binary."""

    def execute(self, query: Any, params: Any = None, **_options: Any) -> Self:
        return super().execute(query, params, prepare=True, binary=True)


def _prepared_cursor() -> CursorWrapper:
    """Return such a cursor on Django's connection, whose queries are counted as all others are."""
    connection.ensure_connection()
    cursor = cast("CursorWrapper", _PreparedCursor(connection.connection))
    if connection.queries_logged:
        return connection.make_debug_cursor(cursor)
    return connection.make_cursor(cursor)


def span(period: Period) -> dict[str, Any]:
    """Return the values most of the queries name: the days, the flow, and the qualities."""
    return {
        "start": period.start,
        "end": period.end,
        "flow": Flow.DELIVERED.value,
        "edited": bytes([Quality.EDITED]),
        "missing": bytes([Quality.MISSING]),
    }
