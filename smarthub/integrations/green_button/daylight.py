"""The clock of a zone as ESPI writes it: its offset, and when summer time begins and ends.

Source: espi.xsd 4.0, DstRuleType (bits of a 32-bit word, in hexadecimal).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from smarthub.kernel.period import day_bounds, day_seconds

NO_RULE: Final = "FFFFFFFF"
_DAY: Final = 86_400
_HOUR: Final = dt.timedelta(hours=1)
_YEARS_COMPARED: Final = 8
"""So many years tell "the fourth Sunday" from "the last"."""
_LAST: Final = 7


@dataclass(frozen=True, slots=True)
class LocalTime:
    """Offsets in seconds; rules as hexadecimal, ``FFFFFFFF`` where the clock never changes."""

    standard_offset: int
    summer_offset: int
    starts: str
    ends: str


@lru_cache(maxsize=64)
def local_time(*, zone: ZoneInfo, year: int) -> LocalTime:
    """Return how the clock of ``zone`` goes in ``year`` and after.

    Chicago: -21600; 3600 from 360E2000, the second Sunday of March at 2, until B40E2000, the
    first Sunday of November at 2.
    """
    offsets = [_offset(dt.datetime(year, month, 15, tzinfo=dt.UTC), zone) for month in (1, 7)]
    standard = min(offsets)
    years = [_changes(zone, each) for each in range(year, year + _YEARS_COMPARED)]
    if any(len(changes) != 2 for changes in years):  # noqa: PLR2004 (there and back)
        return LocalTime(standard, 0, NO_RULE, NO_RULE)
    starts = _rule([max(changes, key=_leads_to_summer) for changes in years])
    ends = _rule([min(changes, key=_leads_to_summer) for changes in years])
    return LocalTime(standard, abs(offsets[0] - offsets[1]), starts, ends)


@dataclass(frozen=True, slots=True)
class _Change:
    """The wall clock at the moment it is set on (``seconds`` > 0) or back."""

    wall: dt.datetime
    seconds: int


def _leads_to_summer(change: _Change) -> int:
    return change.seconds


def _changes(zone: ZoneInfo, year: int) -> list[_Change]:
    first = dt.date(year, 1, 1)
    days = (first + dt.timedelta(days=n) for n in range((dt.date(year + 1, 1, 1) - first).days))
    return [_change_on(day, zone) for day in days if day_seconds(day, zone) != _DAY]


def _change_on(day: dt.date, zone: ZoneInfo) -> _Change:
    start = day_bounds(day, zone)[0]
    hours = [start + n * _HOUR for n in range(26)]
    moment = next(b for a, b in pairwise(hours) if _offset(a, zone) != _offset(b, zone))
    before = _offset(moment - _HOUR, zone)
    wall = (moment + dt.timedelta(seconds=before)).replace(tzinfo=None)
    return _Change(wall, _offset(moment, zone) - before)


def _rule(changes: list[_Change]) -> str:
    """Return the rule of a change that falls on the same weekday of the same month each year."""
    wall = changes[0].wall
    weeks = {(change.wall.day - 1) // 7 + 1 for change in changes}
    operator = weeks.pop() + 1 if len(weeks) == 1 else _LAST
    word = wall.month << 28 | operator << 25 | wall.isoweekday() << 17 | wall.hour << 12
    return f"{word | wall.minute * 60:08X}"


def _offset(instant: dt.datetime, zone: ZoneInfo) -> int:
    offset = instant.astimezone(zone).utcoffset()
    assert offset is not None  # noqa: S101 (a zone always has one)
    return int(offset.total_seconds())
