"""From interval energy to billing determinants, by the local clock (domain rules 20 and 28)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from smarthub.kernel.period import Period, day_bounds
from smarthub.rating.engine.counting import ZERO, converted
from smarthub.rating.types import Bucket, Calendar, Determinants, Load, Run, Tariff

HOUR = 3600
SLOT_MINUTES = 15


class Step(NamedTuple):
    """One interval: its instant in seconds since 1970, and its energy in kWh."""

    at: int
    delivered: Decimal
    received: Decimal


def determinants_of(*, tariff: Tariff, load: Load, period: Period, zone: ZoneInfo) -> Determinants:
    """Return energy by season and time-of-use period, and the highest demands, of local days.

    A step belongs to the hour it begins in. Demand is the mean over the tariff's
    ``demand_minutes`` windows of the clock, or over the load's own steps where those are longer;
    under netting it is the net that the meter sees.

    Source: domain rules 20 and 28.
    """
    steps = list(_steps_of(load, period, zone))
    if tariff.netting.kind == "hour":
        steps = list(_net_by_hour(steps, load.step_seconds))
    buckets = _Buckets(tariff, tariff.calendar, period, zone)
    demand = _Buckets(tariff, tariff.calendar.for_demand, period, zone)
    runs = _converted(tariff, [Run(buckets.of(s.at), s.delivered, s.received) for s in steps])
    return Determinants(_merged(runs), _days(tariff, period), _peaks(tariff, steps, load, demand))


class _Buckets:
    """The season and time-of-use period of an instant, remembering the schedule of the day."""

    def __init__(self, tariff: Tariff, calendar: Calendar, period: Period, zone: ZoneInfo) -> None:
        self._calendar, self._zone = calendar, zone
        self._last_day = period.last_day if tariff.settings.season_by == "bill_month" else None
        self._day = dt.date.min
        self._season = ""
        self._slots: tuple[str, ...] = ()

    def of(self, at: int) -> Bucket:
        """Return where an instant is counted."""
        local = dt.datetime.fromtimestamp(at, tz=self._zone)
        day = local.date()
        if day != self._day:
            self._day = day
            self._season = self._calendar.season_of(self._last_day or day)
            self._slots = self._calendar.periods_of_day(day)
        return Bucket(self._season, self._slots[(local.hour * 60 + local.minute) // SLOT_MINUTES])


def _steps_of(load: Load, period: Period, zone: ZoneInfo) -> Iterator[Step]:
    start = int(load.start.timestamp())
    first = int(day_bounds(period.start, zone)[0].timestamp())
    last = int(day_bounds(period.last_day, zone)[1].timestamp())
    begin = max(0, -(-(first - start) // load.step_seconds))
    end = min(len(load.delivered), -(-(last - start) // load.step_seconds))
    for place in range(begin, end):
        at = start + place * load.step_seconds
        yield Step(at, load.delivered[place], load.received[place])


def _net_by_hour(steps: list[Step], step_seconds: int) -> Iterator[Step]:
    size = max(HOUR, step_seconds)
    sums: dict[int, Decimal] = {}
    for step in steps:
        hour = step.at // size * size
        sums[hour] = sums.get(hour, ZERO) + step.delivered - step.received
    for hour, net in sums.items():
        yield Step(hour, max(net, ZERO), max(-net, ZERO))


def _converted(tariff: Tariff, runs: list[Run]) -> list[Run]:
    """Convert a whole period's use at once, as a register's would be; most tariffs do not."""
    if tariff.conversion is None:
        return runs
    sums: dict[Bucket, Decimal] = {}
    for run in runs:
        sums[run.bucket] = sums.get(run.bucket, ZERO) + run.delivered
    return [Run(b, converted(tariff.conversion, value), ZERO) for b, value in sums.items()]


def _merged(runs: list[Run]) -> tuple[Run, ...]:
    merged: list[Run] = []
    for run in runs:
        if merged and merged[-1].bucket == run.bucket:
            last = merged[-1]
            delivered, received = last.delivered + run.delivered, last.received + run.received
            merged[-1] = Run(run.bucket, delivered, received)
        else:
            merged.append(run)
    return tuple(merged)


def _days(tariff: Tariff, period: Period) -> dict[str, int]:
    if tariff.settings.season_by == "bill_month":
        return {tariff.calendar.season_of(period.last_day): period.days}
    days: dict[str, int] = {}
    for day in period:
        season = tariff.calendar.season_of(day)
        days[season] = days.get(season, 0) + 1
    return days


def _peaks(
    tariff: Tariff, steps: list[Step], load: Load, buckets: _Buckets
) -> dict[Bucket, Decimal]:
    window = max((tariff.settings.demand_minutes or 0) * 60, load.step_seconds)
    netted = tariff.netting.kind != "none"
    sums: dict[int, Decimal] = {}
    for step in steps:
        start = step.at // window * window if window > load.step_seconds else step.at
        energy = step.delivered - step.received if netted else step.delivered
        sums[start] = sums.get(start, ZERO) + energy
    peaks: dict[Bucket, Decimal] = {}
    for start, energy in sums.items():
        bucket = buckets.of(start)
        peaks[bucket] = max(peaks.get(bucket, ZERO), energy)
    return {bucket: energy * HOUR / window for bucket, energy in peaks.items()}
