"""The bill so far and the bill ahead: use of this period projected, and priced as a bill would be.

A range, never one figure; nothing before the fifth day. Only this service: what an account has
besides comes on the same bill. Writes nothing.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

import numpy as np

from smarthub.billing.engine.calendar import day_after
from smarthub.kernel.money import Money
from smarthub.kernel.period import Period
from smarthub.rating.engine.steps import PeriodSteps
from smarthub.rating.types import total_of
from smarthub.usage.engine import normal_temperatures, project
from smarthub.usage.engine.projection import Ahead, Past
from smarthub.usage.types import Floats, Projection
from smarthub.workflows.usage.net_ahead import BothFlows, price_both, project_given, sets_off
from smarthub.workflows.usage.usage_costs import (
    Billing,
    OpenPeriod,
    find_open_period,
    price_use,
    steps_so_far,
)
from smarthub.workflows.usage.usage_ground import MODEL_DAYS, Ground

MOST_DAYS = 70
"""A period so long is not an ordinary bill; nothing is promised of it."""
THOUSANDTH = Decimal("0.001")


@dataclass(frozen=True, slots=True)
class BillAhead:
    """This period so far, and where it is heading.

    ``period`` ends the day the next bill is made. ``projection`` is None before day 5, and the
    amounts where no price can be told; ``days_forecast`` of the days left have a forecast.
    ``given`` is what the member gives back, told where that changes the bill: ``low`` is then the
    bill of little taken and much given back, ``high`` the other way round.
    """

    period: Period
    so_far: Decimal
    cost_so_far: Money | None
    projection: Projection | None
    low: Money | None
    high: Money | None
    days_forecast: int
    given_so_far: Decimal | None = None
    given: Projection | None = None

    @property
    def days_left(self) -> int:
        """How many of its days are still to come."""
        return self.period.days - (self.projection.day if self.projection else 0)


def get_bill_ahead(*, ground: Ground, billing: Billing) -> BillAhead | None:
    """Return this period so far and where it is heading; None where nothing is known of either.

    One query more where hours have prices of their own.

    Source: the reference "greenbutton-rating-usage", C3 and C4; docs/algorithms/projection.md.
    """
    opened = find_open_period(ground=ground, billing=billing)
    if opened is None or billing.billing.bill_day is None:
        return None
    period = _period(opened.period, billing.billing.bill_day, ground.on)
    total = ground.total(opened.period)
    if total.quantity is None or period.days > MOST_DAYS:
        return None
    steps = steps_so_far(ground=ground, opened=opened)
    projection, days_forecast = _project(ground, opened, period)
    pricing = _Pricing(opened, billing, steps)
    ahead = BillAhead(
        period=period,
        so_far=total.quantity,
        cost_so_far=None,
        projection=projection,
        low=None,
        high=None,
        days_forecast=days_forecast,
    )
    if sets_off(opened.tariff):
        return _priced_both_ways(ahead, ground, pricing, total.received or Decimal(0))
    return replace(
        ahead,
        cost_so_far=pricing.of(total.quantity, opened.period),
        low=pricing.of(_decimal(projection.low), period) if projection else None,
        high=pricing.of(_decimal(projection.high), period) if projection else None,
    )


def _priced_both_ways(
    ahead: BillAhead, ground: Ground, pricing: _Pricing, given_so_far: Decimal
) -> BillAhead:
    """Return it priced for a member whose bill what she gives back changes."""
    opened = pricing.opened
    before = _before(ground, ahead.period)
    given = project_given(ground=ground, opened=opened, before=before, period=ahead.period)
    so_far = pricing.of_both(BothFlows(ahead.so_far, given_so_far), opened.period)
    told = replace(ahead, cost_so_far=so_far, given_so_far=given_so_far, given=given)
    if ahead.projection is None or given is None:
        return told
    taken = ahead.projection
    little, much = (
        BothFlows(_decimal(use), _decimal(back))
        for use, back in ((taken.low, given.high), (taken.high, given.low))
    )
    return replace(
        told,
        low=pricing.of_both(little, ahead.period),
        high=pricing.of_both(much, ahead.period),
    )


@dataclass(frozen=True, slots=True)
class _Pricing:
    opened: OpenPeriod
    billing: Billing
    steps: PeriodSteps | None

    def of(self, quantity: Decimal, period: Period) -> Money | None:
        """Return what a bill of the period would come to for this service."""
        if self.steps is None:
            return None
        lines = price_use(
            opened=self.opened,
            billing=self.billing,
            steps=self.steps,
            quantity=quantity,
            period=period,
        )
        return None if lines is None else total_of(lines)

    def of_both(self, flows: BothFlows, period: Period) -> Money | None:
        """Return the same where what is given back changes it."""
        if self.steps is None:
            return None
        return price_both(
            opened=self.opened,
            billing=self.billing,
            steps=self.steps,
            flows=flows,
            period=period,
        )


def _period(opened: Period, bill_day: int, on: dt.date) -> Period:
    """Return the whole period: up to the first bill day that has not come yet."""
    end = day_after(date=opened.start, day=bill_day)
    while end <= on:
        end = day_after(date=end, day=bill_day)
    return Period(opened.start, end)


def _project(ground: Ground, opened: OpenPeriod, period: Period) -> tuple[Projection | None, int]:
    left = Period(ground.on, period.end)
    before = _before(ground, period)
    days = [*(before or ()), *opened.period, *left]
    normal = _normals(ground, days)
    done = (before.days if before else 0) + opened.period.days
    coming, days_forecast = _coming(ground, left, normal[done:])
    past = Past(*ground.columns(before), normal[: before.days]) if before else _no_past()
    use, mean_f = ground.columns(opened.period)
    return project(past=past, ahead=Ahead(use, mean_f, coming), days=period.days), days_forecast


def _before(ground: Ground, period: Period) -> Period | None:
    """Return the days before the period that are looked at; None where there is none."""
    start = max(ground.point.since, period.start - dt.timedelta(days=MODEL_DAYS))
    return Period(start, period.start) if start < period.start else None


def _normals(ground: Ground, days: list[dt.date]) -> Floats:
    known = [(day, float(mean)) for day, mean in ground.history.mean_f.items()]
    normal = normal_temperatures(known=known, days=days)
    return np.full(len(days), np.nan) if normal is None else normal


def _coming(ground: Ground, left: Period, normal: Floats) -> tuple[Floats, int]:
    """Return a temperature for each day left: the forecast where there is one, else the normal."""
    coming, told = normal.copy(), 0
    for place, day in enumerate(left):
        if day in ground.history.forecast_f:
            coming[place] = float(ground.history.forecast_f[day])
            told += 1
    return coming, told


def _no_past() -> Past:
    nothing: Floats = np.zeros(0)
    return Past(nothing, nothing, nothing)


def _decimal(value: float) -> Decimal:
    return Decimal(value).quantize(THOUSANDTH, rounding=ROUND_HALF_UP)
