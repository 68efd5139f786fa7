"""Which days a page of use shows: a day, a month, a year or any range, and its neighbours."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from smarthub.kernel.period import Period

DAY = dt.timedelta(days=1)
LEAP_DAY = (2, 29)


class Span(StrEnum):
    """What a page shows at once."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    RANGE = "range"


@dataclass(frozen=True, slots=True)
class Shown:
    """The days chosen, whole: a month that is not over has all its days here."""

    span: Span
    period: Period

    @property
    def before(self) -> Shown:
        """The one just before: the day, month or year before, or as many days."""
        start = self.period.start
        match self.span:
            case Span.DAY:
                return day_of(start - DAY)
            case Span.MONTH:
                return month_of(start - DAY)
            case Span.YEAR:
                return year_of(start.year - 1)
            case Span.RANGE:
                return Shown(Span.RANGE, Period(start - (self.period.end - start), start))

    @property
    def after(self) -> Shown:
        """The one just after."""
        end = self.period.end
        match self.span:
            case Span.DAY:
                return day_of(end)
            case Span.MONTH:
                return month_of(end)
            case Span.YEAR:
                return year_of(end.year)
            case Span.RANGE:
                return Shown(Span.RANGE, Period(end, end + (end - self.period.start)))


def day_of(day: dt.date) -> Shown:
    """Show one local day."""
    return Shown(Span.DAY, Period(day, day + DAY))


def month_of(day: dt.date) -> Shown:
    """Show the calendar month a day is in."""
    first = day.replace(day=1)
    return Shown(Span.MONTH, Period(first, (first + dt.timedelta(days=31)).replace(day=1)))


def year_of(year: int) -> Shown:
    """Show a calendar year."""
    return Shown(Span.YEAR, Period(dt.date(year, 1, 1), dt.date(year + 1, 1, 1)))


def range_of(first: dt.date, last: dt.date) -> Shown:
    """Show any days, the last one included.

    Raises:
        ValueError: the last is before the first.
    """
    return Shown(Span.RANGE, Period(first, last + DAY))


def a_year_before(period: Period) -> Period:
    """Return the same days of the year before; 29 February falls to the 28th.

    Raises:
        ValueError: the days would be before the calendar.
    """
    start = _year_before(period.start)
    return Period(start, start + (period.end - period.start))


def _year_before(day: dt.date) -> dt.date:
    if (day.month, day.day) == LEAP_DAY:
        return dt.date(day.year - 1, 2, 28)
    return day.replace(year=day.year - 1)


def months_in(period: Period) -> list[Period]:
    """Return the calendar months of a period, the first and last perhaps in part."""
    months, start = [], period.start
    while start < period.end:
        end = min(month_of(start).period.end, period.end)
        months.append(Period(start, end))
        start = end
    return months
