"""What a register would have shown, where nobody could read it (domain rule 16)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from smarthub.kernel.period import Period
from smarthub.metering.engine.registers import NegativeUse, register_use

YEAR_DAYS = 364
"""Back a year on the same weekday."""
NEAR_DAYS = 6
"""So far from the wanted day a read may lie and still end that period."""
LAST_PERIODS_DAYS = (20, 110)
"""How long the last three billed periods are together, at least and at most (3 x 28 to 34, and
some to spare; a new place may have had only one)."""
BALANCE_F = Decimal(65)
"""Degree days count from here, both ways."""
FEWEST_WEATHER_DAYS = Decimal("0.8")
RATIO_LIMITS = Decimal("0.5"), Decimal(2)
"""Weather alone makes no month more than twice as high, or less than half."""
_THOUSANDTH = Decimal("0.001")

Reads = Sequence[tuple[dt.date, Decimal]]


@dataclass(frozen=True, slots=True)
class CountingRegister:
    """What is needed to turn reads into use and back."""

    dials: int
    multiplier: Decimal


@dataclass(frozen=True, slots=True)
class UseEstimate:
    """Use of a period, in the register's unit, and how it was found."""

    used: Decimal
    method: str


def estimate_use(
    *,
    reads: Reads,
    period: Period,
    register: CountingRegister,
    mean_f: Mapping[dt.date, Decimal],
) -> UseEstimate | None:
    """Return the use to expect in the period, or ``None`` when history does not tell.

    The same month last year x the ratio of degree days, when both the reads and the weather of
    both are known; else the average daily use of the last three periods x days.

    Args:
        reads: What the register really showed, by date, oldest first; no estimates.
        period: From the last read to the day that wants one.
        register: Its dials and multiplier.
        mean_f: Mean temperature of days, degrees Fahrenheit.

    Source: domain rule 16.
    """
    before = [read for read in reads if read[0] <= period.start]
    last_year = _same_month_last_year(before, period, register)
    ratio = _degree_day_ratio(period, mean_f)
    if last_year is not None and ratio is not None:
        return UseEstimate(_rounded(last_year * ratio), "same_month_last_year")
    daily = _recent_daily_use(before, register)
    if daily is None:
        return None
    return UseEstimate(_rounded(daily * period.days), "average_of_last_periods")


def shown_after(*, previous: Decimal, used: Decimal, register: CountingRegister) -> Decimal:
    """Return what the register shows after ``used`` more, past its last number if need be."""
    shown = previous + (used / register.multiplier).quantize(_THOUSANDTH, ROUND_HALF_UP)
    return shown % (Decimal(10) ** register.dials)


def _same_month_last_year(
    reads: Reads, period: Period, register: CountingRegister
) -> Decimal | None:
    back = dt.timedelta(days=YEAR_DAYS)
    first, last = (_nearest(reads, day - back) for day in (period.start, period.end))
    if first is None or last is None or last[0] <= first[0]:
        return None
    daily = _daily_use(first, last, register)
    return None if daily is None else daily * period.days


def _nearest(reads: Reads, day: dt.date) -> tuple[dt.date, Decimal] | None:
    near = [read for read in reads if abs((read[0] - day).days) <= NEAR_DAYS]
    return min(near, key=lambda read: abs((read[0] - day).days), default=None)


def _recent_daily_use(reads: Reads, register: CountingRegister) -> Decimal | None:
    if not reads:
        return None
    last = reads[-1]
    least, most = LAST_PERIODS_DAYS
    earlier = [read for read in reads if least <= (last[0] - read[0]).days <= most]
    return _daily_use(earlier[0], last, register) if earlier else None


def _daily_use(
    first: tuple[dt.date, Decimal], last: tuple[dt.date, Decimal], register: CountingRegister
) -> Decimal | None:
    try:
        used = register_use(
            previous=first[1],
            present=last[1],
            multiplier=register.multiplier,
            dials=register.dials,
        )
    except NegativeUse:
        return None
    return used / (last[0] - first[0]).days


def _degree_day_ratio(period: Period, mean_f: Mapping[dt.date, Decimal]) -> Decimal | None:
    back = dt.timedelta(days=YEAR_DAYS)
    now = _degree_days(period, mean_f)
    then = _degree_days(Period(period.start - back, period.end - back), mean_f)
    if now is None or not then:
        return None
    low, high = RATIO_LIMITS
    return min(max(now / then, low), high)


def _degree_days(period: Period, mean_f: Mapping[dt.date, Decimal]) -> Decimal | None:
    """Return degree days an average day, or ``None`` where too few days are known."""
    known = [abs(mean_f[day] - BALANCE_F) for day in period if day in mean_f]
    if len(known) < FEWEST_WEATHER_DAYS * period.days:
        return None
    return sum(known, Decimal(0)) / len(known)


def _rounded(used: Decimal) -> Decimal:
    return used.quantize(_THOUSANDTH, ROUND_HALF_UP)
