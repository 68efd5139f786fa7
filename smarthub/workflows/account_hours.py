"""What was used hour by hour at one service point: one local day, or the seven that end with it.

A day has as many hours as its clock had: 23, 24 or 25. An hour nobody read is there without a
quantity. Never shows a day before the account had the place (domain rule 11). Writes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from smarthub.accounts.types import Point, VisibleAccount
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.period import Period, day_bounds
from smarthub.metering.queries import list_channels
from smarthub.usage.queries import list_hourly_use
from smarthub.usage.types import HourUse

HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
HOUR_SECONDS = 3600
WEEK_DAYS = 7


@dataclass(frozen=True, slots=True)
class DayOfHours:
    """One local day, and every hour of it in the order they passed."""

    day: dt.date
    hours: tuple[HourUse, ...]

    @property
    def quantity(self) -> Decimal | None:
        """What is known of the day's use; ``None`` when nothing is, which is not zero."""
        known = [hour.quantity for hour in self.hours if hour.quantity is not None]
        return sum(known, Decimal(0)) if known else None

    @property
    def is_whole(self) -> bool:
        """Whether every hour is known."""
        return all(hour.quantity is not None for hour in self.hours)

    @property
    def is_estimated(self) -> bool:
        """Whether any hour is an estimate."""
        return any(hour.estimated for hour in self.hours)


@dataclass(frozen=True, slots=True)
class HoursView:
    """Everything the page of hours shows; ``days`` oldest first, the chosen one last.

    ``unit`` is empty where the meter tells no hours.
    """

    account: VisibleAccount
    point: Point
    days: tuple[DayOfHours, ...]
    unit: str
    first_day: dt.date
    last_day: dt.date

    @property
    def day(self) -> dt.date:
        """The chosen day."""
        return self.days[-1].day

    @property
    def hours(self) -> tuple[HourUse, ...]:
        """Every hour shown, in the order they passed."""
        return tuple(hour for day in self.days for hour in day.hours)

    @property
    def previous(self) -> dt.date | None:
        """The day an earlier page ends with, if there is one to show."""
        day = self.day - dt.timedelta(days=len(self.days))
        return day if day >= self.first_day else None

    @property
    def following(self) -> dt.date | None:
        """The day a later page ends with, if there is one to show."""
        if self.day >= self.last_day:
            return None
        return min(self.day + dt.timedelta(days=len(self.days)), self.last_day)


def get_hours(
    *,
    account: VisibleAccount,
    point_number: str,
    day: dt.date,
    on: dt.date,
    zone: ZoneInfo,
    week: bool = False,
) -> HoursView:
    """Return the hours of ``day``, or of the week that ends with it, in two queries.

    Args:
        account: As its door gave it out.
        point_number: One of its metered service points.
        day: The local day chosen, no later than yesterday.
        on: The local day it is.
        zone: The co-op's, in which days begin.
        week: Whether to show the six days before, too.

    Raises:
        NotVisible: the account has no such metered point now, or did not have it on that day,
            or the day is not over.

    Source: domain rules 11 and 20; feature R20.
    """
    point = next((p for p in account.points if p.metered and p.number == point_number), None)
    if point is None or not point.since <= day < on:
        raise NotVisible
    first = max(day - dt.timedelta(days=WEEK_DAYS - 1), point.since) if week else day
    period = Period(first, day + DAY)
    channels = list_channels(service_point_ids=[point.id])[point.id]
    channel = channels[0] if channels else None  # the finest; any step makes up hours
    found: Sequence[HourUse] = ()
    if channel is not None:
        uses = list_hourly_use(channel_ids=[channel.id], period=period, zone=zone)
        found = uses.get(point.id, ())
    unit = channel.unit if channel is not None else ""
    return HoursView(
        account=account,
        point=point,
        days=tuple(_fill(period, found, unit=unit, zone=zone)),
        unit=unit,
        first_day=point.since,
        last_day=on - DAY,
    )


def _fill(
    period: Period, found: Sequence[HourUse], *, unit: str, zone: ZoneInfo
) -> Iterator[DayOfHours]:
    """Give each day all of its hours, those that nobody read without a quantity."""
    known = {hour.starts_at: hour for hour in found}
    for day in period:
        begin, end = day_bounds(day, zone)
        starts = [begin + n * HOUR for n in range(round((end - begin) / HOUR))]
        yield DayOfHours(
            day,
            tuple(known.get(at) or HourUse(at, None, unit, estimated=False) for at in starts),
        )
