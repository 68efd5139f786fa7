"""When a price holds: seasons of the year, holidays, and time-of-use periods of the day.

Seasons and periods are checked when a tariff is read: no day and no hour is in none or in two.
Hours are those of the local clock, so the days on which the clock changes need no rule of their
own (domain rule 20): the hour that is repeated is priced twice, the one that is skipped never.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from smarthub.kernel.text import Text
from smarthub.rating.types import fields
from smarthub.rating.types.errors import (
    NameUnknown,
    PeriodsHaveGap,
    PeriodsOverlap,
    SeasonsHaveGap,
    SeasonsOverlap,
    TariffHasGap,
)
from smarthub.rating.types.lined import located

A_LEAP_YEAR = 2024
SATURDAY = 5
SLOT_MINUTES = 15
SLOTS = 24 * 60 // SLOT_MINUTES
DAY_KINDS = ("weekday", "weekend", "holiday")
DAYS = {"weekdays": ("weekday",), "weekends": ("weekend",), "holidays": ("holiday",),
        "all": DAY_KINDS}  # fmt: skip
ALL_YEAR = "all_year"
ALL_DAY = "all_day"


def _weekday_of_month(year: int, month: int, weekday: int, nth: int) -> dt.date:
    days = [d for d in calendar.Calendar().itermonthdates(year, month) if d.month == month]
    matching = [day for day in days if day.weekday() == weekday]
    return matching[nth]


HOLIDAYS: Mapping[str, Callable[[int], dt.date]] = {
    "new_year": lambda year: dt.date(year, 1, 1),
    "martin_luther_king": lambda year: _weekday_of_month(year, 1, 0, 2),
    "presidents": lambda year: _weekday_of_month(year, 2, 0, 2),
    "memorial": lambda year: _weekday_of_month(year, 5, 0, -1),
    "juneteenth": lambda year: dt.date(year, 6, 19),
    "independence": lambda year: dt.date(year, 7, 4),
    "labor": lambda year: _weekday_of_month(year, 9, 0, 0),
    "columbus": lambda year: _weekday_of_month(year, 10, 0, 1),
    "veterans": lambda year: dt.date(year, 11, 11),
    "thanksgiving": lambda year: _weekday_of_month(year, 11, 3, 3),
    "christmas": lambda year: dt.date(year, 12, 25),
}
"""Holidays a tariff may name, on the day itself: a holiday on a Sunday is not moved to Monday."""


@dataclass(frozen=True, slots=True)
class Season:
    """Days of the year, both ends included; a season may run over New Year."""

    code: str
    start: tuple[int, int]
    end: tuple[int, int]

    def holds(self, day: dt.date) -> bool:
        """Return whether a day, as month and day of the month, is in the season."""
        at = (day.month, day.day)
        if self.start <= self.end:
            return self.start <= at <= self.end
        return at >= self.start or at <= self.end


@dataclass(frozen=True, slots=True)
class Window:
    """Some quarter-hours of some kinds of day in some seasons; no season means all of them."""

    seasons: tuple[str, ...]
    days: tuple[str, ...]
    slots: frozenset[int]


@dataclass(frozen=True, slots=True)
class UsePeriod:
    """A time-of-use period: on-peak, off-peak; without windows it is every hour not named."""

    code: str
    name: Text
    windows: tuple[Window, ...]


@dataclass(frozen=True)
class Calendar:
    """The seasons, holidays and periods of one tariff; one season and one period if it has none."""

    seasons: tuple[Season, ...] = ()
    holidays: tuple[str, ...] = ()
    periods: tuple[UsePeriod, ...] = ()
    demand_periods: tuple[UsePeriod, ...] = ()

    def __post_init__(self) -> None:
        self._check_seasons()
        self._check_periods()

    @property
    def season_codes(self) -> tuple[str, ...]:
        """The codes of its seasons, in the order of the tariff."""
        return tuple(season.code for season in self.seasons) or (ALL_YEAR,)

    @property
    def period_codes(self) -> tuple[str, ...]:
        """The codes of its time-of-use periods, in the order of the tariff."""
        return tuple(period.code for period in self.periods) or (ALL_DAY,)

    @property
    def for_demand(self) -> Calendar:
        """The calendar demand is measured by: its own periods where the tariff names some."""
        if not self.demand_periods:
            return self
        return Calendar(self.seasons, self.holidays, self.demand_periods)

    def season_of(self, day: dt.date) -> str:
        """Return the season a day is in."""
        return next((s.code for s in self.seasons if s.holds(day)), ALL_YEAR)

    def day_kind(self, day: dt.date) -> str:
        """Return ``weekday``, ``weekend`` or ``holiday``."""
        if any(HOLIDAYS[name](day.year) == day for name in self.holidays):
            return "holiday"
        return "weekend" if day.weekday() >= SATURDAY else "weekday"

    def periods_of_day(self, day: dt.date) -> tuple[str, ...]:
        """Return the period of each of the 96 quarter-hours of the local clock on a day."""
        return _periods_of_day(self, self.season_of(day), self.day_kind(day))

    def period_name(self, code: str) -> Text | None:
        """Return the name of a period, for the lines of a bill."""
        return next((period.name for period in self.periods if period.code == code), None)

    def _check_seasons(self) -> None:
        if not self.seasons:
            return
        for number in range(366):
            day = dt.date(A_LEAP_YEAR, 1, 1) + dt.timedelta(days=number)
            held = [season.code for season in self.seasons if season.holds(day)]
            if not held:
                raise SeasonsHaveGap(day=f"{day:%m-%d}")
            if len(held) > 1:
                raise SeasonsOverlap(day=f"{day:%m-%d}", seasons=held)

    def _check_periods(self) -> None:
        if self.periods:
            for season in self.season_codes:
                for kind in DAY_KINDS:
                    for slot in range(SLOTS):
                        self._period_at(season, kind, slot)

    def _period_at(self, season: str, kind: str, slot: int) -> str:
        held = [p.code for p in self.periods if _is_in(p, season, kind, slot)]
        held = held or [p.code for p in self.periods if not p.windows]
        hour = f"{slot * SLOT_MINUTES // 60:02}:{slot * SLOT_MINUTES % 60:02}"
        if not held:
            raise PeriodsHaveGap(season=season, day=kind, hour=hour)
        if len(held) > 1:
            raise PeriodsOverlap(season=season, day=kind, hour=hour, periods=held)
        return held[0]


def read_calendar(source: Mapping[str, Any]) -> Calendar:
    """Read the seasons, holidays and time-of-use periods of a definition.

    Raises:
        SeasonsHaveGap, SeasonsOverlap: a day is in no season, or in two.
        PeriodsHaveGap, PeriodsOverlap: an hour is in no period, or in two.
        NameUnknown: a holiday or season is not known.
    """
    seasons = tuple(_season(each) for each in source.get("seasons") or ())
    holidays = fields.words(source, "holidays")
    for name in holidays:
        if name not in HOLIDAYS:
            raise NameUnknown(where="holidays", name=name, **located(source, "holidays"))
    codes = [season.code for season in seasons]
    periods = tuple(_period(each, codes) for each in source.get("periods") or ())
    demand = tuple(_period(each, codes) for each in source.get("demand_periods") or ())
    field = "seasons"
    try:
        Calendar(seasons)  # what is wrong with its seasons is said of them, not of its periods
        field = "periods"
        held = Calendar(seasons, holidays, periods, demand)
        field = "demand_periods"
        held.for_demand.periods_of_day(dt.date(A_LEAP_YEAR, 1, 1))  # checks them
    except (SeasonsHaveGap, SeasonsOverlap, PeriodsHaveGap, PeriodsOverlap) as error:
        raise type(error)(**error.values, **located(source, field)) from None
    return held


@cache
def _periods_of_day(held: Calendar, season: str, kind: str) -> tuple[str, ...]:
    if not held.periods:
        return (ALL_DAY,) * SLOTS
    return tuple(held._period_at(season, kind, slot) for slot in range(SLOTS))  # noqa: SLF001


def _is_in(period: UsePeriod, season: str, kind: str, slot: int) -> bool:
    return any(
        slot in window.slots
        and kind in window.days
        and (not window.seasons or season in window.seasons)
        for window in period.windows
    )


def _season(value: Mapping[str, Any]) -> Season:
    fields.known_fields(value, ("code", "from", "to"), "seasons")
    return Season(fields.word(value, "code"), _month_day(value, "from"), _month_day(value, "to"))


def _month_day(source: Mapping[str, Any], field: str) -> tuple[int, int]:
    value = fields.word(source, field)
    try:
        day = dt.date.fromisoformat(f"{A_LEAP_YEAR}-{value}")
    except ValueError:
        raise TariffHasGap(where=field, **located(source, field)) from None
    return day.month, day.day


def _period(value: Mapping[str, Any], seasons: Sequence[str]) -> UsePeriod:
    fields.known_fields(value, ("code", "name", "when"), "periods")
    code = fields.word(value, "code")
    windows = tuple(_window(each, seasons) for each in value.get("when") or ())
    return UsePeriod(code, fields.text(value, "name", f"{code}.name"), windows)


def _window(value: Mapping[str, Any], seasons: Sequence[str]) -> Window:
    fields.known_fields(value, ("seasons", "days", "hours"), "when")
    named = fields.words(value, "seasons")
    for season in named:
        if season not in seasons:
            raise NameUnknown(where="seasons", name=season, **located(value, "seasons"))
    kinds = fields.words(value, "days") or ("all",)
    if any(kind not in DAYS for kind in kinds):
        raise TariffHasGap(where="days", **located(value, "days"))
    days = tuple(day for kind in kinds for day in DAYS[kind])
    spans = fields.words(value, "hours")
    slots = frozenset(slot for span in spans for slot in _slots(span, value))
    return Window(named, days, slots or frozenset(range(SLOTS)))


def _slots(span: str, source: Mapping[str, Any]) -> list[int]:
    """Return the quarter-hours of ``14:00-18:00``; ``22:00-05:00`` runs over midnight."""
    try:
        start, end = (_slot(part) for part in span.split("-"))
    except ValueError:
        raise TariffHasGap(where="hours", **located(source, "hours")) from None
    if start < end:
        return list(range(start, end))
    return [*range(start, SLOTS), *range(end)]


def _slot(clock: str) -> int:
    hour, minute = (int(part) for part in clock.split(":"))
    slot, rest = divmod(hour * 60 + minute, SLOT_MINUTES)
    if rest or not 0 <= slot <= SLOTS:
        raise ValueError(clock)
    return slot
