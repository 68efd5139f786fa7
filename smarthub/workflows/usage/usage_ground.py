"""What every page about one service's use stands on: its days, their weather and notes, at once.

Never holds a day before the account had the place (domain rule 11). Writes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np

from smarthub.accounts.types import Point, ServicePointId, VisibleAccount
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.period import Period
from smarthub.usage.engine import fit_model
from smarthub.usage.queries import list_point_days
from smarthub.usage.types import Floats, Note, PointDay, PointHistory, WeatherModel

DAY = dt.timedelta(days=1)
REACH_DAYS = 3 * 366
"""How far back the days are brought: a year to compare with, and two to learn from."""
MODEL_DAYS = 2 * 366
WEATHERED = {"electric", "gas"}
"""Services whose use goes with the weather; water is not told by degree days."""


@dataclass(frozen=True, slots=True)
class Total:
    """What is known of some days together; ``quantity`` is None when nothing is.

    ``days_missing`` are days not wholly known. ``mean_f`` needs half of the days.
    """

    period: Period
    quantity: Decimal | None
    received: Decimal | None
    days_missing: int
    is_estimated: bool
    mean_f: Decimal | None

    @property
    def is_comparable(self) -> bool:
        """Whether enough is known to compare it: nine days in ten."""
        return self.quantity is not None and self.days_missing * 10 <= self.period.days


@dataclass(frozen=True, slots=True)
class Ground:
    """One service point of an account, and everything known of its days up to yesterday."""

    account: VisibleAccount
    point: Point
    history: PointHistory
    on: dt.date
    zone: ZoneInfo

    @property
    def known_until(self) -> dt.date | None:
        """The last day with any reading."""
        known = [d.day for d in self.history.days.values() if d.delivered is not None]
        return max(known, default=None)

    def has(self, period: Period) -> bool:
        """Return whether any of a period is the account's, and over."""
        return period.end > self.point.since and period.start < self.on

    def part_of(self, period: Period) -> Period:
        """Return the days of a period that are the account's and over.

        Raises:
            NotVisible: there is none.
        """
        start, end = max(period.start, self.point.since), min(period.end, self.on)
        if start >= end:
            raise NotVisible
        return Period(start, end)

    def notes_on(self, period: Period) -> tuple[Note, ...]:
        """Return the notes pinned on any of some days, in their order."""
        return tuple(
            note
            for note in self.history.notes
            if note.first_day < period.end and note.last_day >= period.start
        )

    def day(self, day: dt.date) -> PointDay:
        """Return a day, without a quantity where nothing is known."""
        return self.history.days.get(day) or PointDay(day=day, unit=self.history.unit)

    def total(self, period: Period) -> Total:
        """Return what some days came to."""
        days = [self.day(day) for day in period]
        return Total(
            period=period,
            quantity=_sum(day.delivered for day in days),
            received=_sum(day.received for day in days),
            days_missing=sum(day.partial or day.delivered is None for day in days),
            is_estimated=any(day.estimated for day in days),
            mean_f=self.mean_f(period),
        )

    def mean_f(self, period: Period) -> Decimal | None:
        """Return the mean temperature of some days, where half of them are known."""
        found = self.history.mean_f
        known = [found[day] for day in period if day in found]
        return sum(known, Decimal(0)) / len(known) if len(known) * 2 > period.days else None

    def columns(self, period: Period) -> tuple[Floats, Floats]:
        """Return use and temperature of each day, NaN where a day is not wholly known."""
        use, mean_f = np.full(period.days, np.nan), np.full(period.days, np.nan)
        for place, day in enumerate(period):
            found = self.history.days.get(day)
            if found is not None and found.delivered is not None and not found.partial:
                use[place] = float(found.delivered)
            if day in self.history.mean_f:
                mean_f[place] = float(self.history.mean_f[day])
        return use, mean_f

    def model(self) -> WeatherModel | None:
        """Return what the weather does to this service, as far as its own days tell."""
        if self.point.service not in WEATHERED:
            return None
        start = max(self.point.since, self.on - dt.timedelta(days=MODEL_DAYS))
        if start >= self.on:
            return None
        use, mean_f = self.columns(Period(start, self.on))
        return fit_model(use=use, mean_f=mean_f)


def find_point(*, account: VisibleAccount, number: str) -> Point:
    """Return a metered point of an account.

    Raises:
        NotVisible: the account has no such point now.
    """
    for point in account.points:
        if point.metered and point.number == number:
            return point
    raise NotVisible


def stand_on(
    *, account: VisibleAccount, point: Point, on: dt.date, zone: ZoneInfo, back_to: dt.date
) -> Ground:
    """Return the ground of one point, in one query.

    Args:
        account: As its door gave it out.
        point: One of its metered points.
        on: The local day it is; its own day is not over and not among the days.
        zone: The co-op's.
        back_to: A day that must be reached, a year to compare it with included.
    """
    return next(
        iter(stand_on_all(account=account, points=[point], on=on, zone=zone, back_to=back_to))
    )


def stand_on_all(
    *,
    account: VisibleAccount,
    points: Sequence[Point],
    on: dt.date,
    zone: ZoneInfo,
    back_to: dt.date,
) -> list[Ground]:
    """Return the ground of each point in their order, in one query a weather station."""
    start = min(on - dt.timedelta(days=REACH_DAYS), back_to - dt.timedelta(days=366))
    stations: dict[str, list[Point]] = {}
    for point in points:
        stations.setdefault(point.station, []).append(point)
    histories: dict[ServicePointId, PointHistory] = {}
    for station, together in stations.items():
        histories |= list_point_days(
            service_point_ids=[point.id for point in together],
            station=station,
            period=Period(start, on),
            account_id=account.id,
        )
    return [
        Ground(account, point, _since(histories[point.id], point.since), on, zone)
        for point in points
    ]


def _since(history: PointHistory, since: dt.date) -> PointHistory:
    """Return a history without the days before the account had the place."""
    return replace(history, days={day: d for day, d in history.days.items() if day >= since})


def _sum(values: Iterable[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if known else None
