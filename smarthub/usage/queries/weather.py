"""The weather beside use: what a station measured, and what was forecast for it."""

from __future__ import annotations

from collections.abc import Collection

from smarthub.kernel.period import Period
from smarthub.metering.models import StationDay as StationDayRow
from smarthub.usage.models import ForecastDay
from smarthub.usage.types import StationDay


def list_station_days(*, stations: Collection[str], period: Period) -> dict[str, list[StationDay]]:
    """Return the known days of each weather station in the period, by day: one query."""
    days: dict[str, list[StationDay]] = {station: [] for station in stations}
    rows = StationDayRow.objects.filter(
        station__in=stations, day__gte=period.start, day__lt=period.end
    )
    for row in rows.order_by("station", "day"):
        days[row.station].append(
            StationDay(row.station, row.day, row.low_f, row.high_f, row.mean_f)
        )
    return days


def list_forecast_days(*, stations: Collection[str], period: Period) -> list[StationDay]:
    """Return what was last forecast of these stations for the days of a period, in one query."""
    rows = ForecastDay.objects.filter(
        station__in=stations, day__gte=period.start, day__lt=period.end
    )
    newest = rows.order_by("station", "day", "-issued_at").distinct("station", "day")
    return [StationDay(row.station, row.day, row.low_f, row.high_f, row.mean_f) for row in newest]
