"""Billing determinants of many services at once, from arrays of interval energy or registers.

Which steps of a period fall into which season and time-of-use period is the same for every
service, so it is worked out once for a (calendar, period, zone, step) and remembered; what is left
for each service are sums and maxima over runs of steps (scale 3 and 5).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from smarthub.kernel.period import Period, day_bounds
from smarthub.rating.engine.batch.columns import SAFE, Column, Measured, Numbers
from smarthub.rating.engine.counting import QUANTITY_DECIMALS, days_by_season, factor_of
from smarthub.rating.engine.loads import HOUR, BucketClock, season_day_of, window_seconds
from smarthub.rating.types import Bucket, Calendar, Determinants, FactMissing, Run, Tariff

MILLI = 10**QUANTITY_DECIMALS


class Grid(NamedTuple):
    """The steps of a period by the local clock."""

    period: Period
    zone: ZoneInfo
    step_seconds: int

    @property
    def bounds(self) -> tuple[int, int]:
        """When the period begins and ends, in seconds since 1970."""
        begin = day_bounds(self.period.start, self.zone)[0]
        end = day_bounds(self.period.last_day, self.zone)[1]
        return int(begin.timestamp()), int(end.timestamp())


class Spans(NamedTuple):
    """A period cut into spans of the clock, and the runs of spans that share a bucket."""

    starts: Numbers
    """The first step of each span."""
    runs: Numbers
    """The first span of each run."""
    buckets: tuple[Bucket, ...]
    """Where each run is counted."""


def measured_from_intervals(
    *,
    tariff: Tariff,
    delivered: Numbers,
    received: Numbers | None,
    step_seconds: int,
    places: int,
    period: Period,
    zone: ZoneInfo,
    factor: Decimal | None = None,
) -> Measured:
    """Return what the meters of many services say, as ``determinants_of`` does for one.

    Args:
        tariff: The version that holds for the period.
        delivered: Energy taken, a row for each service and a column for each step, from the local
            midnight that begins the period to the one that ends it, in ``10 ** -places`` units.
        received: Energy given back, in the same shape; ``None`` where nobody gives any.
        step_seconds: How long a step is.
        places: Decimals of the whole numbers: 3 for watt-hours that are charged as kWh.
        period: What is billed.
        zone: Where days and hours are local.
        factor: The conversion's, where it has dates of its own.

    Raises:
        ValueError: there are not as many steps as the period has, or energy is missing or
            negative.

    Source: domain rules 20 and 28.
    """
    grid = Grid(period, zone, step_seconds)
    taken = _roomy(delivered, grid)
    given = None if received is None else _roomy(received, grid)
    season_day, over = season_day_of(tariff=tariff, period=period), 10**places
    span = max(HOUR, step_seconds) if tariff.netting.kind == "hour" else step_seconds
    spans = spans_of(tariff.calendar, season_day, grid, span)
    energy, back = _energy(tariff, taken, given, spans)
    days = days_by_season(tariff=tariff, period=period)
    peaks = _peaks(tariff, taken, given, grid, over)
    measured = Measured(spans.buckets, energy, back, over, days, peaks)
    return measured if tariff.conversion is None else _converted(tariff, measured, factor)


def measured_from_registers(
    *,
    tariff: Tariff,
    quantities: Sequence[Decimal],
    period: Period,
    factor: Decimal | None = None,
) -> Measured:
    """Return what registers say: a whole period's use, split over its seasons by days.

    Raises:
        FactMissing: the tariff prices time of use, which no register shows.
        ValueError: a quantity is negative.

    Source: domain rules 12, 31 and 62.
    """
    if any(quantity < 0 for quantity in quantities):
        raise ValueError(f"{tariff.code} cannot price a use below zero")
    column = Column.of(quantities)
    if tariff.metered_unit is not None and tariff.calendar.periods and column.most:
        raise FactMissing(fact="use by period", tariff=tariff.code)
    if tariff.conversion is not None:
        column = _convert(tariff, column, factor)
    days = days_by_season(tariff=tariff, period=period)
    parts = split_by_days(quantity=column, days=list(days.values()))
    first = tariff.calendar.period_codes[0]
    over = max(part.over for part in parts)
    table = np.stack([part.over_as(over).whole for part in parts], axis=1)
    runs = tuple(Bucket(season, first) for season in days)
    return Measured(runs, table, np.zeros_like(table), over, days)


def measured_from_determinants(*, determinants: Sequence[Determinants]) -> Measured:
    """Return columns of determinants that were made one by one.

    Raises:
        ValueError: they have not all the same runs, days and peaks, so have no columns.
    """
    first = determinants[0]
    runs, keys = tuple(run.bucket for run in first.runs), set(first.peaks)
    for each in determinants:
        alike = tuple(run.bucket for run in each.runs) == runs and each.days == first.days
        if not alike or set(each.peaks) != keys:
            raise ValueError("determinants of different periods cannot share columns")
    flat = [run for each in determinants for run in each.runs]
    taken = Column.of([run.delivered for run in flat])
    given = Column.of([run.received for run in flat])
    over = max(taken.over, given.over)
    shape = (len(determinants), len(runs))
    peaks = {key: Column.of([each.peaks[key] for each in determinants]) for key in first.peaks}
    coincident = [each.coincident_kw for each in determinants]
    known = [kw for kw in coincident if kw is not None]
    return Measured(
        runs,
        taken.over_as(over).whole.reshape(shape),
        given.over_as(over).whole.reshape(shape),
        over,
        first.days,
        peaks,
        Column.of(known) if len(known) == len(coincident) else None,
    )


def determinants_from(*, measured: Measured) -> list[Determinants]:
    """Return what the meters of each service say, one by one, to be kept with its bill."""
    places = len(str(measured.over)) - 1
    taken, given = (_decimals(each, places) for each in (measured.delivered, measured.received))
    peaks = {bucket: column.decimals() for bucket, column in measured.peaks.items()}
    return [
        Determinants(
            tuple(map(Run, measured.runs, taken[place], given[place])),
            measured.days,
            {bucket: column[place] for bucket, column in peaks.items()},
        )
        for place in range(len(measured.delivered))
    ]


def joined(*, tariff: Tariff, measured: Measured) -> Measured:
    """Add up the runs of each bucket, unless the tariff counts its blocks in their order.

    The buckets stand in the order they first come in, and so do the lines made of them.
    """
    buckets = tuple(dict.fromkeys(measured.runs))
    if tariff.settings.block_counting == "in_order" or len(buckets) == len(measured.runs):
        return measured
    owner = np.array([buckets.index(run) for run in measured.runs])
    taken, given = (
        np.stack([table[:, owner == n].sum(axis=1) for n in range(len(buckets))], axis=1)
        for table in (measured.delivered, measured.received)
    )
    return replace(measured, runs=buckets, delivered=taken, received=given)


def _decimals(table: Numbers, places: int) -> list[list[Decimal]]:
    """Return a table of whole numbers of ``10 ** -places``, row by row."""
    unit = Decimal(1).scaleb(-places)
    return [[value * unit for value in row] for row in table.tolist()]


def split_by_days(*, quantity: Column, days: Sequence[int]) -> list[Column]:
    """Split use over parts of its period by their days, to 0.001, adding up to it.

    Source: domain rules 31 and 62; ``counting.split_by_days``.
    """
    parts: list[Column] = []
    reached, given = 0, Column.same(0, len(quantity))
    for count in days:
        reached += count
        upto = quantity
        if reached < sum(days):
            upto = Column((quantity.by(reached)).whole, quantity.over * sum(days)).rounded(MILLI)
        parts.append(upto - given)
        given = upto
    return parts


@lru_cache(maxsize=512)
def spans_of(
    calendar: Calendar, season_day: dt.date | None, grid: Grid, span_seconds: int
) -> Spans:
    """Return the spans of a period and where each is counted, by the local clock; remembered.

    Source: domain rule 20; scale 5, masks cached by day, zone and schedule.
    """
    (first, last), step_seconds = grid.bounds, grid.step_seconds
    steps = np.arange(first, last, step_seconds, dtype=np.int64)
    if span_seconds > step_seconds:
        begins, starts = np.unique(steps // span_seconds * span_seconds, return_index=True)
    else:
        begins, starts = steps, np.arange(len(steps))
    clock = BucketClock(calendar, season_day, grid.zone)
    held = [clock.of(int(at)) for at in begins]
    runs = [place for place in range(len(held)) if place == 0 or held[place] != held[place - 1]]
    return Spans(starts, np.array(runs), tuple(held[place] for place in runs))


def _roomy(values: Numbers, grid: Grid) -> Numbers:
    """Return energy in a type in which it can be added up, once it is sound."""
    first, last = grid.bounds
    steps = (last - first) // grid.step_seconds
    if values.shape[1:] != (steps,):
        raise ValueError(f"{values.shape[1:]} steps were given; the period has {steps}")
    if not values.size:
        return values
    if values.min() < 0:
        raise ValueError("energy is missing or negative")
    if values.dtype == object or int(values.max()) * steps >= SAFE:
        return values.astype(object)
    return values


def _summed(values: Numbers, starts: Numbers) -> Numbers:
    return values if len(starts) == values.shape[1] else _reduced(np.add, values, starts)


def _reduced(how: np.ufunc, values: Numbers, starts: Numbers) -> Numbers:
    """Reduce runs of each row; on the flattened rows, where numpy is several times faster."""
    rows, columns = values.shape
    places = (np.arange(rows)[:, None] * columns + starts).ravel()
    kind = object if values.dtype == object else np.int64
    found: Numbers = how.reduceat(np.ascontiguousarray(values).ravel(), places, dtype=kind)
    return found.reshape(rows, len(starts))


def _energy(
    tariff: Tariff, taken: Numbers, given: Numbers | None, spans: Spans
) -> tuple[Numbers, Numbers]:
    """Return what each run took and gave, netted within the hour where the tariff nets so."""
    if tariff.netting.kind != "hour":
        starts = spans.starts[spans.runs]
        energy = _summed(taken, starts)
        return energy, np.zeros_like(energy) if given is None else _summed(given, starts)
    net = _summed(taken, spans.starts)
    if given is not None:
        net = net - _summed(given, spans.starts)
    return _summed(np.maximum(net, 0), spans.runs), _summed(np.maximum(-net, 0), spans.runs)


def _peaks(
    tariff: Tariff, taken: Numbers, given: Numbers | None, grid: Grid, over: int
) -> dict[Bucket, Column]:
    """Return the highest demand of each bucket, in kW."""
    window = window_seconds(tariff=tariff, step_seconds=grid.step_seconds)
    season_day = season_day_of(tariff=tariff, period=grid.period)
    spans = spans_of(tariff.calendar.for_demand, season_day, grid, window)
    energy = _summed(taken, spans.starts)
    if given is not None and tariff.netting.kind != "none":
        energy = energy - _summed(given, spans.starts)
    highest = _reduced(np.maximum, energy, spans.runs)
    peaks: dict[Bucket, Column] = {}
    for bucket in dict.fromkeys(spans.buckets):
        places = [n for n, held in enumerate(spans.buckets) if held == bucket]
        most = np.maximum(highest[:, places].max(axis=1), 0)
        peaks[bucket] = Column(most, over).by(Decimal(HOUR) / window)
    return peaks


def _converted(tariff: Tariff, measured: Measured, factor: Decimal | None) -> Measured:
    """Convert a whole period's use at once, as a register's would be."""
    buckets = tuple(dict.fromkeys(measured.runs))
    columns = [
        _convert(tariff, Column(measured.delivered[:, places].sum(axis=1), measured.over), factor)
        for places in (
            [n for n, held in enumerate(measured.runs) if held == bucket] for bucket in buckets
        )
    ]
    table = np.stack([column.whole for column in columns], axis=1)
    return Measured(
        buckets,
        table,
        np.zeros_like(table),
        columns[0].over,
        measured.days,
        measured.peaks,
    )


def _convert(tariff: Tariff, column: Column, factor: Decimal | None) -> Column:
    conversion = tariff.conversion
    assert conversion is not None  # noqa: S101 (asked by the callers)
    over, exact = 10**conversion.decimals, column.by(factor_of(tariff, factor))
    return exact.cut(over) if conversion.rounding == "down" else exact.rounded(over)
