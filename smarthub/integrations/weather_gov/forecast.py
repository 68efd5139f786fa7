"""A station's forecast from one grid point of the service: days from its half-day periods.

A local day's high is the daytime period's temperature; its low that of the night that ends in
the morning of the day. The first day has no such night any more, and is left out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx

from smarthub.usage.ports import ForecastUnavailable
from smarthub.usage.types import ForecastedDay

SECONDS = 10.0
MOST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class WeatherGov:
    """The adapter; ``addresses`` is the forecast address of each station the co-op names.

    ``user_agent`` tells the service whom to write to, which it asks of everybody.
    """

    addresses: Mapping[str, str]
    user_agent: str

    @property
    def source(self) -> str:
        """What is kept beside each forecast."""
        return "weather.gov"

    @property
    def stations(self) -> tuple[str, ...]:
        """The stations it has addresses for."""
        return tuple(self.addresses)

    def fetch(self, *, station: str) -> list[ForecastedDay]:
        """Return the whole days of the newest forecast of a station.

        Raises:
            ForecastUnavailable: the service does not answer, or not in the form it promises.
        """
        try:
            return _days(station, self._answer(self.addresses[station]))
        except (httpx.HTTPError, KeyError, TypeError, ValueError, ArithmeticError) as error:
            raise ForecastUnavailable(station=station, reason=type(error).__name__) from error

    def _answer(self, address: str) -> Mapping[str, Any]:
        headers = {"User-Agent": self.user_agent, "Accept": "application/geo+json"}
        with httpx.Client(timeout=SECONDS, headers=headers, follow_redirects=True) as client:
            answer = client.get(address)
            answer.raise_for_status()
            if len(answer.content) > MOST_BYTES:
                raise ValueError("too large")
            told: Mapping[str, Any] = answer.json()["properties"]
            return told


def _days(station: str, told: Mapping[str, Any]) -> list[ForecastedDay]:
    issued_at = dt.datetime.fromisoformat(told.get("updateTime") or told["generatedAt"])
    highs, lows = _by_day(told["periods"])
    return [
        ForecastedDay(station, day, issued_at, low_f=lows[day], high_f=highs[day])
        for day in sorted(highs)
        if day in lows
    ]


def _by_day(
    periods: Iterable[Mapping[str, Any]],
) -> tuple[dict[dt.date, Decimal], dict[dt.date, Decimal]]:
    """Return each day's high, and the low of the night that ends in its morning."""
    highs, lows = {}, {}
    for period in periods:
        degrees = _fahrenheit(period)
        if period["isDaytime"]:
            highs[dt.datetime.fromisoformat(period["startTime"]).date()] = degrees
        else:
            lows[dt.datetime.fromisoformat(period["endTime"]).date()] = degrees
    return highs, lows


def _fahrenheit(period: Mapping[str, Any]) -> Decimal:
    degrees = Decimal(str(period["temperature"]))
    match period["temperatureUnit"]:
        case "F":
            return degrees
        case "C":
            return degrees * 9 / 5 + 32
        case unit:
            raise ValueError(unit)
