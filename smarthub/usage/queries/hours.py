"""Use by the meter's own step: arrays out of the packed store."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from smarthub.accounts.types import ServicePointId
from smarthub.kernel.period import Period, day_bounds
from smarthub.metering.engine import unpack
from smarthub.metering.models import Flow
from smarthub.metering.types import MISSING, Integers, Quality
from smarthub.usage.queries.rows import fetch_prepared
from smarthub.usage.types import Series

WHOLE_DAY = 86_400
_PACKED_DAYS = """
    SELECT c.unit, c.exponent, c.step_seconds, c.wide, d.*
      FROM metering_channel c, LATERAL (
           SELECT array_agg(day - %(start)s),
                  array_agg(day - %(start)s) FILTER (WHERE q IS NOT NULL),
                  string_agg(v, ''), string_agg(q, '')
             FROM (SELECT day, v, q FROM metering_interval_day
                    WHERE channel_id = c.id AND day >= %(start)s AND day < %(end)s
                    ORDER BY day) days) d
     WHERE c.service_point_id = %(point)s AND c.flow = %(flow)s
     ORDER BY c.step_seconds DESC
"""
"""The server joins a channel's days end to end: one value is fetched, and not hundreds."""


class _JoinedDays(NamedTuple):
    """A channel and its stored days end to end, told by how many days they are from the first.

    ``q`` holds only the days with a value that is not good; nothing where there is none.
    """

    unit: str
    exponent: int
    step_seconds: int
    wide: bool
    days: list[int] | None
    flawed_days: list[int] | None
    v: bytes | None
    q: bytes | None


def read_series(
    *,
    service_point_id: ServicePointId,
    period: Period,
    zone: ZoneInfo,
    flow: str = Flow.DELIVERED,
) -> Series | None:
    """Return every interval of the period at one point, known or not: one query.

    In the step of the finest channel that has a day of the period; a day that only a coarser
    one has is not known in it. ``None`` where the point has no channel of that flow.
    A year of quarter-hours is 70 kB and takes a millisecond (docs/performance.md).
    """
    rows = fetch_prepared(
        _PACKED_DAYS,
        {
            "point": service_point_id,
            "flow": str(flow),
            "start": period.start,
            "end": period.end,
        },
    )
    if not rows:
        return None
    channels = [_JoinedDays._make(row) for row in rows]
    finest = ([each for each in channels if each.days] or channels)[-1]
    start, bounds = _clock(period, zone, finest.step_seconds)
    values, quality = _laid_out(finest, bounds)
    return Series(start, finest.step_seconds, finest.unit, finest.exponent, values, quality)


def _laid_out(channel: _JoinedDays, bounds: Integers) -> tuple[Integers, NDArray[np.uint8]]:
    """Lay the stored days on the whole period.

    Raises:
        ValueError: a stored day is not as long as the clock makes it.
    """
    values = np.full(bounds[-1], MISSING, np.int64)
    quality = np.full(bounds[-1], Quality.MISSING, np.uint8)
    if channel.days and channel.v:
        stored = _steps_of(channel.days, bounds)
        values[stored] = unpack(channel.v, channel.wide)
        quality[stored] = Quality.GOOD
    if channel.flawed_days and channel.q:
        quality[_steps_of(channel.flawed_days, bounds)] = np.frombuffer(channel.q, np.uint8)
    return values, quality


def _steps_of(days: list[int], bounds: Integers) -> slice | NDArray[np.bool_]:
    """Return which steps of the period are those of some of its days, given in order."""
    first, last = days[0], days[-1]
    if last - first + 1 == len(days):
        return slice(bounds[first], bounds[last + 1])
    chosen = np.zeros(len(bounds) - 1, bool)
    chosen[days] = True
    return chosen.repeat(np.diff(bounds))


@lru_cache(maxsize=512)
def _clock(period: Period, zone: ZoneInfo, step_seconds: int) -> tuple[dt.datetime, Integers]:
    """Return when the period begins, and the step each of its days begins with, and the last ends.

    The clock decides how many steps a day has; a step of a day is one, however long the day.
    """
    starts = [dt.datetime.combine(day, dt.time(), zone).timestamp() for day in period]
    start = dt.datetime.fromtimestamp(starts[0], dt.UTC)
    if step_seconds >= WHOLE_DAY:
        return start, np.arange(period.days + 1)
    end = day_bounds(period.last_day, zone)[1].timestamp()
    return start, (np.array([*starts, end]) - starts[0]).astype(np.int64) // step_seconds
