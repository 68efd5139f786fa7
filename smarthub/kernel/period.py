"""Half-open periods of local service days, ``[start, end)``, and the length of a day in a zone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo


@dataclass(frozen=True, order=True, slots=True)
class Period:
    """Whole local days from ``start`` up to, and not including, ``end``.

    The read that ends one period starts the next and is counted once (domain rule 21).

    Raises:
        ValueError: ``end`` is not after ``start``.
    """

    start: dt.date
    end: dt.date

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(f"a period must have days: {self.start} to {self.end}")

    @property
    def days(self) -> int:
        """How many local days the period has."""
        return (self.end - self.start).days

    @property
    def last_day(self) -> dt.date:
        """The last day inside the period, for people, who count it."""
        return self.end - dt.timedelta(days=1)

    def __contains__(self, day: dt.date) -> bool:
        return self.start <= day < self.end

    def __iter__(self) -> Iterator[dt.date]:
        return (self.start + dt.timedelta(days=n) for n in range(self.days))


def day_bounds(day: dt.date, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    """Return the instants at which the local ``day`` begins and ends, in UTC."""
    following = day + dt.timedelta(days=1)
    start, end = (dt.datetime.combine(d, dt.time(), zone) for d in (day, following))
    return start.astimezone(dt.UTC), end.astimezone(dt.UTC)


def day_seconds(day: dt.date, zone: ZoneInfo) -> int:
    """Return how long the local ``day`` is: 82,800, 86,400 or 90,000 s (domain rule 20)."""
    start, end = day_bounds(day, zone)
    return int((end - start).total_seconds())


def local_day(instant: dt.datetime, zone: ZoneInfo) -> dt.date:
    """Return the local day an instant falls in.

    Raises:
        ValueError: the instant names no zone.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant must carry its zone")
    return instant.astimezone(zone).date()
