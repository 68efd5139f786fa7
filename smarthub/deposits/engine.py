"""Pure rules of deposits: how much is asked for, and what it earns."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from smarthub.kernel.money import Money

MONTHS_OF_A_YEAR = 12


def deposit_amount(*, expected_year: Money, months: int, minimum: Money) -> Money:
    """Return what may be asked for: so many months of a year's expected charges.

    Args:
        expected_year: What the service is expected to cost in twelve months.
        months: By policy; two are a sixth of the year.
        minimum: By policy.

    Source: domain rule 58.
    """
    share = Money.rounded(expected_year.dollars * months / MONTHS_OF_A_YEAR)
    return max(share, minimum)


def simple_interest(*, held: Money, percent: Decimal, start: dt.date, end: dt.date) -> Money:
    """Return what a deposit earned over ``[start, end)``, rounded once.

    Whole years count as years, so that a year is the same with a 29 February in it; what is left
    counts by days of 365.

    Source: domain rule 59.
    """
    years = end.year - start.year - ((end.month, end.day) < (start.month, start.day))
    days = (end - _years_later(start, years)).days
    of_a_year = held.dollars * percent / 100
    return Money.rounded(of_a_year * years + of_a_year * days / 365)


def _years_later(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)
