"""What use cost, day by day or hour by hour: bills spread over their days by the rating engine.

Each period that was billed is spread by its own lines. The days no bill has yet are priced as a
bill of today would price them. A day that cannot be priced has no price, which is not zero.
Writes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from smarthub.accounts.queries import list_district_facts
from smarthub.accounts.types import districts_through
from smarthub.billing.engine.calendar import billed_time
from smarthub.billing.queries import list_point_billing
from smarthub.billing.types import PointBilling, PricedPeriod
from smarthub.kernel.errors import Refused, Unavailable
from smarthub.kernel.money import Money
from smarthub.kernel.period import Period
from smarthub.kernel.quantity import Quantity
from smarthub.metering.types import MISSING
from smarthub.rating.engine import price
from smarthub.rating.engine.steps import WHOLE_DAY, PeriodSteps, Spread, spread_lines, steps_of
from smarthub.rating.queries import get_prices
from smarthub.rating.types import (
    BilledUse,
    Bucket,
    Demand,
    Determinants,
    PricedLine,
    Prices,
    Run,
    Tariff,
    total_of,
)
from smarthub.usage.queries import read_series
from smarthub.usage.types import Series
from smarthub.workflows.usage.usage_ground import Ground

HUNDRED_THOUSANDTH = Decimal("0.00001")
THOUSANDTHS = 1000
FIRST_MONTH = 1
HOUR_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class StepCost:
    """What one interval cost, in dollars, and the time-of-use period it was priced in."""

    dollars: Decimal
    use_period: str


@dataclass(frozen=True, slots=True)
class DayCost:
    """What one day cost: for its use, and its share of what counts no use; in dollars.

    ``steps`` are the intervals of the day, only where its hours have prices of their own.
    """

    use: Decimal
    fixed: Decimal
    steps: tuple[StepCost, ...] = ()

    @property
    def whole(self) -> Decimal:
        """Both together."""
        return self.use + self.fixed


@dataclass(frozen=True, slots=True)
class PricedDays:
    """A billing period with a price for each of its days; ``bill_number`` is empty if unbilled.

    The days and ``rest`` add up to ``total``; ``rest`` is rounding, and use the meter's register
    counted and no interval holds.
    """

    period: Period
    tariff: Tariff
    days: Mapping[dt.date, DayCost]
    rest: Decimal
    total: Money
    bill_number: str
    has_blocks: bool
    has_demand: bool


@dataclass(frozen=True, slots=True)
class Costs:
    """Every priced day asked for, by billing period."""

    periods: tuple[PricedDays, ...] = ()
    days: Mapping[dt.date, DayCost] = field(default_factory=dict)

    @property
    def has_blocks(self) -> bool:
        """Whether a price changes with the quantity."""
        return any(each.has_blocks for each in self.periods)

    @property
    def has_demand(self) -> bool:
        """Whether some of the price goes by the highest demand."""
        return any(each.has_demand for each in self.periods)

    @property
    def has_hours(self) -> bool:
        """Whether hours have prices of their own."""
        return any(each.tariff.calendar.periods for each in self.periods)


class Billing(NamedTuple):
    """How one point is billed, and at what prices: two queries."""

    billing: PointBilling
    prices: Prices


class OpenPeriod(NamedTuple):
    """The days no bill has yet, under which tariff, and inside which tax districts."""

    period: Period
    tariff: Tariff
    inside: tuple[str, ...] = ()


def get_billing(*, ground: Ground) -> Billing:
    """Return how a point was billed and under which prices, in two queries."""
    return get_billings(grounds=[ground])[0]


def get_billings(*, grounds: Sequence[Ground]) -> list[Billing]:
    """Return how each of an account's points was billed, in their order and in two queries."""
    billings = list_point_billing(
        account_id=grounds[0].account.id,
        service_point_ids=[ground.point.id for ground in grounds],
        since=min(ground.point.since for ground in grounds),
    )
    prices = get_prices(
        codes={ground.point.tariff_code for ground in grounds},
        version_ids={p.tariff_version_id for each in billings.values() for p in each.periods},
    )
    return [Billing(billings[ground.point.id], prices) for ground in grounds]


def find_open_period(*, ground: Ground, billing: Billing) -> OpenPeriod | None:
    """Return the days no bill has yet; None where all is billed, or no tariff holds."""
    start = max(billing.billing.billed_until or ground.point.since, ground.point.since)
    if start >= ground.on:
        return None
    try:
        tariff = billing.prices.book.find(code=ground.point.tariff_code, on=start).tariff
    except Unavailable:
        return None
    period = Period(start, ground.on)
    return OpenPeriod(period, tariff, _inside(ground, tariff, period))


def _inside(ground: Ground, tariff: Tariff, period: Period) -> tuple[str, ...]:
    """Return the tax districts the place lies in: no query where the tariff names none."""
    if not tariff.districts:
        return ()
    facts = list_district_facts(service_point_ids=[ground.point.id])
    return districts_through(facts=facts.get(ground.point.id, ()), period=period)


def price_days(*, ground: Ground, billing: Billing, period: Period) -> Costs:
    """Return the price of each day of ``period``; one query more where hours have prices.

    Source: domain rules 20, 23 and 26; feature R20.
    """
    wanted = [
        each
        for each in billing.billing.periods
        if each.period.start < period.end and each.period.end > period.start and each.use
    ]
    opened = find_open_period(ground=ground, billing=billing)
    if opened is not None and opened.period.start >= period.end:
        opened = None
    tariffs = [billing.prices.versions[each.tariff_version_id] for each in wanted]
    series = _series(ground, wanted, tariffs, opened)
    priced = [
        _billed_days(ground, each, tariff, series)
        for each, tariff in zip(wanted, tariffs, strict=True)
    ]
    if opened is not None and (days := _open_days(ground, opened, billing, series)) is not None:
        priced.append(days)
    by_day = {day: cost for each in priced for day, cost in each.days.items()}
    return Costs(tuple(priced), by_day)


def price_use(
    *, opened: OpenPeriod, billing: Billing, steps: PeriodSteps, quantity: Decimal, period: Period
) -> tuple[PricedLine, ...] | None:
    """Return what a bill of ``period`` would come to for so much use; None if it cannot be told.

    Use by the hour is taken to fall on times of use as that of ``steps`` does.
    """
    anchor = billing.billing.bill_day or FIRST_MONTH
    unit = opened.tariff.metered_unit
    if unit is None or opened.tariff.netting.kind != "none" or opened.tariff.pays_for_export:
        return None  # what is given back changes the price: ``net_ahead`` tells that of a bill
    by_hours = bool(opened.tariff.calendar.periods) or _has_demand(opened.tariff)
    use = BilledUse(
        quantity=Quantity(quantity, unit),
        time=billed_time(period=period, anchor_day=anchor),
        period=period,
        determinants=_determinants(opened.tariff, steps, quantity, period) if by_hours else None,
        inside=opened.inside,
    )
    riders = billing.prices.riders.rates_for(
        tariff=opened.tariff, period=period, bill_date=period.end
    )
    try:
        return price(tariff=opened.tariff, use=use, riders=riders)
    except (Refused, Unavailable, ValueError):
        return None


def steps_so_far(*, ground: Ground, opened: OpenPeriod) -> PeriodSteps | None:
    """Return the days no bill has yet as steps: by the hour, one query, where that matters."""
    series = None
    if opened.tariff.calendar.periods:
        series = read_series(
            service_point_id=ground.point.id, period=opened.period, zone=ground.zone
        )
    return _steps(ground, opened.tariff, opened.period, series)


def _series(
    ground: Ground,
    wanted: Sequence[PricedPeriod],
    tariffs: Sequence[Tariff],
    opened: OpenPeriod | None,
) -> Series | None:
    """Return the intervals of all periods priced by the hour, in one query; None without any."""
    spans = [
        each.period for each, tariff in zip(wanted, tariffs, strict=True) if tariff.calendar.periods
    ]
    if opened is not None and opened.tariff.calendar.periods:
        spans.append(opened.period)
    if not spans:
        return None
    whole = Period(min(s.start for s in spans), max(s.end for s in spans))
    return read_series(service_point_id=ground.point.id, period=whole, zone=ground.zone)


def _steps(
    ground: Ground, tariff: Tariff, period: Period, series: Series | None
) -> PeriodSteps | None:
    """Return a period as steps in thousandths: intervals where hours have prices, else days."""
    days = [ground.day(day) for day in period]
    received = np.array([_thousandths(day.received) for day in days], np.int64)
    if not tariff.calendar.periods:
        return steps_of(
            tariff=tariff,
            period=period,
            zone=ground.zone,
            step_seconds=WHOLE_DAY,
            delivered=np.array([_thousandths(day.delivered) for day in days], np.int64),
            received=received,
        )
    if series is None or HOUR_SECONDS % series.step_seconds:
        return None
    return steps_of(
        tariff=tariff,
        period=period,
        zone=ground.zone,
        step_seconds=series.step_seconds,
        delivered=_in_thousandths(series, period, ground),
    )


def _in_thousandths(series: Series, period: Period, ground: Ground) -> NDArray[np.int64]:
    """Return the part of a series that is ``period``, unknown steps as nothing."""
    begin, end = (
        dt.datetime.combine(day, dt.time(), ground.zone).timestamp()
        for day in (period.start, period.end)
    )
    first = int(begin - series.start.timestamp()) // series.step_seconds
    count = int(end - begin) // series.step_seconds
    values = series.values[first : first + count]
    known = np.where(values == MISSING, 0, values)
    factor = Decimal(THOUSANDTHS).scaleb(series.exponent)
    if factor >= 1:
        return np.asarray(known * int(factor), np.int64)
    return np.asarray(known // int(1 / factor), np.int64)


def _billed_days(
    ground: Ground, billed: PricedPeriod, tariff: Tariff, series: Series | None
) -> PricedDays:
    steps = _steps(ground, tariff, billed.period, series)
    counted = _thousandths(billed.use.value if billed.use else None)
    made = _Made(tariff, billed.period, tuple(billed.lines), counted, billed.bill_number)
    return _priced(made, steps)


def _open_days(
    ground: Ground, opened: OpenPeriod, billing: Billing, series: Series | None
) -> PricedDays | None:
    steps = _steps(ground, opened.tariff, opened.period, series)
    if steps is None:
        return None
    counted = int(steps.delivered.sum())
    lines = price_use(
        opened=opened,
        billing=billing,
        steps=steps,
        quantity=Decimal(counted) / THOUSANDTHS,
        period=opened.period,
    )
    return (
        None
        if lines is None
        else _priced(_Made(opened.tariff, opened.period, lines, counted), steps)
    )


class _Made(NamedTuple):
    """Lines, what made them, and the use they count in thousandths."""

    tariff: Tariff
    period: Period
    lines: tuple[PricedLine, ...]
    counted: int
    bill_number: str = ""


def _priced(made: _Made, steps: PeriodSteps | None) -> PricedDays:
    if steps is None:  # hours have prices, and nobody knows the hours
        total = total_of(made.lines)
        return PricedDays(
            period=made.period,
            tariff=made.tariff,
            days={},
            rest=total.dollars,
            total=total,
            bill_number=made.bill_number,
            has_blocks=False,
            has_demand=False,
        )
    spread = spread_lines(tariff=made.tariff, lines=made.lines, steps=steps, counted=made.counted)
    by_hours = bool(made.tariff.calendar.periods)
    return PricedDays(
        period=made.period,
        tariff=made.tariff,
        days=dict(_day_costs(steps, spread, by_hours=by_hours)),
        rest=_dollars(spread.rest),
        total=spread.total,
        bill_number=made.bill_number,
        has_blocks=spread.has_blocks,
        has_demand=spread.has_demand,
    )


def _day_costs(
    steps: PeriodSteps, spread: Spread, *, by_hours: bool
) -> Iterator[tuple[dt.date, DayCost]]:
    use = np.bincount(steps.day, minlength=steps.period.days)
    ends = np.cumsum(use)
    for place, day in enumerate(steps.period):
        here = slice(int(ends[place] - use[place]), int(ends[place]))
        costs = spread.steps[here]
        told: tuple[StepCost, ...] = ()
        if by_hours:
            told = tuple(
                StepCost(_dollars(int(cost)), steps.buckets[bucket].period)
                for cost, bucket in zip(costs, steps.bucket[here], strict=True)
            )
        yield day, DayCost(_dollars(int(costs.sum())), _dollars(int(spread.days[place])), told)


def _determinants(
    tariff: Tariff, steps: PeriodSteps, quantity: Decimal, period: Period
) -> Determinants:
    """Return use by season and time of use in the proportion of ``steps``, and their peak."""
    held = int(steps.delivered.sum())
    runs = []
    for place, bucket in enumerate(steps.buckets):
        inside = int(steps.delivered[steps.bucket == place].sum())
        share = quantity * inside / held if held else Decimal(0)
        runs.append(Run(bucket, share, Decimal(0)))
    if not held and runs:
        runs[0] = Run(runs[0].bucket, quantity, Decimal(0))
    days: dict[str, int] = {}
    for day in period:
        season = tariff.calendar.season_of(day)
        days[season] = days.get(season, 0) + 1
    return Determinants(tuple(runs), days, dict[Bucket, Decimal]())


def _has_demand(tariff: Tariff) -> bool:
    return any(isinstance(charge, Demand) for charge in tariff.charges)


def _thousandths(value: Decimal | None) -> int:
    return 0 if value is None else int((value * THOUSANDTHS).to_integral_value())


def _dollars(hundred_thousandths: int) -> Decimal:
    return Decimal(hundred_thousandths) * HUNDRED_THOUSANDTH
