"""Make all reads of the demo as files, then let the importer take them in, oldest month first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from smarthub.jobs.demo.chance import Chance
from smarthub.jobs.demo.files import (
    STATIONS,
    MeteredLoad,
    months_of,
    write_intervals,
    write_registers,
    write_temperature,
)
from smarthub.jobs.demo.loads import Load, load_of
from smarthub.jobs.demo.registers import DemoRead, list_reads, read_days
from smarthub.jobs.demo.schedule import months_before
from smarthub.jobs.demo.shifting import LocalDays
from smarthub.jobs.demo.world import World
from smarthub.kernel.period import Period
from smarthub.metering.types import ImportReport, OnError
from smarthub.wiring.read_formats import REGISTERS, TEMPERATURE, WIDE
from smarthub.workflows.reads.ingest_reads import (
    ingest_interval_file,
    ingest_register_file,
    ingest_temperature_file,
)

Progress = Callable[[int, int], None]


class FileNotTaken(RuntimeError):
    """The importer refused one of the demo's own files: the two no longer agree."""


@dataclass(frozen=True, slots=True)
class ReadFiles:
    """The files of one world, each list oldest first."""

    temperature: dict[str, Path]
    registers: Sequence[Path]
    intervals: Sequence[Path]
    received: Sequence[Path]


def write_read_files(
    world: World, *, folder: Path, zone: ZoneInfo, progress: Progress | None = None
) -> ReadFiles:
    """Write every file of reads into ``folder``; the same world writes the same bytes."""
    loads, reads = _loads_and_reads(world, zone)
    begins = min(each.supply.starts_on for same in loads.values() for each in same)
    months = list(months_of(Period(begins, world.today)))
    intervals: list[Path] = []
    received: list[Path] = []
    giving = [each for same in loads.values() for each in same if each.load.given is not None]
    for done, month in enumerate(months, start=1):
        intervals += (
            write_intervals(folder=folder, loads=same_step, month=month, step_seconds=step)
            for step, same_step in loads.items()
            if any(each.supply.starts_on < month.end for each in same_step)
        )
        if any(each.supply.starts_on < month.end for each in giving):
            received.append(
                write_intervals(
                    folder=folder, loads=giving, month=month, step_seconds=3600, given=True
                )
            )
        if progress:
            progress(done, len(months))
    return ReadFiles(
        temperature={
            name: write_temperature(
                folder=folder, station=name, days=_days(world, station.months, zone)
            )
            for name, station in STATIONS.items()
        },
        registers=write_registers(folder=folder, reads=reads),
        intervals=intervals,
        received=received,
    )


def import_read_files(
    files: ReadFiles, *, zone: ZoneInfo, now: dt.datetime, progress: Progress | None = None
) -> list[ImportReport]:
    """Give every file to the importer; one it knows already changes nothing.

    Returns:
        What became of each file.

    Raises:
        FileNotTaken: the importer refused a file, which it never does with the demo's.
    """
    series = (files.temperature, files.registers, files.intervals, files.received)
    total = sum(len(each) for each in series)
    reports = []
    for done, report in enumerate(_imports(files, zone, now), start=1):
        if not (report.stored or report.already_known):
            raise FileNotTaken(f"{report.file_name}: {report.problems[:5]}")
        reports.append(report)
        if progress:
            progress(done, total)
    return reports


def _imports(files: ReadFiles, zone: ZoneInfo, now: dt.datetime) -> Iterator[ImportReport]:
    whole = OnError.REFUSE_FILE
    for station, path in files.temperature.items():
        yield ingest_temperature_file(
            path=path,
            profile=TEMPERATURE,
            station=station,
            on_error=whole,
            received_at=now,
            zone=zone,
        )
    for path in files.registers:
        yield ingest_register_file(
            path=path, profile=REGISTERS, on_error=whole, received_at=now, zone=zone
        )
    for flow, paths in (("delivered", files.intervals), ("received", files.received)):
        for path in paths:
            yield ingest_interval_file(
                path=path, profile=WIDE, on_error=whole, received_at=now, zone=zone, flow=flow
            )


def _loads_and_reads(
    world: World, zone: ZoneInfo
) -> tuple[dict[int, list[MeteredLoad]], list[DemoRead]]:
    """Return what arrived, by step, and every register read; what was used is then let go."""
    chance = Chance(world.seed)
    calendars: dict[dt.date, LocalDays] = {}
    loads: list[MeteredLoad] = []
    reads: list[DemoRead] = []
    for holding in world.holdings:
        for _place, supply in holding.supplies:
            if not supply.meters:
                continue
            days = calendars.setdefault(
                supply.starts_on, LocalDays(Period(supply.starts_on, world.today), zone)
            )
            load = load_of(supply, days=days, chance=chance)
            due = read_days(supply, cycle=holding.cycle, today=world.today)
            reads.extend(list_reads(supply, load, days=due))
            loads.append(MeteredLoad(supply, _arrived_only(load)))
    loads.sort(key=_step)
    return {step: list(same) for step, same in groupby(loads, key=_step)}, reads


def _step(each: MeteredLoad) -> int:
    return each.load.step_seconds


def _arrived_only(load: Load) -> Load:
    small = {
        "arrived": load.arrived.astype(np.int32),
        "given": None if load.given is None else load.given.astype(np.int32),
    }
    return replace(load, used=load.used[:0], **small)  # type: ignore[arg-type]


def _days(world: World, months: int, zone: ZoneInfo) -> LocalDays:
    start = max(world.history_start, months_before(world.today, months))
    return LocalDays(Period(start, world.today), zone)
