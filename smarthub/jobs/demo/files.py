"""Write the demo's reads as the CSV files a head end would send; the importer takes it from there.

Every value is exact: thousandths in, three decimals out. The same world writes the same bytes,
so that importing the files again is recognised by their contents.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from pathlib import Path

import numpy as np

from smarthub.jobs.demo.loads import CEILING, Load
from smarthub.jobs.demo.registers import DemoRead
from smarthub.jobs.demo.schedule import HISTORY_MONTHS, SHORT_HISTORY_MONTHS
from smarthub.jobs.demo.shifting import LocalDays, moved
from smarthub.jobs.demo.sources import MISSING, read_series
from smarthub.jobs.demo.world import Supply
from smarthub.kernel.period import Period, day_bounds

WORDS = np.array([f"{n // 1000}.{n % 1000:03d}" for n in range(CEILING + 1)] + [""], dtype=object)
"""How each value is written; the last word, nothing, is that of a missing one."""


@dataclass(frozen=True, slots=True)
class Station:
    """A weather station: the file that stands for it, its unit, and how many months it has."""

    file: str
    unit: str
    months: int


LONGEST_DAY = 90_000
"""Seconds of the day that gains an hour: a file has a column for each of its steps."""

STATIONS = {
    "WILLOW BEND": Station("il-tempF", "tempF", HISTORY_MONTHS),
    "MAPLE HILL": Station("uk-tempC-sample-0", "tempC", HISTORY_MONTHS),
    "OAK HOLLOW": Station("uk-tempC-sample-1_2", "tempC", SHORT_HISTORY_MONTHS),
}


@dataclass(frozen=True, slots=True)
class MeteredLoad:
    """A supply, and what arrived of its load."""

    supply: Supply
    load: Load


def write_intervals(
    *,
    folder: Path,
    loads: Sequence[MeteredLoad],
    month: Period,
    step_seconds: int,
    given: bool = False,
) -> Path:
    """Write one month of interval reads with one step, a row a meter and local day.

    With ``given`` it is what members gave back, which comes as a file of its own.

    Returns:
        The file, in the importer's ``wide`` profile.
    """
    most = LONGEST_DAY // step_seconds
    header = ["meter", "start", "step_seconds", *(f"v{n}" for n in range(1, most + 1))]
    here = [each for each in loads if each.supply.starts_on < month.end]
    rows = (row for each in here for row in _interval_rows(each, month, most, given=given))
    name = f"intervals-{'received-' if given else ''}{_every(step_seconds)}-{month.start:%Y-%m}"
    return _write(folder / f"{name}.csv", header, rows)


def write_registers(*, folder: Path, reads: Iterable[DemoRead]) -> list[Path]:
    """Write register reads, one file a month, in the importer's ``registers`` profile."""
    in_order = sorted(reads, key=lambda read: (read.read_on, read.serial))
    return [
        _write(
            folder / f"registers-{month}.csv",
            ["meter", "read_on", "value", "kind"],
            (f"{r.serial},{r.read_on},{r.value},{r.kind}" for r in month_reads),
        )
        for month, month_reads in groupby(in_order, key=lambda read: f"{read.read_on:%Y-%m}")
    ]


def write_temperature(*, folder: Path, station: str, days: LocalDays) -> Path:
    """Write a station's hours as ``dt,tempF`` or ``dt,tempC``, moved as the loads are."""
    source = STATIONS[station]
    values = moved(read_series(source.file), period=days.period)
    rows = (
        f"{stamp},{_degrees(value)}"
        for place, day in enumerate(days.period)
        for stamp, value in _hours(days, day, values[place])
    )
    path = folder / f"temperature-{station.replace(' ', '-').lower()}.csv"
    return _write(path, ["dt", source.unit], rows)


def months_of(period: Period) -> Iterator[Period]:
    """Yield the calendar months of a period, the first and last perhaps in part."""
    start = period.start
    while start < period.end:
        following = (start.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
        yield Period(start, min(following, period.end))
        start = following


def _interval_rows(each: MeteredLoad, month: Period, most: int, *, given: bool) -> Iterator[str]:
    load, supply = each.load, each.supply
    told = load.given if given and load.given is not None else load.arrived
    first = load.days.period.start
    begin = max(month.start, first)
    block = told[(begin - first).days : (month.end - first).days]
    words = WORDS[np.where(block == MISSING, -1, block)]
    for place, row in enumerate(words):
        day = begin + dt.timedelta(days=place)
        values = load.in_order(row, day)
        if _is_told(values, regular=len(values) == len(row)):
            start = dt.datetime.combine(day, dt.time(), load.days.zone).isoformat()
            blanks = "," * (most - len(values))
            serial = _meter_on(supply, day)
            yield f"{serial},{start},{load.step_seconds},{','.join(values)}{blanks}"


def _is_told(values: Sequence[str], *, regular: bool) -> bool:
    """Say whether a day gets a row: not when nothing of it arrived.

    A day of 23 or 25 hours that breaks off is left out as well: a file must show all its hours,
    or its reader cannot know that the sender knew of the change (rule 20).
    """
    return any(values) and (regular or values[-1] != "")


def _hours(days: LocalDays, day: dt.date, row: Sequence[int]) -> Iterator[tuple[str, int]]:
    begin, _end = day_bounds(day, days.zone)
    for hour, column in enumerate(days.columns(day, step_seconds=3600) or range(24)):
        if row[column] != MISSING:
            instant = begin + dt.timedelta(hours=hour)
            yield instant.astimezone(days.zone).isoformat(), row[column]


def _degrees(thousandths: int) -> str:
    return str(Decimal(int(thousandths)).scaleb(-3))


def _meter_on(supply: Supply, day: dt.date) -> str:
    return next(m.serial for m in reversed(supply.meters) if m.installed_on <= day)


def _every(step_seconds: int) -> str:
    names: Mapping[int, str] = {
        3600: "hourly",
        1800: "half-hourly",
        900: "quarter-hourly",
    }
    return names[step_seconds]


def _write(path: Path, header: Sequence[str], rows: Iterable[str]) -> Path:
    """Write a file whole or not at all, so that a killed load leaves no half file behind."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8", newline="\n") as out:
        out.write(",".join(header) + "\n")
        out.writelines(f"{row}\n" for row in rows)
    part.replace(path)
    return path
