"""Every sentence around the explorer's chart: headline, comparisons, the bill ahead, doubts.

The template gets finished words and computes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext, ngettext

from smarthub.portal.words.usage import (
    say_comparison,
    say_days,
    say_dollars,
    say_doubts,
    say_known_until,
    say_shown,
    say_use,
)
from smarthub.ui.formats import say_day, say_money, say_number, say_unit
from smarthub.ui.hours import say_hour_range
from smarthub.usage.types import Method, Projection, Shares
from smarthub.workflows.usage.bill_ahead import BillAhead
from smarthub.workflows.usage.bill_match import BillMatch, Reason
from smarthub.workflows.usage.usage_costs import Costs
from smarthub.workflows.usage.usage_explorer import ExplorerView, Slice

HUNDRED = 100


@dataclass(frozen=True, slots=True)
class ShareWords:
    """One part of use: its name, its percent, and what it came to."""

    kind: str
    name: str
    percent: int
    amount: str


@dataclass(frozen=True, slots=True)
class ComparedWords:
    """One bar beside the one of the period shown; ``width`` is of the longest, in percent."""

    name: str
    amount: str
    width: int
    is_this: bool


@dataclass(frozen=True, slots=True)
class AheadWords:
    """The bill so far and ahead, in words."""

    period: str
    so_far: str
    range: str
    method: str
    bill_day: str


@dataclass(frozen=True, slots=True)
class MatchWords:
    """A bill beside the intervals of its days: three figures and the reason."""

    bill_number: str
    billed: str
    summed: str
    difference: str
    reason: str


@dataclass(frozen=True, slots=True)
class PageWords:
    """All the sentences of the page."""

    title: str
    headline: str
    beside: str
    sentences: tuple[str, ...]
    spoken: str
    known_until: str
    price_notes: tuple[str, ...]
    highest: tuple[tuple[str, str], ...]
    shares: tuple[ShareWords, ...]
    compared: tuple[ComparedWords, ...]
    ahead: AheadWords | None
    match: MatchWords | None


def say_page(view: ExplorerView, *, dollars: bool) -> PageWords:
    """Return everything the page says of a view."""
    comparison = say_comparison(view.last_year) if view.last_year else ""
    most = _say_most(view)
    doubts = say_doubts(view)
    headline = _headline(view, dollars=dollars)
    return PageWords(
        title=say_shown(view.shown),
        headline=headline,
        beside=_beside(view, dollars=dollars),
        sentences=tuple(each for each in (comparison or most, doubts) if each),
        spoken=" ".join(each for each in (headline + ".", comparison, most, doubts) if each),
        known_until=say_known_until(view),
        price_notes=tuple(_price_notes(view, view.costs)) if dollars and view.costs else (),
        highest=tuple(_highest(view)),
        shares=_say_shares(view, view.shares) if view.shares else (),
        compared=_say_compared(view),
        ahead=_say_ahead(view, view.ahead) if view.ahead else None,
        match=_say_match(view, view.bill) if view.bill else None,
    )


def _headline(view: ExplorerView, *, dollars: bool) -> str:
    if dollars:
        return gettext("no price yet") if view.dollars is None else say_dollars(view.dollars)
    if view.total.quantity is None:
        return gettext("No readings yet")
    return say_use(view.total.quantity, view.unit)


def _beside(view: ExplorerView, *, dollars: bool) -> str:
    """Return what stands in quiet type beside the headline."""
    if dollars and view.total.quantity is not None:
        said = say_use(view.total.quantity, view.unit)
    elif view.total.received:
        said = gettext("%(amount)s given back") % {
            "amount": say_use(view.total.received, view.unit)
        }
    else:
        said = ""
    if view.is_so_far and view.total.quantity is not None:
        return f"{said} · {gettext('so far')}" if said else gettext("so far")
    return said


def _say_most(view: ExplorerView) -> str:
    if not view.highest:
        return ""
    most = view.highest[0]
    amount = say_use(most.quantity, view.unit)
    if most.starts_at is not None:
        hours = say_hour_range(most.starts_at, view.ground.zone)
        return gettext("The most was at %(hours)s: %(amount)s.") % {
            "hours": hours,
            "amount": amount,
        }
    if most.period.days > 1:
        return gettext("The most was in %(month)s: %(amount)s.") % {
            "month": say_days(most.period),
            "amount": amount,
        }
    return gettext("The most was on %(day)s: %(amount)s.") % {
        "day": say_day(most.period.start, "weekday"),
        "amount": amount,
    }


def _highest(view: ExplorerView) -> list[tuple[str, str]]:
    return [(_slice_name(view, each), say_use(each.quantity, view.unit)) for each in view.highest]


def _slice_name(view: ExplorerView, each: Slice) -> str:
    if each.starts_at is not None:
        return say_hour_range(each.starts_at, view.ground.zone)
    if each.period.days > 1:
        return say_days(each.period)
    return say_day(each.period.start, "weekday")


def _say_shares(view: ExplorerView, shares: Shares) -> tuple[ShareWords, ...]:
    """Return the parts that are there; percents of whole numbers that add up to a hundred."""
    named = [
        ("base", gettext("Always there"), shares.base),
        ("heating", gettext("Heating"), shares.heating),
        ("cooling", gettext("Cooling"), shares.cooling),
    ]
    percents = [round(part * HUNDRED) for _, _, part in named]
    percents[0] += HUNDRED - sum(percents)
    total = view.total.quantity or Decimal(0)
    return tuple(
        ShareWords(kind, name, percent, say_use(total * percent / HUNDRED, view.unit))
        for (kind, name, _), percent in zip(named, percents, strict=True)
        if percent > 0
    )


def _say_compared(view: ExplorerView) -> tuple[ComparedWords, ...]:
    """Return the period shown and those beside it as bars; nothing where there is no other."""
    others = [
        (gettext("A year before"), view.last_year),
        (gettext("Just before"), view.before),
    ]
    found = [(name, other) for name, other in others if other is not None]
    if not found or view.total.quantity is None:
        return ()
    longest = max(
        [view.total.quantity, *(other.total.quantity or Decimal(0) for _, other in found)]
    ) or Decimal(1)

    def words(name: str, quantity: Decimal, *, is_this: bool) -> ComparedWords:
        width = round(quantity / longest * HUNDRED)
        return ComparedWords(name, say_use(quantity, view.unit), width, is_this)

    return (
        words(say_days(view.period), view.total.quantity, is_this=True),
        *(
            words(
                f"{name} · {say_days(other.total.period)}",
                other.total.quantity or Decimal(0),
                is_this=False,
            )
            for name, other in found
        ),
    )


def _say_ahead(view: ExplorerView, ahead: BillAhead) -> AheadWords:
    so_far = say_use(ahead.so_far, view.unit)
    if ahead.given_so_far:
        so_far = gettext("%(taken)s taken, %(given)s given back") % {
            "taken": so_far,
            "given": say_use(ahead.given_so_far, view.unit),
        }
    if ahead.cost_so_far is not None:
        so_far = f"{so_far} · {say_money(ahead.cost_so_far)}"
    return AheadWords(
        period=say_days(ahead.period),
        so_far=so_far,
        range=_say_range(view, ahead, ahead.projection) if ahead.projection else "",
        method=" ".join(
            filter(None, [_say_method(ahead, ahead.projection), _say_both_ends(ahead)])
        ),
        bill_day=say_day(ahead.period.end, "weekday"),
    )


def _say_range(view: ExplorerView, ahead: BillAhead, projection: Projection) -> str:
    if ahead.low is not None and ahead.high is not None:
        low, high = (round(amount.dollars) for amount in (ahead.low, ahead.high))
        if low == high:
            return gettext("about $%(amount)s") % {"amount": high}
        return gettext("$%(low)s to $%(high)s") % {"low": low, "high": high}
    return gettext("%(low)s to %(high)s %(unit)s") % {
        "low": say_number(Decimal(round(projection.low))),
        "high": say_number(Decimal(round(projection.high))),
        "unit": say_unit(view.unit),
    }


def _say_method(ahead: BillAhead, projection: Projection | None) -> str:
    """Return in a sentence or two how the range was found, and how far it can be trusted."""
    if projection is None:
        return gettext("From the fifth day on, this says where the bill is heading.")
    if projection.method is Method.KNOWN:
        return gettext("All days of this bill are known.")
    often = gettext("Four times in five the bill ends in this range.")
    if projection.method is Method.RUN_RATE:
        return (
            gettext("It goes on from your use a day so far, for the weather is not known.")
            + " "
            + often
        )
    if ahead.days_forecast:
        how = ngettext(
            "It rests on your use so far, what warm and cold days did to it before, the weather "
            "forecast for one day, and the usual weather after it.",
            "It rests on your use so far, what warm and cold days did to it before, the weather "
            "forecast for %(count)s days, and the usual weather after them.",
            ahead.days_forecast,
        ) % {"count": ahead.days_forecast}
    else:
        how = gettext(
            "It rests on your use so far, what warm and cold days did to it before, and the usual "
            "weather for the days to come."
        )
    return f"{how} {often}"


def _say_both_ends(ahead: BillAhead) -> str:
    """Return what the ends of the range stand for where what is given back changes the bill."""
    if ahead.given is None or ahead.low is None:
        return ""
    return gettext(
        "The low end is a bill of little use and much given back, the high end the other way round."
    )


def _price_notes(view: ExplorerView, costs: Costs) -> list[str]:
    """Return what must be known to read prices by the day or the hour rightly."""
    notes = []
    if view.dollars is not None:
        notes.append(
            gettext("The bars are for use. Fixed charges are %(fixed)s more in these days.")
            % {"fixed": say_dollars(view.fixed_dollars)}
        )
    if costs.has_blocks:
        notes.append(
            gettext(
                "Your price changes with how much is used in the month. Each unit is shown at the "
                "month's mix of prices, whichever day it was used on."
            )
        )
    if costs.has_demand:
        notes.append(
            gettext("The charge for the highest demand belongs to no single hour, so it is fixed.")
        )
    if any(each.cost is None and each.quantity is not None for each in view.slices):
        notes.append(gettext("Some days have no price yet."))
    notes += [
        gettext(
            "With %(rest)s for rounding, and for use the hours do not hold, this is the %(total)s "
            "of bill %(bill)s."
        )
        % {
            "rest": f"${say_number(each.rest, 3)}",
            "total": say_money(each.total),
            "bill": each.bill_number,
        }
        for each in costs.periods
        if each.period == view.period and each.bill_number
    ]
    return notes


def _say_match(view: ExplorerView, bill: BillMatch) -> MatchWords:
    return MatchWords(
        bill_number=bill.bill_number,
        billed=_exactly(bill.billed, view.unit),
        summed=_exactly(bill.summed, view.unit),
        difference=_exactly(bill.difference, view.unit),
        reason=_say_reason(bill),
    )


def _exactly(quantity: Decimal, unit: str) -> str:
    return f"{say_number(quantity)} {say_unit(unit)}"


def _say_reason(bill: BillMatch) -> str:
    match bill.reason:
        case Reason.NONE:
            return gettext("The hours add up to the bill.")
        case Reason.ESTIMATE:
            return gettext("Some of these readings are estimates.")
        case Reason.GAPS:
            return gettext("Some hours never came in; the meter's own count has them.")
        case Reason.MULTIPLIER:
            return gettext("The meter counts in steps of %(step)s; the bill takes whole steps.") % {
                "step": say_number(bill.multiplier)
            }
        case Reason.ROUNDING:
            return gettext("Rounding: the bill takes whole numbers from the meter's display.")
        case Reason.OTHER:
            return gettext("We do not know why yet. Please call us, and we will look at the meter.")
