"""What each interval of use cost: the lines of a bill spread over the steps of its period.

Every line is spread by what it counted. Energy goes to the steps of its own time-of-use period;
blocks, riders by the unit and taxes on use go to all use alike, so that a kWh carries the month's
mix of blocks whichever day it was used on. Percentages follow the lines they are taken of. What
counts no use (fixed charges, demand, lamps, what is missing to a minimum) is spread over the days
and stands apart. Use that a bill counted and the steps do not hold stays with it.

All in hundred-thousandths of a dollar, the measure of an interval's cost in ESPI. The steps, the
days and the ``rest`` add up to the lines to the cent: ``rest`` is rounding, and the price of use
that no step holds. Nothing is a float. Source: domain rules 20, 26 and 27; issue 5, part 2.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from smarthub.kernel.money import Money
from smarthub.kernel.period import Period, day_seconds
from smarthub.kernel.quantity import Unit
from smarthub.rating.types import (
    ALL_DAY,
    Blocks,
    Bucket,
    Charge,
    ExportCredit,
    LesserOfTax,
    PercentTax,
    PerUnit,
    PricedLine,
    Rider,
    Tariff,
    TieredTax,
    TimeOfUse,
    exempt_code,
    total_of,
)

PER_DOLLAR = 100_000
PER_CENT = 1_000
SLOT_SECONDS = 900
WHOLE_DAY = 86_400
HALF_A_CENT = Decimal("0.005")
BIGGEST = 2**62
"""Above this a product would not fit 64 bits; such a line is spread with whole Python numbers."""
BY_USE = (PerUnit, Blocks, TimeOfUse, LesserOfTax, TieredTax, ExportCredit)

Whole = NDArray[np.int64]
Chosen = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class PeriodSteps:
    """The steps of whole local days, in order, and where each belongs.

    ``delivered`` and ``received`` are whole numbers of one measure, none below zero; a step nobody
    knows is zero. ``bucket`` and ``day`` are places in ``buckets`` and in ``period``.
    """

    period: Period
    delivered: Whole
    received: Whole
    day: Whole
    bucket: Whole
    buckets: tuple[Bucket, ...]

    def in_seasons(self, seasons: Collection[str]) -> Chosen:
        """Return which steps are in these seasons; none named is all."""
        if not seasons:
            return np.ones(len(self.bucket), bool)
        held = np.array([each.season in seasons for each in self.buckets], bool)
        return np.asarray(held[self.bucket], bool)

    def in_period(self, code: str) -> Chosen:
        """Return which steps are in a time-of-use period; none named is all."""
        held = np.array([code in ("", each.period) for each in self.buckets], bool)
        return np.asarray(held[self.bucket], bool)


@dataclass(frozen=True, slots=True)
class Spread:
    """What steps and days cost, in 1/100,000 dollar, and what is left to the bill's total.

    ``has_blocks`` says that a price changes with the quantity; ``has_demand`` that some of the
    price goes by the highest demand, which no single step can be charged with.
    """

    steps: Whole
    days: Whole
    rest: int
    total: Money
    has_blocks: bool = False
    has_demand: bool = False


def steps_of(
    *,
    tariff: Tariff,
    period: Period,
    zone: ZoneInfo,
    step_seconds: int,
    delivered: Whole,
    received: Whole | None = None,
) -> PeriodSteps:
    """Return the steps of a period with the season and time-of-use period each begins in.

    Args:
        tariff: Whose calendar counts.
        period: Local days of ``zone``; of 23, 24 or 25 hours (rule 20).
        zone: The co-op's.
        step_seconds: A divisor of an hour, or 86,400 for whole days, which a tariff with periods
            of the day cannot price.
        delivered: One whole number a step.
        received: The same for what the member gave back.

    Raises:
        ValueError: the steps do not fill the days, or days are to be priced by the hour.
    """
    if step_seconds == WHOLE_DAY and tariff.calendar.periods:
        raise ValueError(f"{tariff.code} prices hours, not days")
    counts = [max(day_seconds(day, zone) // step_seconds, 1) for day in period]
    if sum(counts) != len(delivered):
        raise ValueError(f"{len(delivered)} steps do not fill {period}")
    buckets: dict[Bucket, int] = {}
    by_month = period.last_day if tariff.settings.season_by == "bill_month" else None
    parts = []
    for day, count in zip(period, counts, strict=True):
        season = tariff.calendar.season_of(by_month or day)
        codes = _periods_of(tariff, day, zone, step_seconds, count)
        here = [Bucket(season, code) for code in codes]
        parts += [buckets.setdefault(each, len(buckets)) for each in here]
    return PeriodSteps(
        period=period,
        delivered=delivered,
        received=np.zeros_like(delivered) if received is None else received,
        day=np.repeat(np.arange(period.days), counts),
        bucket=np.array(parts, np.int64),
        buckets=tuple(buckets),
    )


def spread_lines(
    *, tariff: Tariff, lines: Sequence[PricedLine], steps: PeriodSteps, counted: int
) -> Spread:
    """Return what each step and each day cost, and the rest.

    Args:
        tariff: The version that made the lines.
        lines: One segment's, in its order.
        steps: The intervals of its period.
        counted: The use the lines were made for, in the measure of ``steps.delivered``; more or
            less than the steps hold where a register counted otherwise.
    """
    spread = _Spreader(tariff, steps, counted)
    for each in lines:
        spread.add(each)
    by_step = sum(spread.by_step, np.zeros(len(steps.day), np.int64))
    by_day = sum(spread.by_day, np.zeros(steps.period.days, np.int64))
    total = total_of(lines)
    return Spread(
        steps=by_step,
        days=by_day,
        rest=total.cents * PER_CENT - int(by_step.sum()) - int(by_day.sum()),
        total=total,
        has_blocks=any(isinstance(c, Blocks) for c in tariff.charges),
        has_demand=any(line.unit is Unit.KW for line in lines),
    )


class _Spreader:
    """Spreads one line after the other, and remembers them for those that rest on others."""

    def __init__(self, tariff: Tariff, steps: PeriodSteps, counted: int) -> None:
        self.tariff, self.steps = tariff, steps
        held = int(steps.delivered.sum())
        # Where a register counted more than the steps hold, they get only their part of a line.
        self.counted = max(counted, held) if counted > 0 else held
        self.held = held
        self.codes: list[str] = []
        self.by_step: list[Whole] = []
        self.by_day: list[Whole] = []

    def add(self, line: PricedLine) -> None:
        """Spread one line over the steps, or over the days where it counts no use."""
        charge = _charge_of(self.tariff, line.code)
        amount = _hundred_thousandths(line)
        to_steps: Whole = np.zeros(len(self.steps.day), np.int64)
        to_days: Whole = np.zeros(self.steps.period.days, np.int64)
        if _is_percentage(charge, line):
            to_steps, to_days = self._like_the_lines(charge, line.code, amount)
        elif (weights := self._weights(charge, line)) is not None:
            to_steps = _shared(amount, weights, self._whole(weights, charge))
        else:
            ones = np.ones(self.steps.period.days, np.int64)
            to_days = _shared(amount, ones, self.steps.period.days)
        self.codes.append(line.code)
        self.by_step.append(to_steps)
        self.by_day.append(to_days)

    def _weights(self, charge: Charge | None, line: PricedLine) -> Whole | None:
        """Return the use of each step a line counts; None for a line that counts none."""
        if not isinstance(charge, BY_USE) and not (isinstance(charge, Rider) and charge.unit):
            return None
        use = self.steps.received if isinstance(charge, ExportCredit) else self.steps.delivered
        period = charge.period if isinstance(charge, PerUnit) else _period_of(charge, line.code)
        chosen = self.steps.in_seasons(charge.when.seasons) & self.steps.in_period(period)
        weights = np.where(chosen, use, 0)
        return weights if weights.any() else None

    def _whole(self, weights: Whole, charge: Charge | None) -> int:
        """Return what a line counted, as far as it can be told: what its steps hold, and more."""
        held = int(weights.sum())
        if isinstance(charge, ExportCredit) or not self.held:
            return held
        return max(held * self.counted // self.held, held)

    def _like_the_lines(
        self, charge: Charge | None, line_code: str, amount: int
    ) -> tuple[Whole, Whole]:
        """Spread a percentage as the lines are spread that it is taken of."""
        named = charge.on if isinstance(charge, PercentTax) else ()
        if charge is not None and line_code == exempt_code(charge.code):
            named = (charge.code,)  # what comes off a tax is spread as the tax is
        chosen = [
            n for n, code in enumerate(self.codes) if not named or code.split(".")[0] in named
        ]
        parts = [np.concatenate([self.by_step[n], self.by_day[n]]) for n in chosen]
        base = sum(parts, np.zeros(len(self.steps.day) + self.steps.period.days, np.int64))
        base = np.maximum(base, 0)  # a credit bears no percentage
        if not base.any():
            return np.zeros(len(self.steps.day), np.int64), _shared(
                amount, np.ones(self.steps.period.days, np.int64), self.steps.period.days
            )
        both = _shared(amount, base, int(base.sum()))
        return both[: len(self.steps.day)], both[len(self.steps.day) :]


def _shared(amount: int, weights: Whole, whole: int) -> Whole:
    """Share ``amount`` by cumulative rounding, so that the shares of all of ``whole`` add up."""
    reached = np.cumsum(weights)
    if abs(amount) * max(whole, 1) < BIGGEST:
        upto = _half_up(amount * reached, whole)
    else:
        exact = _half_up(amount * reached.astype(object), whole)
        upto = np.array([int(each) for each in exact], np.int64)
    return np.diff(upto, prepend=0)


def _half_up(over: Whole, under: int) -> Whole:
    """Divide and round to whole numbers, a half up; ``_shared`` makes it add up."""
    return np.asarray((2 * over + under) // (2 * under))


def _hundred_thousandths(line: PricedLine) -> int:
    """Return a line before it became cents, where that is known or follows from what it says."""
    exact = line.unrounded
    if exact is None:
        shown = line.quantity * line.rate
        exact = shown if abs(shown - line.amount.dollars) <= HALF_A_CENT else line.amount.dollars
    return int((exact * PER_DOLLAR).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _charge_of(tariff: Tariff, code: str) -> Charge | None:
    """Return the charge a line came from; None for what the bank pays."""
    named = code.split(".", maxsplit=1)[0]
    return next((charge for charge in tariff.charges if charge.code == named), None)


def _period_of(charge: Charge, code: str) -> str:
    """Return the time-of-use period a line's code names after its charge's."""
    return code.removeprefix(charge.code).removeprefix(".")


def _is_percentage(charge: Charge | None, line: PricedLine) -> bool:
    if isinstance(charge, Rider):
        return charge.per == "percent"
    return isinstance(charge, PercentTax) or line.unit is Unit.DOLLAR


def _periods_of(
    tariff: Tariff, day: dt.date, zone: ZoneInfo, step_seconds: int, count: int
) -> Iterator[str]:
    """Yield the time-of-use period each step of a day begins in, by the local clock."""
    if not tariff.calendar.periods:
        yield from [ALL_DAY] * count
        return
    codes = tariff.calendar.periods_of_day(day)
    if count * step_seconds == WHOLE_DAY:
        yield from (codes[n * step_seconds // SLOT_SECONDS] for n in range(count))
        return
    begin = dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC)
    for n in range(count):
        local = (begin + dt.timedelta(seconds=n * step_seconds)).astimezone(zone)
        yield codes[(local.hour * 60 + local.minute) * 60 // SLOT_SECONDS]
