"""Move a series in time so that it ends at last midnight and seasons stay where they are.

The move is a whole number of weeks, the one nearest to a whole number of years: weekdays stay
too. See data/README.md.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache, cached_property
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from smarthub.jobs.demo.sources import Series
from smarthub.kernel.period import Period, day_seconds

DAYS_A_YEAR = 365.2425
ORDINARY_DAY = 86_400


def moved_by(years: int) -> dt.timedelta:
    """Return the whole number of weeks nearest to ``years`` years: 9 years are 470 weeks."""
    return dt.timedelta(weeks=round(years * DAYS_A_YEAR / 7))


def moved(series: Series, *, period: Period) -> NDArray[np.int64]:
    """Return the series' rows for the local days of ``period``, moved forward by whole years.

    The move is the smallest that reaches the last day of ``period``. A day that falls before
    the file's first day is taken from the year after it, in the same file.

    Raises:
        ValueError: the file holds less than a year, so a day of the year is not in it.
    """
    return series.values[list(_rows(series.first_day, series.end_day, period))]


@cache
def _rows(first_day: dt.date, end_day: dt.date, period: Period) -> tuple[int, ...]:
    """Return the row of a file for each day; hundreds of loads share the same answer."""
    years = 0
    while period.last_day - moved_by(years) >= end_day:
        years += 1
    return tuple(_row(first_day, end_day, day, years) for day in period)


def _row(first_day: dt.date, end_day: dt.date, day: dt.date, years: int) -> int:
    while (source := day - moved_by(years)) < first_day:
        years -= 1
    if source >= end_day:
        raise ValueError(f"no day of the file stands for {day}")
    return (source - first_day).days


@dataclass(frozen=True)
class LocalDays:
    """The local days of a period in a zone, and which of them lose or gain an hour."""

    period: Period
    zone: ZoneInfo

    @cached_property
    def lengths(self) -> dict[dt.date, int]:
        """The days that are not 24 hours long, and how many seconds they have."""
        lengths = {day: day_seconds(day, self.zone) for day in self.period}
        return {day: seconds for day, seconds in lengths.items() if seconds != ORDINARY_DAY}

    def irregular(self) -> dict[int, dt.date]:
        """Return the days of 23 or 25 hours by their place in the period."""
        return {(day - self.period.start).days: day for day in self.lengths}

    def columns(self, day: dt.date, *, step_seconds: int) -> list[int] | None:
        """Return which columns of the wall clock the day has, in elapsed order (rule 20).

        The day that loses an hour has no third hour; the one that gains an hour has the second
        twice. Both are so in the United States since 2007. ``None``: all, in order.
        """
        if day not in self.lengths:
            return None
        hour = 3600 // step_seconds
        whole = list(range(24 * hour))
        if self.lengths[day] < ORDINARY_DAY:
            return whole[: 2 * hour] + whole[3 * hour :]
        return whole[: 2 * hour] + whole[hour:]
