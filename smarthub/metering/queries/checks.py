"""What is missing or failed a check, and waits for somebody."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection
from dataclasses import fields
from typing import Any

from django.db import connection

from smarthub.accounts.types import ServicePointId
from smarthub.kernel.period import Period
from smarthub.metering.models import (
    IntervalDay,
)
from smarthub.metering.types import (
    ChannelId,
    FailedDay,
    Quality,
)

_GAPS = """
SELECT c.id, c.service_point_id
  FROM metering_channel c
  JOIN metering_meterinstall i ON i.service_point_id = c.service_point_id
   AND i.installed_on < %(end)s AND (i.removed_on IS NULL OR i.removed_on > %(start)s)
  LEFT JOIN LATERAL (
    SELECT count(*) FILTER (WHERE d.q IS NULL OR position('\\x02'::bytea IN d.q) = 0) AS whole
      FROM metering_interval_day d
     WHERE d.channel_id = c.id AND d.day >= greatest(i.installed_on, %(start)s)
       AND d.day < least(i.removed_on, %(end)s)) d ON true
 WHERE d.whole < least(i.removed_on, %(end)s::date) - greatest(i.installed_on, %(start)s::date)
   AND EXISTS (SELECT FROM metering_interval_day e
                WHERE e.channel_id = c.id AND e.day < %(end)s
                  AND e.day >= %(start)s::date - 35)
 GROUP BY c.id ORDER BY c.id
"""
"""Channels that lack intervals while a meter hung there, but have not been silent for weeks."""


def list_channels_with_gaps(*, period: Period) -> dict[ChannelId, ServicePointId]:
    """Return the channels that lack intervals of the period, with their places: one query."""
    with connection.cursor() as cursor:
        cursor.execute(_GAPS, {"start": period.start, "end": period.end})
        return dict(cursor.fetchall())


def list_missing_days(
    *, channel_ids: Collection[ChannelId], period: Period
) -> dict[tuple[ChannelId, dt.date], int]:
    """Return how many intervals each stored day of the channels lacks; days without one are 0."""
    days = IntervalDay.objects.filter(
        channel__in=channel_ids, day__gte=period.start, day__lt=period.end
    ).values_list("channel_id", "day", "q")
    return {
        (ChannelId(channel), day): bytes(q or b"").count(Quality.MISSING)
        for channel, day, q in days
    }


_OPEN_CHECKS = """
  FROM metering_failedcheck f
  JOIN metering_channel c ON c.id = f.channel_id
  LEFT JOIN metering_interval_day d ON d.channel_id = f.channel_id AND d.day = f.day
 WHERE d.file_id IS NOT DISTINCT FROM f.file_id
   AND NOT EXISTS (SELECT FROM metering_checkdecision x WHERE x.check_failed_id = f.id)
"""
"""Nobody has decided, and the day is still as it was when it failed."""

_FAILED_DAYS = f"""
SELECT f.id, f.channel_id, c.service_point_id,
       coalesce((SELECT m.serial FROM metering_meterinstall i
                   JOIN metering_meter m ON m.id = i.meter_id
         WHERE i.service_point_id = c.service_point_id AND i.installed_on <= f.day
           AND (i.removed_on IS NULL OR i.removed_on > f.day)
         ORDER BY i.installed_on DESC LIMIT 1), ''),
       c.flow, c.unit, c.exponent, c.step_seconds, f.day, f.code, f.values, f.found_at
{_OPEN_CHECKS}
"""  # noqa: S608 (constants alone)


def count_failed_checks() -> int:
    """Return how many failed checks wait for somebody."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) {_OPEN_CHECKS}")
        return int(cursor.fetchone()[0])


def list_failed_checks(*, code: str = "", limit: int, offset: int = 0) -> list[FailedDay]:
    """Return failed checks that wait for somebody, the newest days first: one query.

    Args:
        code: Only this check; all when empty.
        limit: At most so many.
        offset: After so many.
    """
    return _failed_days(
        "AND (%s = '' OR f.code = %s) ORDER BY f.day DESC, f.id LIMIT %s OFFSET %s",
        [code, code, limit, offset],
    )


def find_failed_check(*, check_id: int) -> FailedDay | None:
    """Return a failed check if it still waits for somebody."""
    return next(iter(_failed_days("AND f.id = %s", [check_id])), None)


def _failed_days(rest: str, values: list[Any]) -> list[FailedDay]:
    with connection.cursor() as cursor:
        cursor.execute(_FAILED_DAYS + rest, values)
        rows = cursor.fetchall()
    return [_failed_day(*row) for row in rows]


def _failed_day(*row: Any) -> FailedDay:
    names = [each.name for each in fields(FailedDay)]
    values = dict(zip(names, row, strict=True))
    return FailedDay(**{**values, "values": json.loads(values["values"])})
