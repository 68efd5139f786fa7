"""Forecasts from a file: ``station,day,low_f,high_f``, a row a day, as any desk can write."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from smarthub.usage.ports import ForecastUnavailable
from smarthub.usage.types import ForecastedDay

HEADER = ["station", "day", "low_f", "high_f"]
COLDEST_F, HOTTEST_F = Decimal(-90), Decimal(140)
MOST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class ForecastFile:
    """The adapter: one file, taken as issued at ``issued_at``."""

    path: Path
    issued_at: dt.datetime

    @property
    def source(self) -> str:
        """What is kept beside each forecast."""
        return self.path.name[:40]

    @property
    def stations(self) -> tuple[str, ...]:
        """The stations the file names, each once, in its order."""
        return tuple(dict.fromkeys(day.station for day in self._days()))

    def fetch(self, *, station: str) -> list[ForecastedDay]:
        """Return the days of a station.

        Raises:
            ForecastUnavailable: the file cannot be read; ``row`` and ``reason`` say where and why.
        """
        return [day for day in self._days() if day.station == station]

    def _days(self) -> list[ForecastedDay]:
        try:
            if self.path.stat().st_size > MOST_BYTES:
                raise ForecastUnavailable(row=0, reason="too_large")
            rows = list(csv.reader(self.path.read_text(encoding="utf-8-sig").splitlines()))
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise ForecastUnavailable(row=0, reason=type(error).__name__) from error
        if not rows or rows[0] != HEADER:
            raise ForecastUnavailable(row=1, reason="wrong_columns")
        return [self._day(place, row) for place, row in enumerate(rows[1:], start=2)]

    def _day(self, place: int, row: list[str]) -> ForecastedDay:
        try:
            station, day, low, high = row
            low_f, high_f = Decimal(low), Decimal(high)
            if not (COLDEST_F <= low_f <= high_f <= HOTTEST_F and station):
                raise ForecastUnavailable(row=place, reason="absurd_value")
            return ForecastedDay(
                station, dt.date.fromisoformat(day), self.issued_at, low_f=low_f, high_f=high_f
            )
        except (ValueError, InvalidOperation) as error:
            raise ForecastUnavailable(row=place, reason="unreadable") from error
