"""What each exported interval cost: the lines of its bill spread over the billed period.

Days are taken as they come and held only until their billing period is whole, so that memory
stays flat. Days no bill has yet carry no cost. What counts no use (fixed charges, demand) is on
the bill's summary and on no interval. Writes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from itertools import groupby
from zoneinfo import ZoneInfo

import numpy as np

from smarthub.billing.types import PricedPeriod
from smarthub.metering.models import Flow
from smarthub.metering.types import MISSING, Integers, ReadDay
from smarthub.rating.engine.steps import Spread, spread_lines, steps_of
from smarthub.rating.types import Tariff
from smarthub.usage.engine import day_starts
from smarthub.usage.types import PricedReadDay

Tariffs = Mapping[int, Tariff]


def with_costs(
    days: Iterable[ReadDay],
    *,
    flow: str,
    periods: Sequence[PricedPeriod],
    tariffs: Tariffs,
    zone: ZoneInfo,
) -> Iterator[ReadDay]:
    """Yield the same days in the same order, those of a billed period with what they cost.

    Source: domain rule 23; docs/algorithms/rating.md ("What an interval cost").
    """

    def period_of(day: ReadDay) -> PricedPeriod | None:
        return next((each for each in periods if day.day in each.period), None)

    for period, together in groupby(days, key=period_of):
        if period is None or period.use is None:
            yield from together
        else:
            yield from _priced(list(together), flow, period, tariffs, zone)


def _priced(
    days: list[ReadDay], flow: str, period: PricedPeriod, tariffs: Tariffs, zone: ZoneInfo
) -> Iterator[ReadDay]:
    first = days[0]
    starts = day_starts(period=period.period, zone=zone, step_seconds=first.step_seconds)
    values = np.zeros(starts[-1], np.int64)
    places: dict[dt.date, slice] = {}
    for day in days:
        n = (day.day - period.period.start).days
        places[day.day] = slice(starts[n], starts[n + 1])
        values[places[day.day]] = np.where(day.values == MISSING, 0, day.values)
    tariff = tariffs[period.tariff_version_id]
    spread = _spread(first, values, zone, taken=flow == Flow.DELIVERED, of=(period, tariff))
    for day in days:
        yield day if spread is None else _with_costs(day, spread.steps[places[day.day]])


def _spread(
    first: ReadDay,
    values: Integers,
    zone: ZoneInfo,
    *,
    taken: bool,
    of: tuple[PricedPeriod, Tariff],
) -> Spread | None:
    """Return the period's lines over its intervals; None where its intervals bear no prices."""
    period, tariff = of
    assert period.use is not None  # noqa: S101 (asked before)
    nothing = np.zeros_like(values)
    try:
        steps = steps_of(
            tariff=tariff,
            period=period.period,
            zone=zone,
            step_seconds=first.step_seconds,
            delivered=values if taken else nothing,
            received=nothing if taken else values,
        )
    except ValueError:
        return None
    counted = int(period.use.value.scaleb(-first.exponent)) if taken else 0
    return spread_lines(tariff=tariff, lines=period.lines, steps=steps, counted=counted)


def _with_costs(day: ReadDay, costs: Integers) -> PricedReadDay:
    said = {each.name: getattr(day, each.name) for each in fields(ReadDay)}
    return PricedReadDay(**said, costs=costs)
