"""Every read of use: hours, days, months, register differences, and the weather beside them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from django.db import connection

from smarthub.accounts.types import ServicePointId
from smarthub.kernel.period import Period, day_bounds
from smarthub.metering.engine import NegativeUse, register_use
from smarthub.metering.engine.packing import is_estimate
from smarthub.metering.models import Flow, RegisterRead
from smarthub.metering.models import StationDay as StationDayRow
from smarthub.metering.queries import read_days
from smarthub.metering.types import ESTIMATES, ChannelId, Quality
from smarthub.usage.engine import hourly, in_unit
from smarthub.usage.types import DayUse, HourUse, PeriodUse, RegisterUse, StationDay

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
_MONTH_TOTALS = f"""
    WITH days AS ({_DAY_TOTALS}),
         months AS (SELECT * FROM unnest(%(starts)s::date[], %(ends)s::date[])
                    WITH ORDINALITY AS m (first, past, place))
    SELECT p.service_point_id, m.place - 1, min(p.unit), min(p.exponent),
           sum(d.total) FILTER (WHERE NOT d.unknown),
           coalesce(bool_or(d.estimated), false),
           m.past - m.first - count(d.day) FILTER (WHERE NOT d.partial)
      FROM (SELECT DISTINCT ON (service_point_id) service_point_id, unit, exponent
              FROM days ORDER BY service_point_id, day DESC NULLS LAST) p
     CROSS JOIN months m
      LEFT JOIN days d ON d.service_point_id = p.service_point_id
                      AND d.day >= m.first AND d.day < m.past
     GROUP BY p.service_point_id, m.place, m.first, m.past
     ORDER BY p.service_point_id, m.place
"""  # noqa: S608 (a constant joined to a constant)
_READS_AT_ENDS = """
    SELECT i.service_point_id, m.serial, g.unit, g.dials, g.multiplier,
           previous.read_on, previous.value, present.read_on, present.value, present.kind
      FROM metering_meterinstall i
      JOIN metering_meter m ON m.id = i.meter_id
      LEFT JOIN metering_register g ON g.meter_id = m.id AND g.flow = %(flow)s
      LEFT JOIN LATERAL (
        SELECT read_on, value FROM metering_registerread
         WHERE register_id = g.id AND read_on = greatest(i.installed_on, %(start)s::date)
         ORDER BY revision DESC LIMIT 1) previous ON true
      LEFT JOIN LATERAL (
        SELECT read_on, value, kind FROM metering_registerread
         WHERE register_id = g.id AND read_on = least(i.removed_on, %(end)s::date)
         ORDER BY revision DESC LIMIT 1) present ON true
     WHERE i.service_point_id = ANY(%(points)s)
       AND i.installed_on < %(end)s
       AND (i.removed_on IS NULL OR i.removed_on > %(start)s)
     ORDER BY i.service_point_id, i.installed_on, m.serial
"""


def list_daily_use(
    *, service_point_ids: Collection[ServicePointId], period: Period
) -> dict[ServicePointId, list[DayUse]]:
    """Return each metered point's use, one entry for every local day of the period: one query.

    A day without reads has no quantity. A point without a channel has an empty list.
    """
    found: dict[int, dict[dt.date, DayUse]] = {}
    units: dict[int, str] = {}
    for point, unit, exponent, day, total, unknown, estimated, partial in _fetch(
        _DAY_TOTALS, points=list(service_point_ids), **_span(period)
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


def list_monthly_use(
    *, service_point_ids: Collection[ServicePointId], months: Sequence[Period]
) -> dict[ServicePointId, list[PeriodUse]]:
    """Return each metered point's use in each of ``months``, in their order: one query.

    A point without a channel has an empty list.
    """
    uses: dict[ServicePointId, list[PeriodUse]] = {point: [] for point in service_point_ids}
    if not months:
        return uses
    whole = Period(min(m.start for m in months), max(m.end for m in months))
    rows = _fetch(
        _MONTH_TOTALS,
        points=list(service_point_ids),
        starts=[month.start for month in months],
        ends=[month.end for month in months],
        **_span(whole),
    )
    for point, position, unit, exponent, total, estimated, days_missing in rows:
        quantity = None if total is None else in_unit(int(total), exponent=exponent)
        uses[ServicePointId(point)].append(
            PeriodUse(months[position], quantity, unit, estimated, days_missing)
        )
    return uses


def get_register_use(
    *, service_point_ids: Collection[ServicePointId], period: Period
) -> dict[ServicePointId, list[RegisterUse]]:
    """Return what the delivered registers at each point counted in the period: one query.

    One entry for each meter that hung there, oldest first; an exchange in the period gives two,
    each with its own multiplier. An empty list means that it cannot be told: no meter hung
    there, or one has no read on a day it needs one (the ends of the period, or its exchange).

    Raises:
        NegativeUse: a register went back; ``values`` name the meter and the service point.

    Source: domain rules 12 to 15 and 21.
    """
    uses: dict[ServicePointId, list[RegisterUse]] = {point: [] for point in service_point_ids}
    untold: set[int] = set()
    for point, *row in _fetch(_READS_AT_ENDS, points=list(service_point_ids), **_span(period)):
        if None in row:
            untold.add(point)
        else:
            uses[ServicePointId(point)].append(_register_part(_Ends(*row), service_point=point))
    return {point: [] if point in untold else parts for point, parts in uses.items()}


class _Ends(NamedTuple):
    """A row of ``_READS_AT_ENDS`` without its service point, when both reads are there."""

    serial: str
    unit: str
    dials: int
    multiplier: Decimal
    previous_on: dt.date
    previous: Decimal
    present_on: dt.date
    present: Decimal
    kind: str


def _register_part(ends: _Ends, *, service_point: int) -> RegisterUse:
    try:
        quantity = register_use(
            previous=ends.previous,
            present=ends.present,
            multiplier=ends.multiplier,
            dials=ends.dials,
        )
    except NegativeUse as error:
        raise NegativeUse(
            meter=ends.serial, service_point_id=service_point, **error.values
        ) from None
    return RegisterUse(
        meter_serial=ends.serial,
        previous_on=ends.previous_on,
        previous=ends.previous,
        present_on=ends.present_on,
        present=ends.present,
        present_kind=ends.kind,
        multiplier=ends.multiplier,
        quantity=quantity,
        unit=ends.unit,
        estimated=ends.kind == RegisterRead.Kind.ESTIMATED,
    )


def list_hourly_use(
    *, channel_ids: Sequence[ChannelId], period: Period, zone: ZoneInfo
) -> dict[ServicePointId, list[HourUse]]:
    """Return the use of each hour of the stored days of the period, in elapsed order: one query.

    A day has 23, 24 or 25 hours; a day that is not stored has none.
    """
    hours: dict[ServicePointId, list[HourUse]] = {}
    for stored in read_days(channel_ids=channel_ids, period=period):
        begin = day_bounds(stored.day, zone)[0]
        per_hour = 3600 // stored.step_seconds
        guessed = np.any(is_estimate(stored.quality).reshape(-1, per_hour), axis=1)
        totals = hourly(stored.values, step_seconds=stored.step_seconds)
        hours.setdefault(stored.service_point_id, []).extend(
            HourUse(
                starts_at=begin + dt.timedelta(hours=n),
                quantity=in_unit(int(total), exponent=stored.exponent),
                unit=stored.unit,
                estimated=bool(guessed[n]),
            )
            for n, total in enumerate(totals)
        )
    return hours


def list_station_days(*, stations: Collection[str], period: Period) -> dict[str, list[StationDay]]:
    """Return the known days of each weather station in the period, by day: one query."""
    days: dict[str, list[StationDay]] = {station: [] for station in stations}
    rows = StationDayRow.objects.filter(
        station__in=stations, day__gte=period.start, day__lt=period.end
    )
    for row in rows.order_by("station", "day"):
        days[row.station].append(
            StationDay(row.station, row.day, row.low_f, row.high_f, row.mean_f)
        )
    return days


def _span(period: Period) -> dict[str, Any]:
    return {
        "start": period.start,
        "end": period.end,
        "flow": Flow.DELIVERED.value,
        "missing": bytes([Quality.MISSING]),
    }


def _fetch(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
