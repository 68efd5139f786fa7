"""Use as a spreadsheet: one row an interval, in the meter's own unit and step."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from smarthub.kernel.period import day_bounds
from smarthub.metering.types import MISSING, Quality, ReadDay
from smarthub.usage.types import UsageExport

HEADER: Final = (
    "service",
    "service_point",
    "flow",
    "start",
    "seconds",
    "value",
    "unit",
    "quality",
)


@dataclass(frozen=True, slots=True)
class UsageCsv:
    """The format: UTF-8, commas, one header line; intervals nobody knows are left out."""

    media_type: str = "text/csv"
    suffix: str = "csv"

    def write(self, export: UsageExport) -> Iterator[str]:
        """Yield the header, then the rows of a day at a time, in order of time."""
        yield _lines([HEADER])
        for point in export.points:
            for series in point.series:
                for day in series.read():
                    rows = _rows(day, export.zone)
                    yield _lines((point.service, point.number, series.flow, *row) for row in rows)


def _rows(day: ReadDay, zone: ZoneInfo) -> Iterator[tuple[object, ...]]:
    begin = day_bounds(day.day, zone)[0]
    for n in np.flatnonzero(day.values != MISSING).tolist():
        start = (begin + dt.timedelta(seconds=n * day.step_seconds)).astimezone(zone)
        value = Decimal(int(day.values[n])).scaleb(day.exponent)
        quality = Quality(int(day.quality[n])).name.lower()
        yield start.isoformat(), day.step_seconds, f"{value:f}", day.unit, quality


def _lines(rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()
