"""Local days and their slots, and times as files write them.

A day's intervals are counted in elapsed time from local midnight, so no hour can be missing or
doubled: a day has 23, 24 or 25 hours (domain rule 20).
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np

from smarthub.kernel.errors import Refused
from smarthub.kernel.period import day_bounds, day_seconds
from smarthub.metering.types import Integers, Problem


class RowRefused(Refused):
    """A row of a file cannot be kept: why, and the values the words need."""

    code = "row_refused"

    def __init__(self, problem: Problem, **details: str | int) -> None:
        super().__init__(problem=problem, **details)
        self.problem = problem
        self.details = details


def slots(day: dt.date, zone: ZoneInfo, step: int) -> int:
    """Return how many intervals of ``step`` seconds the local ``day`` has."""
    return day_seconds(day, zone) // step


@lru_cache(maxsize=4096)
def wall_columns(day: dt.date, zone: ZoneInfo, step: int) -> Integers:
    """Return, for each interval of the local ``day``, its step of the wall clock from midnight.

    The hour the clock shows twice has the same steps twice; the one it skips has none.
    """
    begin = day_bounds(day, zone)[0]
    starts = (begin + dt.timedelta(seconds=n * step) for n in range(slots(day, zone, step)))
    local = (start.astimezone(zone) for start in starts)
    return np.array([(t.hour * 3600 + t.minute * 60 + t.second) // step for t in local], np.int64)


def read_instant(text: str, zone: ZoneInfo) -> dt.datetime:
    """Return the instant, in UTC, that ``text`` (ISO 8601) names.

    A time without an offset is local time of ``zone``.

    Raises:
        RowRefused: it cannot be read; or it has no offset and falls in the hour that the
            clock shows twice, or in the one it skips.
    """
    try:
        time = dt.datetime.fromisoformat(text)
        if time.tzinfo is None:
            _refuse_unclear(time, zone, text)
            time = time.replace(tzinfo=zone)
        return time.astimezone(dt.UTC)
    except RowRefused:
        raise
    except (ValueError, OverflowError):
        raise RowRefused(Problem.UNREADABLE_TIME, time=text) from None


def _refuse_unclear(time: dt.datetime, zone: ZoneInfo, text: str) -> None:
    first, second = (time.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return
    back = first.astimezone(dt.UTC).astimezone(zone).replace(tzinfo=None)
    raise RowRefused(Problem.AMBIGUOUS_HOUR if back == time else Problem.SKIPPED_HOUR, time=text)


class ZoneDays:
    """Days of one zone, each worked out once: files repeat the same few days very often."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self.bounds = lru_cache(maxsize=4096)(lambda day: day_bounds(day, zone))
        self.seconds = lru_cache(maxsize=4096)(lambda day: day_seconds(day, zone))
        self.begins = lru_cache(maxsize=4096)(lambda day: self.bounds(day)[0].timestamp())
        self.place = lru_cache(maxsize=65536)(self._place)

    def _place(self, text: str) -> tuple[dt.date, int]:
        """Return the local day of the instant ``text`` names, and the seconds since it began.

        Raises:
            RowRefused: see ``read_instant``.
        """
        instant = read_instant(text, self.zone)
        try:
            day = instant.astimezone(self.zone).date()
            return day, int((instant - self.bounds(day)[0]).total_seconds())
        except OverflowError:  # the first and last days of the calendar
            raise RowRefused(Problem.UNREADABLE_TIME, time=text) from None

    def day_starting(self, text: str) -> dt.date:
        """Return the local day that begins at the instant ``text`` names.

        Raises:
            RowRefused: it is not local midnight, or see ``read_instant``.
        """
        day, seconds = self.place(text)
        if seconds:
            raise RowRefused(Problem.NOT_LOCAL_MIDNIGHT, time=text)
        return day
