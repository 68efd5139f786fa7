"""The days on which American banks move money: the Federal Reserve's holidays, worked out.

Pure dates. A co-op's calendar may close more days; these are closed for every bank, in any year.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from smarthub.kernel.text import Text

MONDAY, THURSDAY, SATURDAY, SUNDAY = 0, 3, 5, 6
ONE_DAY = dt.timedelta(days=1)


def bank_holidays(year: int) -> dict[dt.date, Text]:
    """Return the Federal Reserve's holidays of a year, on the days its banks are closed.

    One that falls on a Sunday is kept on Monday; for one on a Saturday the banks stay open on
    Friday, so it closes no day.

    Source: the Federal Reserve Banks' holiday schedule.
    """
    fixed = {
        dt.date(year, 1, 1): Text("New Year's Day", "Año Nuevo"),
        dt.date(year, 6, 19): Text("Juneteenth", "Juneteenth"),
        dt.date(year, 7, 4): Text("Independence Day", "Día de la Independencia"),
        dt.date(year, 11, 11): Text("Veterans Day", "Día de los Veteranos"),
        dt.date(year, 12, 25): Text("Christmas Day", "Navidad"),
    }
    floating = {
        _nth(year, 1, MONDAY, 3): Text("Martin Luther King Jr. Day", "Día de Martin Luther King"),
        _nth(year, 2, MONDAY, 3): Text("Presidents' Day", "Día de los Presidentes"),
        _nth(year, 6, MONDAY, 1) - dt.timedelta(days=7): Text("Memorial Day", "Día de los Caídos"),
        _nth(year, 9, MONDAY, 1): Text("Labor Day", "Día del Trabajo"),
        _nth(year, 10, MONDAY, 2): Text("Columbus Day", "Día de la Raza"),
        _nth(year, 11, THURSDAY, 4): Text("Thanksgiving Day", "Día de Acción de Gracias"),
    }
    kept = {d + dt.timedelta(days=d.weekday() == SUNDAY): name for d, name in fixed.items()}
    return kept | floating


def is_banking_day(day: dt.date, *, also_closed: Collection[dt.date] = ()) -> bool:
    """Return whether banks move money on a day: no weekend, no holiday, not ``also_closed``."""
    is_weekend = day.weekday() >= SATURDAY
    return not is_weekend and day not in bank_holidays(day.year) and day not in also_closed


def banking_day_on_or_after(day: dt.date, *, also_closed: Collection[dt.date] = ()) -> dt.date:
    """Return the day itself, or the next banking day where it is none (domain rule 139)."""
    while not is_banking_day(day, also_closed=also_closed):
        day += ONE_DAY
    return day


def banking_day_on_or_before(day: dt.date, *, also_closed: Collection[dt.date] = ()) -> dt.date:
    """Return the day itself, or the last banking day before it."""
    while not is_banking_day(day, also_closed=also_closed):
        day -= ONE_DAY
    return day


def banking_days_after(
    day: dt.date, count: int, *, also_closed: Collection[dt.date] = ()
) -> dt.date:
    """Return the banking day ``count`` banking days after a day; a negative count goes back.

    Args:
        day: Any day; a weekend counts as the banking day before it when counting on.
        count: How many banking days; 0 is the day itself, whatever it is.
        also_closed: Days on which the co-op's bank is closed besides.
    """
    step = ONE_DAY if count > 0 else -ONE_DAY
    for _ in range(abs(count)):
        day += step
        while not is_banking_day(day, also_closed=also_closed):
            day += step
    return day


def _nth(year: int, month: int, weekday: int, n: int) -> dt.date:
    first = dt.date(year, month, 1)
    return first + dt.timedelta(days=(weekday - first.weekday()) % 7 + 7 * (n - 1))
