"""What keeps a reviewed draft until somebody has looked at it: odd days, odd use, odd demand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from smarthub.billing.engine.draft import DraftBill, DraftSegment, year_before
from smarthub.billing.types import BilledPeriod

PERIOD_UNUSUAL, USE_UNUSUAL = "period_unusual", "use_unusual"
DEMAND_UNUSUAL = "demand_above_transformer"
FEWEST_PERIODS = 3
"""Without the same month of last year, so many periods before say what is usual."""


class Held(NamedTuple):
    """Why a draft waits, with what its words need."""

    code: str
    values: Mapping[str, Any]


def why_held(*, draft: DraftBill) -> Held | None:
    """Return the first thing about a draft that somebody should see, or nothing.

    Source: domain rules 13, 18 and 22.
    """
    days = odd_period(draft=draft)
    if days is not None:
        return Held(PERIOD_UNUSUAL, {"days": days})
    found = (_odd_use(each, draft) or _odd_demand(each) for each in draft.segments)
    return next(filter(None, found), None)


def odd_period(*, draft: DraftBill) -> int | None:
    """Return the days of a period that is longer or shorter than usual, or nothing.

    A first or a final period may be short, as long as the service was; a subscription follows
    the calendar.

    Source: domain rule 22.
    """
    limits = draft.terms.limits
    for plan in {
        segment.plan.unbilled.agreement.id: segment.plan for segment in draft.segments
    }.values():
        days = plan.period.days
        short = days < limits.least_days and not (plan.is_first or plan.is_final)
        if not plan.tariff.in_advance and (short or days > limits.most_days):
            return days
    return None


def _odd_use(segment: DraftSegment, draft: DraftBill) -> Held | None:
    if segment.use is None or not segment.history:
        return None
    *before, this = segment.history
    daily = _usual_a_day(before, this)
    if daily is None:
        return None
    limits = draft.terms.limits.unusual_use
    usual = daily * this.period.days
    if not limits.are_passed(used=this.quantity, usual=usual, unit=segment.use.unit):
        return None
    return Held(
        USE_UNUSUAL,
        {
            "service_point": segment.plan.unbilled.agreement.service_point_number,
            "used": f"{this.quantity:.0f}",
            "usual": f"{usual:.0f}",
            "unit": str(segment.use.unit),
        },
    )


def _usual_a_day(before: Sequence[BilledPeriod], this: BilledPeriod) -> Decimal | None:
    """Return the daily use of the same month last year, else of the last three periods."""
    last_year = year_before(history=before, end=this.period.end)
    if last_year is not None:
        return _a_day([last_year])
    return _a_day(before[-FEWEST_PERIODS:]) if len(before) >= FEWEST_PERIODS else None


def _a_day(periods: Iterable[BilledPeriod]) -> Decimal:
    known = list(periods)
    return sum((each.quantity for each in known), Decimal(0)) / sum(p.period.days for p in known)


def _odd_demand(segment: DraftSegment) -> Held | None:
    """A transformer cannot carry more kW than it has kVA, so one of the two is wrong."""
    measured, kva = segment.billed.determinants, segment.billed.contract.kva
    highest = max(measured.peaks.values(), default=Decimal(0)) if measured else Decimal(0)
    if kva is None or highest <= kva:
        return None
    values = {
        "service_point": segment.plan.unbilled.agreement.service_point_number,
        "demand": f"{highest:.1f}",
        "kva": f"{kva.normalize():f}",
    }
    return Held(DEMAND_UNUSUAL, values)
