"""Use by the day and the month, and every fact of a day that a chart shows."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from smarthub.accounts.types import AccountId, ServicePointId
from smarthub.kernel.period import Period
from smarthub.metering.engine import unpack
from smarthub.metering.models import Flow
from smarthub.metering.types import ESTIMATES, MISSING
from smarthub.usage.engine import in_unit
from smarthub.usage.queries.rows import fetch, span
from smarthub.usage.types import DayUse, Note, PointDay, PointHistory

DELIVERED, RECEIVED = Flow.DELIVERED.value, Flow.RECEIVED.value
_ESTIMATED = " OR ".join(f"position('\\x{kind:02x}'::bytea IN d.q) > 0" for kind in ESTIMATES)
_DAY_TOTALS = f"""
    SELECT DISTINCT ON (c.service_point_id, d.day)
           c.service_point_id, c.unit, c.exponent, d.day, d.total, d.peak < 0 AS unknown,
           coalesce({_ESTIMATED}, false) AS estimated,
           coalesce(position(%(missing)s::bytea IN d.q) > 0, false) AS partial
      FROM metering_channel c
      LEFT JOIN metering_interval_day d
        ON d.channel_id = c.id AND d.day >= %(start)s AND d.day < %(end)s
     WHERE c.service_point_id = ANY(%(points)s) AND c.flow = %(flow)s
     ORDER BY c.service_point_id, d.day, c.step_seconds
"""  # noqa: S608 (constants alone)
_DAYS_OF_ALL_CHANNELS = f"""
    WITH channels AS (
      SELECT id, service_point_id, flow, unit, exponent, step_seconds, wide
        FROM metering_channel
       WHERE service_point_id = ANY(%(points)s) AND flow IN ('delivered', 'received')),
    revised AS (
      SELECT DISTINCT ON (r.channel_id, r.day) r.channel_id, r.day, r.old_v, r.recorded_at
        FROM metering_intervalrevision r
       WHERE r.channel_id IN (SELECT id FROM channels)
         AND r.day >= %(start)s AND r.day < %(end)s
       ORDER BY r.channel_id, r.day, r.id)
    (SELECT DISTINCT ON (c.service_point_id, c.flow, d.day)
           c.service_point_id, c.flow, d.day, c.unit, c.exponent, c.step_seconds, d.total,
           d.peak < 0,
           coalesce({_ESTIMATED}, false),
           coalesce(position(%(edited)s::bytea IN d.q) > 0, false),
           coalesce(position(%(missing)s::bytea IN d.q) > 0, false),
           r.recorded_at, c.wide, r.old_v, CASE WHEN r.old_v IS NULL THEN NULL ELSE d.v END,
           NULL::numeric, NULL::text
      FROM channels c
      LEFT JOIN metering_interval_day d
        ON d.channel_id = c.id AND d.day >= %(start)s AND d.day < %(end)s
      LEFT JOIN revised r ON r.channel_id = c.id AND r.day = d.day
     ORDER BY c.service_point_id, c.flow, d.day, c.step_seconds)
    UNION ALL
    SELECT 0, 'weather', s.day, '', 0, 0, NULL, false, false, false, false,
           NULL, false, NULL, NULL, s.mean_f, NULL
      FROM metering_stationday s
     WHERE s.station = %(station)s AND s.day >= %(start)s AND s.day < %(end)s
    UNION ALL
    (SELECT DISTINCT ON (f.day)
           0, 'forecast', f.day, '', 0, 0, NULL, false, false, false, false,
           NULL, false, NULL, NULL, f.mean_f, NULL
      FROM usage_forecastday f
     WHERE f.station = %(station)s AND f.day >= %(end)s
     ORDER BY f.day, f.issued_at DESC)
    UNION ALL
    SELECT n.service_point_id, 'note', n.first_day, '', 0, 0, NULL, false, false, false, false,
           n.pinned_at, false, NULL, NULL, NULL,
           json_build_array(n.id, n.last_day, n.text)::text
      FROM usage_usagenote n
     WHERE n.account_id = %(account)s AND n.service_point_id = ANY(%(points)s)
       AND NOT EXISTS (SELECT 1 FROM usage_usagenoteend e WHERE e.note_id = n.id)
"""  # noqa: S608 (constants alone)


def list_daily_use(
    *, service_point_ids: Collection[ServicePointId], period: Period
) -> dict[ServicePointId, list[DayUse]]:
    """Return each metered point's use, one entry for every local day of the period: one query.

    A day without reads has no quantity. A point without a channel has an empty list.
    """
    found: dict[int, dict[dt.date, DayUse]] = {}
    units: dict[int, str] = {}
    for point, unit, exponent, day, total, unknown, estimated, partial in fetch(
        _DAY_TOTALS, points=list(service_point_ids), **span(period)
    ):
        units[point] = unit
        quantity = None if unknown or total is None else in_unit(total, exponent=exponent)
        if day is not None:
            use = DayUse(day, quantity, unit, estimated, partial)
            found.setdefault(point, {})[day] = use
    return {
        point: [
            found.get(point, {}).get(day) or DayUse(day, None, units[point], estimated=False)
            for day in period
        ]
        if point in units
        else []
        for point in service_point_ids
    }


def list_point_days(
    *,
    service_point_ids: Collection[ServicePointId],
    station: str,
    period: Period,
    account_id: AccountId | None = None,
) -> dict[ServicePointId, PointHistory]:
    """Return each point's days of all its channels, with what stands beside them: one query.

    Days that have no reads are not among ``days``. A point without a channel has no unit.

    Args:
        service_point_ids: Which points; all under the weather of one station.
        station: The code of that station; empty for none.
        period: Local days; forecasts are of the days after it.
        account_id: Whose notes to bring; nobody's where it is not given.
    """
    found = {point: _Gathered() for point in service_point_ids}
    weather: dict[str, dict[dt.date, Decimal]] = {"weather": {}, "forecast": {}}
    values = span(period) | {
        "points": list(service_point_ids),
        "station": station,
        "account": account_id,
    }
    for point, kind, day, *rest in fetch(_DAYS_OF_ALL_CHANNELS, **values):
        if not point:
            weather[kind][day] = rest[-2]
        elif kind == "note":
            found[point].notes.append(_note(day, rest[-1]))
        else:
            found[point].add(kind, day, rest)
    return {
        point: PointHistory(
            unit=each.unit,
            step_seconds=each.step_seconds,
            days=each.days,
            mean_f=weather["weather"],
            forecast_f=weather["forecast"],
            notes=tuple(sorted(each.notes, key=lambda note: (note.first_day, note.text))),
        )
        for point, each in found.items()
    }


@dataclass(slots=True)
class _Gathered:
    """What the rows of one point have said so far."""

    unit: str = ""
    step_seconds: int = 0
    days: dict[dt.date, PointDay] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    def add(self, flow: str, day: dt.date | None, rest: Sequence[Any]) -> None:
        """Take in a day of one channel, or a channel that has no day."""
        unit, exponent, step_seconds, *said = rest
        self.unit = self.unit or unit
        self.step_seconds = min(self.step_seconds or step_seconds, step_seconds)
        if day is not None:
            told = _told(day, unit, flow, exponent, said)
            before = self.days.get(day)
            self.days[day] = told if before is None else _joined(before, told)


def _note(first_day: dt.date, told: str) -> Note:
    key, last_day, text = json.loads(told)
    return Note(uuid.UUID(key), first_day, dt.date.fromisoformat(last_day), text)


def _told(day: dt.date, unit: str, flow: str, exponent: int, said: Sequence[Any]) -> PointDay:
    """Return a day as one of its channels tells it."""
    total, unknown, estimated, edited, partial, recorded_at, wide, old_v, new_v = said[:9]
    quantity = None if unknown or total is None else in_unit(total, exponent=exponent)
    is_corrected = old_v is not None and _says_otherwise(bytes(old_v), bytes(new_v), wide=wide)
    return PointDay(
        day=day,
        unit=unit,
        delivered=quantity if flow == DELIVERED else None,
        received=quantity if flow == RECEIVED else None,
        estimated=estimated,
        edited=edited,
        partial=partial,
        corrected_at=recorded_at if is_corrected else None,
    )


def _joined(before: PointDay, more: PointDay) -> PointDay:
    """Return a day as two of its channels tell it, one for each direction."""
    return PointDay(
        day=before.day,
        unit=before.unit,
        delivered=before.delivered if more.delivered is None else more.delivered,
        received=before.received if more.received is None else more.received,
        estimated=before.estimated or more.estimated,
        edited=before.edited or more.edited,
        partial=before.partial or more.partial,
        corrected_at=more.corrected_at or before.corrected_at,
    )


def _says_otherwise(old: bytes, new: bytes, *, wide: bool) -> bool:
    """Return whether a value known before is another now; filling a gap corrects nothing."""
    before, after = unpack(old, wide), unpack(new, wide)
    return bool(len(before) == len(after) and ((before != after) & (before != MISSING)).any())
