"""Get the newest forecast of each station and keep it, so that no page ever waits for a service."""

from __future__ import annotations

from dataclasses import dataclass

from smarthub.usage.operations import keep_forecast
from smarthub.usage.ports import ForecastUnavailable, WeatherForecast


@dataclass(frozen=True, slots=True)
class ForecastReport:
    """What became of one station: how many days are new, or why there is none."""

    station: str
    new_days: int
    problem: str = ""


def fetch_forecasts(*, service: WeatherForecast) -> list[ForecastReport]:
    """Keep the newest forecast of every station a source has; one that fails stops no other.

    Fetched again, the same issue changes nothing.

    Source: feature R20; the reference "greenbutton-rating-usage", C3.
    """
    return [_fetch(service, station) for station in service.stations]


def _fetch(service: WeatherForecast, station: str) -> ForecastReport:
    try:
        days = service.fetch(station=station)
    except ForecastUnavailable as error:
        return ForecastReport(station, 0, str(error.values.get("reason", "")))
    return ForecastReport(station, keep_forecast(days=days, source=service.source))
