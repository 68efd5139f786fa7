"""From interval reads to billing determinants, for many places at once.

The same answer as ``rating.engine.determinants_of``, which goes step by step; here the steps
of one tariff and period are sorted into their seasons and hours once, and each place is then a
few sums of whole numbers. A property test holds the two together.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from smarthub.kernel.period import Period, day_bounds
from smarthub.metering.types import Integers
from smarthub.rating.engine import determinants_of
from smarthub.rating.types import Bucket, Calendar, Determinants, Load, Run, Tariff

HOUR = 3600
QUARTER = 900
ORDINARY_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Taken:
    """Whole steps of one place, none missing; times ``10 ** exponent`` in the meter's unit."""

    step_seconds: int
    exponent: int
    delivered: Integers
    received: Integers | None = None


@dataclass(frozen=True, slots=True)
class Sorting:
    """Which bucket each step of a period is counted in, buckets as they first come."""

    buckets: tuple[Bucket, ...]
    places: NDArray[np.int64]

    def sums(self, values: Integers) -> Integers:
        """Return the sum of each row's steps in each bucket."""
        columns = [values[:, self.places == n].sum(axis=1) for n in range(len(self.buckets))]
        return np.stack(columns, axis=1)

    def highest(self, values: Integers) -> Integers:
        """Return the highest of each row's steps in each bucket."""
        columns = [values[:, self.places == n].max(axis=1) for n in range(len(self.buckets))]
        return np.stack(columns, axis=1)


def measure(
    *, tariff: Tariff, period: Period, zone: ZoneInfo, taken: Sequence[Taken]
) -> list[Determinants]:
    """Return the determinants of each place under one tariff over one period, in their order.

    Source: domain rules 20 and 28.
    """
    found: dict[int, Determinants] = {}
    for step, exponent in sorted({(each.step_seconds, each.exponent) for each in taken}):
        chosen = [
            n
            for n, each in enumerate(taken)
            if (each.step_seconds, each.exponent) == (step, exponent)
        ]
        same = [taken[n] for n in chosen]
        if _goes_step_by_step(tariff, period, zone, step):
            measured = [_step_by_step(tariff, period, zone, each) for each in same]
        else:
            measured = _measure_same(tariff, period, zone, same)
        found |= dict(zip(chosen, measured, strict=True))
    return [found[n] for n in range(len(taken))]


def _goes_step_by_step(tariff: Tariff, period: Period, zone: ZoneInfo, step: int) -> bool:
    """Say whether order counts, or the clock's windows do not begin with the hours here."""
    begin, _end = day_bounds(period.start, zone)
    uneven = int(begin.timestamp()) % max(_window(tariff, step), step)
    return bool(tariff.conversion or uneven or tariff.settings.block_counting == "in_order")


def _step_by_step(tariff: Tariff, period: Period, zone: ZoneInfo, each: Taken) -> Determinants:
    received = np.zeros_like(each.delivered) if each.received is None else each.received
    load = Load(
        start=day_bounds(period.start, zone)[0],
        step_seconds=each.step_seconds,
        delivered=tuple(_scaled(value, each.exponent) for value in each.delivered),
        received=tuple(_scaled(value, each.exponent) for value in received),
    )
    return determinants_of(tariff=tariff, load=load, period=period, zone=zone)


def _measure_same(
    tariff: Tariff, period: Period, zone: ZoneInfo, same: Sequence[Taken]
) -> list[Determinants]:
    step, exponent = same[0].step_seconds, same[0].exponent
    delivered = np.stack([each.delivered for each in same])
    nothing = np.zeros(delivered.shape[1], np.int64)
    received = np.stack([nothing if each.received is None else each.received for each in same])
    if tariff.netting.kind == "hour":
        delivered, received, step = _netted_by_hour(delivered, received, step)
    season_by = tariff.settings.season_by
    energy = _sorting(tariff.calendar, season_by, period, zone, step)
    taken, given = energy.sums(delivered), energy.sums(received)
    flow = delivered - received if tariff.netting.kind != "none" else delivered
    window = _window(tariff, step)
    demand = _sorting(tariff.calendar.for_demand, season_by, period, zone, window)
    firsts = np.arange(0, flow.shape[1], window // step)
    peaks = demand.highest(np.add.reduceat(flow, firsts, axis=1))
    days = _days(tariff, period)
    return [
        Determinants(
            runs=tuple(
                Run(bucket, _scaled(taken[row, n], exponent), _scaled(given[row, n], exponent))
                for n, bucket in enumerate(energy.buckets)
            ),
            days=days,
            peaks={
                bucket: _scaled(peaks[row, n], exponent) * HOUR / window
                for n, bucket in enumerate(demand.buckets)
            },
        )
        for row in range(len(same))
    ]


def _window(tariff: Tariff, step: int) -> int:
    """Return over how many seconds demand is the mean."""
    return max((tariff.settings.demand_minutes or 0) * 60, step)


def _netted_by_hour(
    delivered: Integers, received: Integers, step: int
) -> tuple[Integers, Integers, int]:
    size = max(HOUR, step)
    firsts = np.arange(0, delivered.shape[1], size // step)
    net = np.add.reduceat(delivered - received, firsts, axis=1)
    return np.maximum(net, 0), np.maximum(-net, 0), size


@lru_cache(maxsize=1024)
def _sorting(
    calendar: Calendar, season_by: str, period: Period, zone: ZoneInfo, step: int
) -> Sorting:
    named = list(_buckets(calendar, season_by, period, zone, step))
    buckets = tuple(dict.fromkeys(named))
    numbers = {bucket: number for number, bucket in enumerate(buckets)}
    return Sorting(buckets, np.array([numbers[bucket] for bucket in named], np.int64))


def _buckets(
    calendar: Calendar, season_by: str, period: Period, zone: ZoneInfo, step: int
) -> Iterator[Bucket]:
    """Yield where each step is counted: by the hour of the local clock it begins in."""
    for day in period:
        season = calendar.season_of(period.last_day if season_by == "bill_month" else day)
        slots = calendar.periods_of_day(day)
        for slot in _slots_of(day, zone, step):
            yield Bucket(season, slots[slot])


def _slots_of(day: dt.date, zone: ZoneInfo, step: int) -> list[int]:
    begin, end = day_bounds(day, zone)
    if (end - begin).total_seconds() == ORDINARY_DAY:
        return [second // QUARTER for second in range(0, ORDINARY_DAY, step)]
    clock = (
        dt.datetime.fromtimestamp(at, tz=zone)
        for at in range(int(begin.timestamp()), int(end.timestamp()), step)
    )
    return [(local.hour * HOUR + local.minute * 60) // QUARTER for local in clock]


def _days(tariff: Tariff, period: Period) -> dict[str, int]:
    if tariff.settings.season_by == "bill_month":
        return {tariff.calendar.season_of(period.last_day): period.days}
    days: dict[str, int] = {}
    for day in period:
        season = tariff.calendar.season_of(day)
        days[season] = days.get(season, 0) + 1
    return days


def _scaled(value: int, exponent: int) -> Decimal:
    return Decimal(int(value)).scaleb(exponent)
