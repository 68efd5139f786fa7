"""Use by the meter's own step: arrays out of the packed store."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from smarthub.accounts.types import ServicePointId
from smarthub.kernel.period import Period, day_bounds
from smarthub.metering.engine import unpack
from smarthub.metering.engine.packing import day_quality
from smarthub.metering.models import Flow
from smarthub.metering.types import MISSING, Integers, Quality
from smarthub.usage.queries.rows import fetch
from smarthub.usage.types import Series

WHOLE_DAY = 86_400
_PACKED_DAYS = """
    SELECT c.unit, c.exponent, c.step_seconds, c.wide, d.day, d.v, d.q
      FROM metering_channel c
      LEFT JOIN metering_interval_day d
        ON d.channel_id = c.id AND d.day >= %(start)s AND d.day < %(end)s
     WHERE c.service_point_id = %(point)s AND c.flow = %(flow)s
     ORDER BY c.step_seconds DESC, d.day
"""


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
    """
    rows = fetch(
        _PACKED_DAYS,
        point=service_point_id,
        flow=flow,
        start=period.start,
        end=period.end,
    )
    if not rows:
        return None
    with_days = [row for row in rows if row[4] is not None] or rows
    unit, exponent, step_seconds, wide = with_days[-1][:4]  # ordered: the finest comes last
    days = {row[4]: row for row in with_days if row[2] == step_seconds and row[4] is not None}
    start, values, quality = _laid_out(days, period, zone, step_seconds, wide=wide)
    return Series(start, step_seconds, unit, exponent, values, quality)


def _laid_out(
    days: dict[dt.date, tuple[Any, ...]],
    period: Period,
    zone: ZoneInfo,
    step_seconds: int,
    *,
    wide: bool,
) -> tuple[dt.datetime, Integers, NDArray[np.uint8]]:
    """Lay the stored days on the whole period; the clock decides how many steps each has."""
    starts = [dt.datetime.combine(day, dt.time(), zone).timestamp() for day in period]
    end = day_bounds(period.last_day, zone)[1].timestamp()
    if step_seconds >= WHOLE_DAY:  # one value a day, however long the day is
        bounds = list(range(period.days + 1))
    else:
        bounds = [int(at - starts[0]) // step_seconds for at in (*starts, end)]
    values = np.full(bounds[-1], MISSING, np.int64)
    quality = np.full(bounds[-1], Quality.MISSING, np.uint8)
    for place, day in enumerate(period):
        if (row := days.get(day)) is not None:
            here = slice(bounds[place], bounds[place + 1])
            values[here] = unpack(bytes(row[5]), wide)
            stored = None if row[6] is None else bytes(row[6])
            quality[here] = day_quality(stored, here.stop - here.start)
    return dt.datetime.fromtimestamp(starts[0], dt.UTC), values, quality
