"""From interval energy to billing determinants, by the local clock (domain rules 20 and 28)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from smarthub.kernel.period import Period, day_bounds
from smarthub.rating.engine.counting import ZERO, converted, days_by_season, factor_of
from smarthub.rating.types import Bucket, Calendar, Determinants, Load, Run, Tariff

HOUR = 3600
SLOT_MINUTES = 15


class Step(NamedTuple):
    """One interval: its instant in seconds since 1970, and its energy in kWh."""

    at: int
    delivered: Decimal
    received: Decimal


def determinants_of(
    *,
    tariff: Tariff,
    load: Load,
    period: Period,
    zone: ZoneInfo,
    factor: Decimal | None = None,
    whole: Period | None = None,
) -> Determinants:
    """Return energy by season and time-of-use period, and the highest demands, of local days.

    A step belongs to the hour it begins in. Demand is the mean over the tariff's
    ``demand_minutes`` windows of the clock, or over the load's own steps where those are longer;
    under netting it is the net that the meter sees. Where the period is a part of a ``whole``,
    demand is that of the whole.

    Source: domain rules 20 and 28.
    """
    metered = list(_steps_of(load, period, zone))
    steps = metered
    if tariff.netting.kind == "hour":
        steps = list(_net_by_hour(metered, load.step_seconds))
    season_day = season_day_of(tariff=tariff, period=whole or period)
    buckets = BucketClock(tariff.calendar, season_day, zone)
    demand = BucketClock(tariff.calendar.for_demand, season_day, zone)
    if whole is not None:
        metered = list(_steps_of(load, whole, zone))
    runs = _converted(
        tariff, factor, [Run(buckets.of(s.at), s.delivered, s.received) for s in steps]
    )
    return Determinants(
        _merged(runs),
        days_by_season(tariff=tariff, period=period, whole=whole),
        _peaks(tariff, metered, load, demand),
    )


class BucketClock:
    """The season and time-of-use period of an instant, remembering the schedule of the day."""

    def __init__(self, calendar: Calendar, season_day: dt.date | None, zone: ZoneInfo) -> None:
        self._calendar, self._zone, self._last_day = calendar, zone, season_day
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


def season_day_of(*, tariff: Tariff, period: Period) -> dt.date | None:
    """Return the day whose season all of a period has, where the bill month decides."""
    return period.last_day if tariff.settings.season_by == "bill_month" else None


def window_seconds(*, tariff: Tariff, step_seconds: int) -> int:
    """Return how long the windows of demand are: as the tariff says, or the steps if longer."""
    return max((tariff.settings.demand_minutes or 0) * 60, step_seconds)


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


def _converted(tariff: Tariff, factor: Decimal | None, runs: list[Run]) -> list[Run]:
    """Convert a whole period's use at once, as a register's would be; most tariffs do not."""
    if tariff.conversion is None:
        return runs
    held = factor_of(tariff, factor)
    sums: dict[Bucket, Decimal] = {}
    for run in runs:
        sums[run.bucket] = sums.get(run.bucket, ZERO) + run.delivered
    return [
        Run(b, converted(tariff.conversion, value, factor=held), ZERO) for b, value in sums.items()
    ]


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


def _peaks(
    tariff: Tariff, steps: list[Step], load: Load, buckets: BucketClock
) -> dict[Bucket, Decimal]:
    window = window_seconds(tariff=tariff, step_seconds=load.step_seconds)
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
