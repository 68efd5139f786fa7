"""What usage needs from outside: layouts to take use away in, and forecasts of the weather."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from smarthub.kernel.errors import Unavailable
from smarthub.usage.types import ForecastedDay, UsageExport


class ForecastUnavailable(Unavailable):
    """A forecast could not be had, or not in a form that can be read."""

    code = "forecast_unavailable"


class WeatherForecast(Protocol):
    """A source of weather forecasts; what it says is kept, so pages never wait for it."""

    @property
    def source(self) -> str:
        """What is kept beside each forecast, so that it can be told whose it was."""

    @property
    def stations(self) -> tuple[str, ...]:
        """The stations it can tell of."""

    def fetch(self, *, station: str) -> Sequence[ForecastedDay]:
        """Return the days to come at a station.

        Raises:
            ForecastUnavailable: it cannot be had.
        """


class UsageFormat(Protocol):
    """A layout of exported use; ``wiring.usage_formats`` has those we know."""

    @property
    def media_type(self) -> str:
        """The type of the file, as a browser is told it."""

    @property
    def suffix(self) -> str:
        """The end of the file's name, without the point."""

    def write(self, export: UsageExport) -> Iterator[str]:
        """Yield the file in order, a piece at a time, so that memory stays flat."""
