"""Days of weather stations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict

from smarthub.metering.models import ReadFile, StationDay
from smarthub.metering.operations.files import take_in
from smarthub.metering.types import FileFacts, Findings, ImportReport, OnError, StationReading


def store_station_days(
    *,
    file: FileFacts,
    on_error: OnError,
    findings: Findings,
    station: str,
    read: Callable[[], Sequence[StationReading]],
) -> ImportReport:
    """Store a file's days of a weather station; a later file's day stands in for an earlier one.

    Args:
        file: What is known of the file.
        on_error: What to do if it has bad rows.
        findings: Filled while ``read`` runs.
        station: The code premises name.
        read: Returns the checked days, each once.
    """
    new: list[StationDay] = []

    def check() -> None:
        known = {day.day: day for day in StationDay.objects.filter(station=station)}
        new.extend(
            StationDay(station=station, **asdict(reading))
            for reading in read()
            if not _says_the_same(known.get(reading.day), reading)
        )

    def write(file_row: ReadFile) -> None:
        for row in new:
            row.file = file_row
        StationDay.objects.bulk_create(
            new,
            update_conflicts=True,
            unique_fields=["station", "day"],
            update_fields=["low_f", "high_f", "mean_f", "file"],
        )

    return take_in(file=file, on_error=on_error, findings=findings, read=check, write=write)


def _says_the_same(known: StationDay | None, reading: StationReading) -> bool:
    return known is not None and all(
        getattr(known, name) == value for name, value in asdict(reading).items()
    )
