"""What was used at one service: a day by its hours, a month by its days, a year by its months.

With the weather, what was given back, the same days a year before and the days just before, what
stands out, what the weather had a share in, the notes pinned there, and in dollars what each part
cost. Never shows a day before the account had the place (domain rule 11). Writes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np

from smarthub.accounts.types import VisibleAccount
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.period import Period, day_bounds
from smarthub.metering.engine.packing import is_estimate
from smarthub.metering.types import MISSING, Integers, Quality
from smarthub.usage.engine import hourly, in_unit, shares_of
from smarthub.usage.queries import read_series
from smarthub.usage.types import DayUse, Note, Series, Shares
from smarthub.workflows.usage.account_usage import days_that_stand_out
from smarthub.workflows.usage.bill_ahead import BillAhead, get_bill_ahead
from smarthub.workflows.usage.bill_match import BillMatch, match_bill
from smarthub.workflows.usage.usage_costs import Billing, Costs, DayCost, get_billing, price_days
from smarthub.workflows.usage.usage_ground import DAY, Ground, Total, find_point, stand_on
from smarthub.workflows.usage.usage_spans import Shown, Span, a_year_before, month_of, months_in

HOUR = dt.timedelta(hours=1)
HOUR_SECONDS = 3600
MOST_DAYS_AS_DAYS = 62
"""A longer range is shown by its months."""
HIGHEST = 3


@dataclass(frozen=True, slots=True)
class Slice:
    """One bar: an hour, a day or a month, and everything known of it.

    ``starts_at`` is set for an hour alone. ``cost`` is for its use, ``fixed`` its share of what
    counts no use, both in dollars; None where no price can be told. ``a_year_before`` is the use
    of the same slice then.
    """

    period: Period
    quantity: Decimal | None
    received: Decimal | None = None
    starts_at: dt.datetime | None = None
    mean_f: Decimal | None = None
    a_year_before: Decimal | None = None
    cost: Decimal | None = None
    fixed: Decimal | None = None
    use_period: str = ""
    estimated: bool = False
    edited: bool = False
    partial: bool = False
    corrected_at: dt.datetime | None = None
    stands_out: bool = False


@dataclass(frozen=True, slots=True)
class Compared:
    """Another period beside the one shown: by how many percent this one is more, and warmer."""

    total: Total
    percent: int
    warmer_f: int | None


@dataclass(frozen=True, slots=True)
class ExplorerView:
    """Everything the page of one service shows; ``period`` is what of ``shown`` is over."""

    ground: Ground
    shown: Shown
    period: Period
    slices: tuple[Slice, ...]
    total: Total
    last_year: Compared | None
    before: Compared | None
    shares: Shares | None
    notes: tuple[Note, ...]
    costs: Costs | None
    bill: BillMatch | None
    ahead: BillAhead | None
    series: Series | None

    @property
    def unit(self) -> str:
        """The unit the meter counts; empty where it has never told anything."""
        return self.ground.history.unit

    @property
    def previous(self) -> Shown | None:
        """What an arrow to the left leads to, if the account has any of it."""
        before = self.shown.before
        return before if self.ground.has(before.period) else None

    @property
    def following(self) -> Shown | None:
        """What an arrow to the right leads to, if any of it is over."""
        after = self.shown.after
        return after if self.ground.has(after.period) else None

    @property
    def is_so_far(self) -> bool:
        """Whether more of it is to come."""
        return self.shown.period.end > self.ground.on

    @property
    def highest(self) -> tuple[Slice, ...]:
        """The three slices with the most use, the highest first."""
        known = [each for each in self.slices if each.quantity]
        return tuple(sorted(known, key=lambda s: -(s.quantity or Decimal(0)))[:HIGHEST])

    @property
    def dollars(self) -> Decimal | None:
        """What all of it cost, as far as prices are known; None where none is."""
        known = [s.cost + (s.fixed or 0) for s in self.slices if s.cost is not None]
        return sum(known, Decimal(0)) if known else None

    @property
    def fixed_dollars(self) -> Decimal:
        """The part of ``dollars`` that counts no use."""
        return sum((s.fixed for s in self.slices if s.fixed is not None), Decimal(0))


def get_explorer(
    *,
    account: VisibleAccount,
    point_number: str,
    shown: Shown | None,
    on: dt.date,
    zone: ZoneInfo,
    dollars: bool = False,
    with_ahead: bool = False,
) -> ExplorerView:
    """Return what was used, in at most four queries.

    Args:
        account: As its door gave it out.
        point_number: One of its metered points.
        shown: The days chosen; None for the month of yesterday.
        on: The local day it is.
        zone: The co-op's, in which days begin.
        dollars: Whether each slice gets its price: two queries more, three where hours have one.
        with_ahead: Whether to tell where the next bill is heading: the same two queries.

    Raises:
        NotVisible: the account has no such metered point, or none of these days.

    Source: domain rules 11, 20 and 23; feature R20.
    """
    point = find_point(account=account, number=point_number)
    shown = shown or month_of(max(on - DAY, point.since))
    ground = stand_on(account=account, point=point, on=on, zone=zone, back_to=shown.period.start)
    if point.since >= on:
        return _nothing_yet(ground, shown)
    period = ground.part_of(shown.period)
    is_exact = shown.span is Span.RANGE
    billing = get_billing(ground=ground) if dollars or with_ahead or is_exact else None
    costs = price_days(ground=ground, billing=billing, period=period) if billing else None
    series = _series(ground, period) if shown.span is Span.DAY else None
    total = ground.total(period)
    last_year, before = compare_periods(ground, shown, total)
    return ExplorerView(
        ground=ground,
        shown=shown,
        period=period,
        slices=tuple(slices_of(ground, shown, period, series, costs if dollars else None)),
        total=total,
        last_year=last_year,
        before=before,
        shares=_shares(ground, period),
        notes=ground.notes_on(period),
        costs=costs,
        bill=_bill(ground, billing, period),
        ahead=get_bill_ahead(ground=ground, billing=billing) if billing and with_ahead else None,
        series=series,
    )


def compare_periods(
    ground: Ground, shown: Shown, total: Total
) -> tuple[Compared | None, Compared | None]:
    """Return the same days a year before, and the days just before, where they are known."""
    period = total.period
    return (
        _compared(ground, total, _shifted(shown, period)),
        _compared(ground, total, _just_before(shown, period)),
    )


def _nothing_yet(ground: Ground, shown: Shown) -> ExplorerView:
    """Return the page of a place whose first day is not over."""
    if not shown.period.start <= ground.on < shown.period.end:
        raise NotVisible
    period = Period(ground.on, ground.on + DAY)
    return ExplorerView(
        ground=ground,
        shown=shown,
        period=period,
        slices=(),
        total=ground.total(period),
        last_year=None,
        before=None,
        shares=None,
        notes=(),
        costs=None,
        bill=None,
        ahead=None,
        series=None,
    )


def _series(ground: Ground, period: Period) -> Series | None:
    return read_series(service_point_id=ground.point.id, period=period, zone=ground.zone)


def _bill(ground: Ground, billing: Billing | None, period: Period) -> BillMatch | None:
    return None if billing is None else match_bill(ground, billing.billing, period)


def slices_of(
    ground: Ground,
    shown: Shown,
    period: Period,
    series: Series | None = None,
    costs: Costs | None = None,
) -> Iterator[Slice]:
    """Yield the bars of what is shown: hours of a day, days of a month, months of a year."""
    if shown.span is Span.DAY:
        yield from _hours(ground, period, series, costs)
    elif shown.span is Span.YEAR or period.days > MOST_DAYS_AS_DAYS:
        yield from (_month(ground, month, costs) for month in months_in(period))
    else:
        unusual = _unusual(ground, period)
        yield from (_day(ground, day, costs, stands_out=day in unusual) for day in period)


def _day(ground: Ground, day: dt.date, costs: Costs | None, *, stands_out: bool) -> Slice:
    known = ground.day(day)
    cost = costs.days.get(day) if costs else None
    period = Period(day, day + DAY)
    return Slice(
        period=period,
        quantity=known.delivered,
        received=known.received,
        mean_f=ground.history.mean_f.get(day),
        a_year_before=ground.day(a_year_before(period).start).delivered,
        cost=cost.use if cost else None,
        fixed=cost.fixed if cost else None,
        estimated=known.estimated,
        edited=known.edited,
        partial=known.partial,
        corrected_at=known.corrected_at,
        stands_out=stands_out,
    )


def _month(ground: Ground, month: Period, costs: Costs | None) -> Slice:
    total = ground.total(month)
    then = ground.total(a_year_before(month))
    priced = [costs.days[day] for day in month if day in costs.days] if costs else []
    return Slice(
        period=month,
        quantity=total.quantity,
        received=total.received,
        mean_f=total.mean_f,
        a_year_before=then.quantity if then.is_comparable else None,
        cost=sum((each.use for each in priced), Decimal(0)) if priced else None,
        fixed=sum((each.fixed for each in priced), Decimal(0)) if priced else None,
        estimated=total.is_estimated,
        partial=total.days_missing > 0,
    )


def _hours(
    ground: Ground, period: Period, series: Series | None, costs: Costs | None
) -> Iterator[Slice]:
    """Yield every hour of a day: 23, 24 or 25, those nobody read without a quantity."""
    begin, end = day_bounds(period.start, ground.zone)
    cost = costs.days.get(period.start) if costs else None
    if series is None or HOUR_SECONDS % series.step_seconds:
        return
    values = hourly(series.values, step_seconds=series.step_seconds)
    quality = series.quality.reshape(-1, HOUR_SECONDS // series.step_seconds)
    shares = _hour_costs(cost, values)
    count = round((end - begin) / HOUR)
    for n in range(count):
        yield Slice(
            period=period,
            quantity=in_unit(int(values[n]), exponent=series.exponent),
            starts_at=begin + n * HOUR,
            cost=shares[n][0] if shares else None,
            fixed=cost.fixed / count if cost else None,
            use_period=shares[n][1] if shares else "",
            estimated=bool(is_estimate(quality[n]).any()),
            edited=bool((quality[n] == Quality.EDITED).any()),
        )


def _hour_costs(cost: DayCost | None, values: Integers) -> list[tuple[Decimal, str]]:
    """Return each hour's price and its time-of-use period; by use where hours have no price."""
    if cost is None:
        return []
    if cost.steps:
        per_hour = len(cost.steps) // len(values)
        hours = [cost.steps[n * per_hour : (n + 1) * per_hour] for n in range(len(values))]
        return [(sum((s.dollars for s in hour), Decimal(0)), hour[0].use_period) for hour in hours]
    known = np.where(values == MISSING, 0, values)
    whole = int(known.sum())
    return [(cost.use * int(each) / whole if whole else Decimal(0), "") for each in known]


def _unusual(ground: Ground, period: Period) -> frozenset[dt.date]:
    """Return the days shown that stand out among them."""
    days = [ground.day(day) for day in period]
    return days_that_stand_out(
        DayUse(d.day, d.delivered, d.unit, d.estimated, d.partial) for d in days
    )


def _shifted(shown: Shown, period: Period) -> Period:
    """Return the same days a year before; a single day is compared with the same weekday."""
    if shown.span is Span.DAY:
        return Period(period.start - 364 * DAY, period.end - 364 * DAY)
    return a_year_before(period)


def _just_before(shown: Shown, period: Period) -> Period | None:
    """Return the period before, or as many of its first days as this one has so far."""
    before = shown.before.period
    if shown.span is Span.YEAR:
        return None  # that is the same period last year
    if period == shown.period:
        return before
    begins = before.start + (period.start - shown.period.start)
    ends = min(begins + (period.end - period.start), before.end)
    return Period(begins, ends) if begins < ends else None


def _compared(ground: Ground, total: Total, other: Period | None) -> Compared | None:
    if other is None or other.start < ground.point.since:
        return None
    then = ground.total(other)
    if not (total.is_comparable and then.is_comparable) or not then.quantity:
        return None
    quantity = total.quantity or Decimal(0)
    return Compared(
        total=then,
        percent=round((_a_day(quantity, total) / _a_day(then.quantity, then) - 1) * 100),
        warmer_f=(
            None
            if total.mean_f is None or then.mean_f is None
            else round(total.mean_f - then.mean_f)
        ),
    )


def _a_day(quantity: Decimal, total: Total) -> Decimal:
    """Return use a day, so that months of 30 and of 31 days are compared fairly."""
    return quantity / (total.period.days - total.days_missing or 1)


def _shares(ground: Ground, period: Period) -> Shares | None:
    model = ground.model()
    if model is None or not (model.heating or model.cooling):
        return None
    use, mean_f = ground.columns(period)
    return shares_of(model=model, use=use, mean_f=mean_f)
