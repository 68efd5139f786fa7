"""What was used at one service point: thirteen months, the last days, and the weather beside them.

Never shows a day before the account had the place (domain rule 11). Writes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from smarthub.accounts.queries import list_agreements
from smarthub.accounts.types import Agreement, Point, VisibleAccount
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.period import Period
from smarthub.usage.queries import list_daily_use, list_monthly_use, list_station_days
from smarthub.usage.types import DayUse, PeriodUse, StationDay

MONTHS = 13
"""So many whole months; the month so far comes on top, and its twin is always there."""
DAYS = 31
STANDS_OUT = Decimal("1.5")
"""A day stands out from this many times the usual day on."""
ENOUGH_DAYS = 7
"""With fewer days known there is no usual day."""
MOST_UNKNOWN_DAYS = 3
"""A month with more days unknown than this is not compared."""


@dataclass(frozen=True, slots=True)
class MonthOfUse:
    """Use in one calendar month, and how warm it was, where known."""

    use: PeriodUse
    mean_f: Decimal | None

    @property
    def is_comparable(self) -> bool:
        """Whether enough of the month is known to compare it with another."""
        return self.use.quantity is not None and self.use.days_missing <= MOST_UNKNOWN_DAYS


@dataclass(frozen=True, slots=True)
class DayOfUse:
    """Use on one local day, and how warm it was, where known."""

    use: DayUse
    mean_f: Decimal | None
    stands_out: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """The last whole month against the same month a year before."""

    month: Period
    percent: int
    warmer_f: int | None


@dataclass(frozen=True, slots=True)
class UsageView:
    """Everything the usage page shows of one service point."""

    account: VisibleAccount
    point: Point
    address: str
    months: tuple[MonthOfUse, ...]
    days: tuple[DayOfUse, ...]
    comparison: Comparison | None

    @property
    def unit(self) -> str:
        """The unit the meter counts; empty while nothing was ever read."""
        return self.days[0].use.unit if self.days else ""


def get_usage(*, account: VisibleAccount, point_number: str, on: dt.date) -> UsageView:
    """Return what was used at one service point of an account, up to the local day ``on``.

    Raises:
        NotVisible: the account has no such metered point now.

    Source: domain rule 11; feature R20.
    """
    point = next((p for p in account.points if p.metered and p.number == point_number), None)
    if point is None:
        raise NotVisible
    agreement = _agreement(account, point, on)
    months = list_months(on=on, since=point.since)
    recent = Period(on - dt.timedelta(days=DAYS), on)
    weather = _weather(agreement.station, Period(months[0].start, on + dt.timedelta(days=1)))
    monthly = list_monthly_use(service_point_ids=[point.id], months=months)[point.id]
    daily = list_daily_use(service_point_ids=[point.id], period=recent)[point.id]
    by_month = tuple(MonthOfUse(use, _mean(weather, use.period)) for use in monthly)
    return UsageView(
        account=account,
        point=point,
        address=agreement.premise_address,
        months=by_month,
        days=mark_days([day for day in daily if day.day >= point.since], weather),
        comparison=compare(by_month, on=on),
    )


def list_months(*, on: dt.date, since: dt.date) -> list[Period]:
    """Return thirteen whole months and the month so far, oldest first; none before ``since``."""
    months: list[Period] = []
    first, past = on.replace(day=1), on
    while len(months) <= MONTHS and past > since:
        if first < past:  # on the first of a month, the month so far has no day
            months.append(Period(max(first, since), past))
        first, past = (first - dt.timedelta(days=1)).replace(day=1), first
    return months[::-1] or [Period(on, on + dt.timedelta(days=1))]


def compare(months: Sequence[MonthOfUse], *, on: dt.date) -> Comparison | None:
    """Return how the last whole month compares with its twin a year before, if both are known."""
    whole = [month for month in months if month.use.period.end == _next_month(month.use.period)]
    finished = [month for month in whole if month.use.period.end <= on]
    if not finished or not finished[-1].is_comparable:
        return None
    last = finished[-1]
    start = last.use.period.start
    twin = next(
        (m for m in whole if m.use.period.start == start.replace(year=start.year - 1)), None
    )
    if twin is None or not twin.is_comparable or not twin.use.quantity or last.use.quantity is None:
        return None
    return Comparison(
        month=last.use.period,
        percent=round((last.use.quantity / twin.use.quantity - 1) * 100),
        warmer_f=_difference(last.mean_f, twin.mean_f),
    )


def days_that_stand_out(days: Iterable[DayUse]) -> frozenset[dt.date]:
    """Return the days with at least half as much again as the usual day, which is the median."""
    known = {day.day: day.quantity for day in days if day.quantity is not None and not day.partial}
    if len(known) < ENOUGH_DAYS:
        return frozenset()
    usual = median(known.values())
    return frozenset(
        day for day, quantity in known.items() if usual and quantity > usual * STANDS_OUT
    )


def _agreement(account: VisibleAccount, point: Point, on: dt.date) -> Agreement:
    now = Period(on, on + dt.timedelta(days=1))
    agreements = list_agreements(account_ids=[account.id], period=now)
    found = next((a for a in agreements if a.service_point_id == point.id), None)
    if found is None:
        raise NotVisible
    return found


def _weather(station: str, period: Period) -> dict[dt.date, Decimal]:
    days: list[StationDay] = list_station_days(stations=[station], period=period)[station]
    return {day.day: day.mean_f for day in days}


def _mean(weather: dict[dt.date, Decimal], period: Period) -> Decimal | None:
    known = [weather[day] for day in period if day in weather]
    return sum(known, Decimal(0)) / len(known) if len(known) * 2 > period.days else None


def mark_days(days: Sequence[DayUse], weather: Mapping[dt.date, Decimal]) -> tuple[DayOfUse, ...]:
    """Return the days with their weather, where known, and say which stand out."""
    unusual = days_that_stand_out(days)
    return tuple(DayOfUse(day, weather.get(day.day), day.day in unusual) for day in days)


def _next_month(period: Period) -> dt.date:
    """Return the first day of the month after the one ``period`` begins on the first of."""
    if period.start.day != 1:
        return dt.date.min
    return (period.start + dt.timedelta(days=31)).replace(day=1)


def _difference(this: Decimal | None, that: Decimal | None) -> int | None:
    return None if this is None or that is None else round(this - that)
