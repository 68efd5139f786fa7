"""Pure rules of deposits: how much is asked for, in which parts, and what it earns."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from decimal import Decimal

from smarthub.kernel.money import Money, split

MONTHS_OF_A_YEAR = 12


def deposit_amount(
    *, expected_year: Money, months: int, minimum: Money, most_months: int = MONTHS_OF_A_YEAR
) -> Money:
    """Return what may be asked for: so many months of a year's expected charges.

    Args:
        expected_year: What the service is expected to cost in twelve months.
        months: By policy; two are a sixth of the year.
        minimum: By policy; a smaller deposit becomes this one.
        most_months: By policy, the bound that holds even against ``minimum``. It is never passed
            by a fraction of a cent either, so it is rounded down.

    Source: domain rule 58; 83 Ill. Adm. Code 280.40 (at most a sixth of a year's charges).
    """
    share = Money.rounded(expected_year.dollars * months / MONTHS_OF_A_YEAR)
    most = Money(expected_year.cents * most_months // MONTHS_OF_A_YEAR)
    return min(max(share, minimum), most)


def parts_of(
    *, amount: Money, instalments: int, asked_on: dt.date, first_due: dt.date
) -> list[tuple[dt.date, dt.date, Money]]:
    """Return the parts of a deposit: the day each is put on the account, its due day, its amount.

    They are due a month apart and add up to the amount. The first is put on the account at once,
    each other one on the day the part before it is due: never more than one part is asked for at a
    time, so that a payment of a bill is not swallowed by parts that have time.

    Source: domain rules 50, 58 and 62.
    """
    amounts = split(amount, [Decimal(1)] * instalments)
    due = [months_later(first_due, number) for number in range(instalments)]
    return list(zip([asked_on, *due], due, amounts, strict=False))


def months_later(day: dt.date, months: int) -> dt.date:
    """Return the same day so many months later, or the last of that month where it has none."""
    year, month = divmod(day.year * MONTHS_OF_A_YEAR + day.month - 1 + months, MONTHS_OF_A_YEAR)
    _weekday, length = monthrange(year, month + 1)
    return dt.date(year, month + 1, min(day.day, length))


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
