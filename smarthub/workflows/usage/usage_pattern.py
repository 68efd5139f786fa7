"""When use happens at one service: the usual weekday and weekend by the hour, and the usual week.

Over the last three months, in the meter's unit; averages of what is known. Writes nothing.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np

from smarthub.accounts.types import VisibleAccount
from smarthub.kernel.period import Period
from smarthub.metering.types import MISSING
from smarthub.usage.engine import always_on, by_hour, by_weekday, hourly
from smarthub.usage.queries import read_series
from smarthub.usage.types import Floats, Series
from smarthub.workflows.usage.usage_ground import Ground, find_point, stand_on

DAYS = 91
"""Thirteen weeks, so that each weekday counts as often."""
SATURDAY = 5
HOUR_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class PatternView:
    """Averages: 24 hours of a weekday and of a weekend day, and the seven days of a week.

    NaN where nothing is known. The hours are empty where the meter tells none; ``always_on`` is in
    the unit an hour.
    """

    ground: Ground
    period: Period
    weekday_hours: Floats
    weekend_hours: Floats
    week: Floats
    always_on: float | None


def get_pattern(
    *, account: VisibleAccount, point_number: str, on: dt.date, zone: ZoneInfo
) -> PatternView:
    """Return the usual day and week of one service, in two queries.

    Raises:
        NotVisible: the account has no such metered point.

    Source: feature R20; domain rule 20 for the clock on the wall.
    """
    point = find_point(account=account, number=point_number)
    start = max(on - dt.timedelta(days=DAYS), point.since)
    period = Period(min(start, on - dt.timedelta(days=1)), on)
    ground = stand_on(account=account, point=point, on=on, zone=zone, back_to=period.start)
    series = read_series(service_point_id=point.id, period=period, zone=zone)
    weekdays, weekends, always = _by_hours(series, zone)
    use, _mean_f = ground.columns(period)
    place = np.array([day.weekday() for day in period])
    return PatternView(
        ground, period, weekdays, weekends, by_weekday(use=use, weekday=place), always
    )


def _by_hours(series: Series | None, zone: ZoneInfo) -> tuple[Floats, Floats, float | None]:
    nothing: Floats = np.zeros(0)
    if series is None or HOUR_SECONDS % series.step_seconds:
        return nothing, nothing, None
    values = hourly(series.values, step_seconds=series.step_seconds)
    use = np.where(values == MISSING, np.nan, values * 10.0**series.exponent)
    local = [(series.start + dt.timedelta(hours=n)).astimezone(zone) for n in range(len(values))]
    hour = np.array([at.hour for at in local])
    is_weekend = np.array([at.weekday() >= SATURDAY for at in local])
    return (
        by_hour(use=use, hour=hour, chosen=~is_weekend),
        by_hour(use=use, hour=hour, chosen=is_weekend),
        always_on(use=use, hour=hour),
    )
