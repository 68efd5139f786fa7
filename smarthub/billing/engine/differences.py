"""Why one bill of a service differs from another: steps that add up to the cent.

The earlier bill is priced again and again by the one rate engine, each time with one more thing
as it is now: the days, the weather, the use, its hours, the prices, the riders. A step is what
that changed, so the steps telescope: their sum is the difference of the two bills, whatever they
are. A state the engine refuses (a fact not known under the other rate) is left out, and what it
would have changed falls to the next step.

Source: domain rules, section 4 ("Explaining a bill"), decomposition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from smarthub.billing.engine.reshaping import (
    in_terms_of,
    joined,
    with_days,
    with_demand,
    with_given_back,
    with_hours,
    with_quantity,
)
from smarthub.kernel.errors import ExpectedError
from smarthub.kernel.money import ZERO, Money
from smarthub.rating.engine import RiderRates, price
from smarthub.rating.types import BANK, BilledUse, Minimum, PricedLine, Tariff, total_of

SELDOM_MONTHS = 2
"""A charge made in so many months of the year, or fewer, is told apart as coming seldom."""


class Why(StrEnum):
    """A reason for a difference, in the order they are told.

    ``UNTOLD`` is all of a service whose bill is older than what bills are priced from.
    """

    DAYS = "days"
    WEATHER = "weather"
    USE = "use"
    HOURS = "hours"
    DEMAND = "demand"
    GIVEN_BACK = "given_back"
    FACTS = "facts"
    RATE = "rate"
    RIDERS = "riders"
    ONE_TIME = "one_time"
    STARTED = "started"
    ENDED = "ended"
    UNTOLD = "untold"


@dataclass(frozen=True, slots=True)
class Billed:
    """One part of a service on a bill: what it was priced from, and the lines it came to."""

    tariff: Tariff
    use: BilledUse
    riders: RiderRates
    lines: tuple[PricedLine, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One reason, and how much of the difference it is."""

    why: Why
    amount: Money


@dataclass(frozen=True, slots=True)
class _State:
    """What would have been priced, with some things as before and some as now."""

    tariff: Tariff
    use: BilledUse
    riders: RiderRates


def split_change(
    *, before: Sequence[Billed], now: Sequence[Billed], weather: Decimal | None = None
) -> tuple[Step, ...]:
    """Return why a service came to more or less than before; zero steps are left out.

    Args:
        before: Its parts on the earlier bill; one, unless the price changed inside it.
        now: Its parts on the later bill.
        weather: What the weather changed, in the unit of the meter, against the earlier period
            stretched to the days of this one; None where it cannot be told.

    930 kWh in 30 days, then 1,260 in 33, at an old and a new price: 145.63 and 199.66; days
    11.06, weather of 145.2 kWh 17.27, other use 10.92, prices 10.56, rider 4.22.

    Returns:
        Steps whose amounts add up to the difference of the two totals exactly.

    Source: domain rules, section 4.
    """
    found: dict[Why, Money] = {}
    reached = _regular(before)
    for why, state in _states(before, now, weather):
        try:
            total = _priced(state)
        except ExpectedError:
            continue
        found[why] = found.get(why, ZERO) + total - reached
        reached = total
    found[Why.RATE] = found.get(Why.RATE, ZERO) + _regular(now) - reached
    found[Why.ONE_TIME] = _once(now) - _once(before)
    return tuple(Step(why, found[why]) for why in Why if found.get(why))


def total_of_parts(parts: Sequence[Billed]) -> Money:
    """Return what a service came to on its bill."""
    return Money.sum(total_of(part.lines) for part in parts)


def comes_seldom(*, tariff: Tariff, code: str) -> bool:
    """Return whether a line is no part of an ordinary month: a settlement, a season's charge."""
    if code == BANK:
        return True
    charge = next((each for each in tariff.charges if each.code == code), None)
    if charge is None:
        return False
    if isinstance(charge, Minimum) and charge.per == "year":
        return True
    return 0 < len(charge.when.months) <= SELDOM_MONTHS


def _states(
    before: Sequence[Billed], now: Sequence[Billed], weather: Decimal | None
) -> Iterator[tuple[Why, _State]]:
    """Yield the way from the earlier bill to the later one, one thing at a time."""
    held, new = _joined(before), _joined(now)
    same_hours = held.tariff.calendar.period_codes == new.tariff.calendar.period_codes
    aim = in_terms_of(use=new.use, held=held.use, same_hours=same_hours)
    yield Why.RATE, held  # what a change of price inside the earlier period made of it
    use = with_days(use=held.use, now=aim)
    yield Why.DAYS, replace(held, use=use)
    if weather is not None:
        use = with_quantity(use=use, now=aim, more=weather)
        yield Why.WEATHER, replace(held, use=use)
    for why, change in _CHANGES:
        use = change(use=use, now=aim)
        yield why, replace(held, use=use)
    use = replace(use, contract=new.use.contract, exempt=new.use.exempt, inside=new.use.inside)
    yield Why.FACTS, replace(held, use=use)
    yield Why.RATE, _State(new.tariff, new.use, {**new.riders, **held.riders})
    yield Why.RIDERS, new


_CHANGES: tuple[tuple[Why, Callable[..., BilledUse]], ...] = (
    (Why.USE, with_quantity),
    (Why.HOURS, with_hours),
    (Why.DEMAND, with_demand),
    (Why.GIVEN_BACK, with_given_back),
)


def _joined(parts: Sequence[Billed]) -> _State:
    """Return the parts of a period as one, under the price at its end."""
    last = parts[-1]
    return _State(last.tariff, joined([part.use for part in parts]), last.riders)


def _priced(state: _State) -> Money:
    lines = price(tariff=state.tariff, use=state.use, riders=state.riders)
    return total_of([line for line in lines if not _is_once(state.tariff, line)])


def _regular(parts: Sequence[Billed]) -> Money:
    return total_of_parts(parts) - _once(parts)


def _once(parts: Sequence[Billed]) -> Money:
    return Money.sum(
        line.amount for part in parts for line in part.lines if _is_once(part.tariff, line)
    )


def _is_once(tariff: Tariff, line: PricedLine) -> bool:
    return comes_seldom(tariff=tariff, code=line.code)
