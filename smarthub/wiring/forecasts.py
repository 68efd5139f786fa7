"""Where forecasts of the weather come from: nowhere, unless the co-op names addresses or a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

from smarthub.integrations.csv_files.forecast import ForecastFile
from smarthub.integrations.weather_gov.forecast import WeatherGov
from smarthub.usage.ports import WeatherForecast


def forecast_service(*, addresses: Mapping[str, str]) -> WeatherForecast:
    """Return the public service, for the stations the policy ``weather.forecasts`` names."""
    return WeatherGov(addresses, user_agent=f"SmartHub ({settings.BASE_URL})")


def forecast_file(*, path: Path, issued_at: dt.datetime) -> WeatherForecast:
    """Return a file as a source of forecasts."""
    return ForecastFile(path, issued_at)
