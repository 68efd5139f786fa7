"""Read the measured and simulated series in ``data/`` onto a grid of local days and hours.

Stamps differ from file to file: with an offset, in UTC, with no zone, starting at half past.
On the grid each value stands at the wall clock of the place it came from; see data/README.md.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

DATA = Path(__file__).parent / "data"
MISSING = -(2**31)
"""Stands where a file has nothing; no temperature and no load is that low."""

LONDON = ZoneInfo("Europe/London")
LAST_HOUR = 23
CHANGE_HOURS = (1, 2)
"""Wall hours a clock change may skip: from one in London, from two in Illinois."""


@dataclass(frozen=True, slots=True)
class Series:
    """A file on its grid: one row a local day, one column a step, thousandths of its unit.

    ``MISSING`` stands where the file has nothing.
    """

    first_day: dt.date
    step_seconds: int
    values: NDArray[np.int64]

    @property
    def end_day(self) -> dt.date:
        """The day after the last day of the file."""
        return self.first_day + dt.timedelta(days=len(self.values))


@dataclass(frozen=True, slots=True)
class _Form:
    """How one file is written: its columns, its step, and the zone of stamps that are in UTC."""

    name: str
    stamp: str = "start"
    value: str = "value"
    step_seconds: int = 3600
    zone: ZoneInfo | None = None


_FORMS = {
    form.name: form
    for form in (
        _Form("il-tempF", stamp="dt", value="tempF"),
        _Form("il-electricity-cdd-hdd-hourly"),
        _Form("il-electricity-cdd-only-hourly"),
        _Form("il-gas-hdd-only-hourly"),
        _Form("il-gas-intercept-only-hourly"),
        _Form("uk-electricity-hdd-only-hourly-sample-0", zone=LONDON),
        _Form("uk-electricity-hdd-only-hourly-sample-1", step_seconds=1800),
        _Form("uk-electricity-hdd-only-hourly-sample-2", step_seconds=1800),
        _Form("uk-tempC-sample-0", stamp="dt", value="tempC", zone=LONDON),
        _Form("uk-tempC-sample-1_2", stamp="dt", value="tempC"),
    )
}


@cache
def read_series(name: str) -> Series:
    """Return the series of a file, read once a process.

    The first of two values at one stamp is kept. An hour only the clock skipped takes the
    value of the hour before it, so that it is there when another year's clock does not skip it.
    """
    form = _FORMS[name]
    cells = list(_cells(form))
    stamps = [stamp for stamp, _ in cells]
    first, last = min(stamps).date(), max(stamps).date()
    steps = 86_400 // form.step_seconds
    grid = np.full(((last - first).days + 1) * steps, MISSING, dtype=np.int64)
    for stamp, value in reversed(cells):
        seconds = stamp.hour * 3600 + stamp.minute * 60
        grid[(stamp.date() - first).days * steps + seconds // form.step_seconds] = value
    values = grid.reshape(-1, steps)
    _fill_skipped(values, steps_an_hour=3600 // form.step_seconds)
    begin = int(min(stamps).hour > 0)  # a day that is not whole at either end is left out
    end = len(values) - int(max(stamps).hour < LAST_HOUR)
    return Series(first + dt.timedelta(days=begin), form.step_seconds, values[begin:end])


def _cells(form: _Form) -> Iterator[tuple[dt.datetime, int]]:
    with gzip.open(DATA / f"{form.name}.csv.gz", "rt", newline="") as lines:
        rows = csv.reader(lines)
        header = next(rows)
        stamp, value = header.index(form.stamp), header.index(form.value)
        for row in rows:
            if row[value]:
                yield _wall_clock(row[stamp], form.zone), _thousandths(row[value])


def _wall_clock(text: str, zone: ZoneInfo | None) -> dt.datetime:
    stamp = dt.datetime.fromisoformat(text)
    if zone is not None:
        stamp = stamp.replace(tzinfo=dt.UTC).astimezone(zone)
    return stamp.replace(tzinfo=None)


def _thousandths(text: str) -> int:
    return int((Decimal(text) * 1000).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _fill_skipped(values: NDArray[np.int64], *, steps_an_hour: int) -> None:
    missing = values == MISSING
    for hour in CHANGE_HOURS:
        part = slice(hour * steps_an_hour, (hour + 1) * steps_an_hour)
        before = slice((hour - 1) * steps_an_hour, hour * steps_an_hour)
        alone = missing[:, part].all(axis=1) & (missing.sum(axis=1) == steps_an_hour)
        values[alone, part] = values[alone, before]
