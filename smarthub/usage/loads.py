"""The interval reads of many places over one period, as one row of whole numbers each.

A bill run prices thousands of places by their hours; this brings them in one query, without an
object for each day. Values are as stored: times ``10 ** exponent`` they are in ``unit``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from smarthub.accounts.types import ServicePointId
from smarthub.kernel.array_text import array_text
from smarthub.kernel.period import Period
from smarthub.metering.engine import unpack
from smarthub.metering.models import Flow
from smarthub.metering.types import ESTIMATES, MISSING, Integers
from smarthub.usage.engine import day_starts
from smarthub.usage.queries.rows import fetch_prepared
from smarthub.usage.types import PeriodLoad

_DAYS = """
    SELECT c.service_point_id, c.flow, c.unit, c.exponent, c.step_seconds, c.wide,
           CASE WHEN count(*) < %(days)s THEN array_agg(d.day ORDER BY d.day) END AS days,
           string_agg(d.v, ''::bytea ORDER BY d.day) AS v, string_agg(d.q, ''::bytea) AS q
      FROM metering_channel c
      JOIN metering_interval_day d
        ON d.channel_id = c.id AND d.day >= %(start)s AND d.day < %(end)s
     WHERE c.service_point_id = ANY(%(points)s) AND c.flow = ANY(%(flows)s)
     GROUP BY c.id
     ORDER BY c.service_point_id, c.step_seconds DESC, c.flow
"""


class _Row(NamedTuple):
    point: int
    flow: str
    unit: str
    exponent: int
    step_seconds: int
    wide: bool
    days: Sequence[dt.date] | None
    v: bytes
    q: bytes | None


def list_period_loads(
    *, service_point_ids: Collection[ServicePointId], period: Period, zone: ZoneInfo
) -> dict[ServicePointId, PeriodLoad]:
    """Return the interval reads of each place over whole local days, in elapsed order: one query.

    Of several steps the finest counts. A place without any stored day is left out.

    Source: domain rules 19 and 20.
    """
    asked = {
        "points": array_text(service_point_ids),
        "flows": [Flow.DELIVERED.value, Flow.RECEIVED.value],
        "start": period.start,
        "end": period.end,
        "days": period.days,
    }
    rows = [_Row(*row) for row in fetch_prepared(_DAYS, asked)]
    received = {(r.point, r.step_seconds): r for r in rows if r.flow == Flow.RECEIVED}
    return {
        ServicePointId(row.point): _load(
            row, received.get((row.point, row.step_seconds)), period, zone
        )
        for row in rows
        if row.flow == Flow.DELIVERED
    }


def _load(row: _Row, received: _Row | None, period: Period, zone: ZoneInfo) -> PeriodLoad:
    return PeriodLoad(
        unit=row.unit,
        exponent=row.exponent,
        step_seconds=row.step_seconds,
        delivered=_values(row, period, zone),
        received=None if received is None else _values(received, period, zone),
        estimated_steps=sum(row.q.count(kind) for kind in ESTIMATES) if row.q else 0,
    )


def _values(row: _Row, period: Period, zone: ZoneInfo) -> Integers:
    values = unpack(row.v, row.wide)
    if row.days is None:  # all of them
        return values
    starts = day_starts(period=period, zone=zone, step_seconds=row.step_seconds)
    whole = np.full(starts[-1], MISSING, np.int64)
    at = 0
    for day in row.days:
        place = (day - period.start).days
        size = starts[place + 1] - starts[place]
        whole[starts[place] : starts[place + 1]] = values[at : at + size]
        at += size
    return whole
