"""Register reads: a correction is a later revision, and no register goes back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence

from smarthub.metering.engine.registers import find_steps_back
from smarthub.metering.models import ReadFile, RegisterRead
from smarthub.metering.operations.files import take_in
from smarthub.metering.types import (
    FileFacts,
    Findings,
    ImportReport,
    OnError,
    Problem,
    RegisterReading,
)


def store_register_reads(
    *,
    file: FileFacts,
    on_error: OnError,
    findings: Findings,
    read: Callable[[], Sequence[RegisterReading]],
) -> ImportReport:
    """Store a file's checked register reads; a changed one is a later revision of its day.

    A read is refused if with it the register would have gone back.

    Args:
        file: What is known of the file.
        on_error: What to do if it has bad rows.
        findings: Filled while ``read`` runs.
        read: Returns the checked reads, at most one for a register and day.

    Source: domain rules 12, 13, 129 and 135.
    """
    new: list[RegisterRead] = []

    def check() -> None:
        readings = read()
        stored = _stored_reads({reading.register_id for reading in readings})
        refused = _refuse_steps_back(readings, stored, findings)
        rows = (_new_row(reading, stored) for reading in readings if reading.row not in refused)
        new.extend(row for row in rows if row)

    def write(file_row: ReadFile) -> None:
        for row in new:
            row.file = file_row
        RegisterRead.objects.bulk_create(new, batch_size=5000)

    return take_in(file=file, on_error=on_error, findings=findings, read=check, write=write)


_StoredReads = dict[int, dict[dt.date, RegisterRead]]


def _stored_reads(register_ids: Collection[int]) -> _StoredReads:
    """Return the latest revision of every read of the registers, by date."""
    stored: _StoredReads = {}
    for row in RegisterRead.objects.filter(register__in=register_ids).order_by("revision"):
        stored.setdefault(row.register_id, {})[row.read_on] = row
    return stored


def _refuse_steps_back(
    readings: Sequence[RegisterReading], stored: _StoredReads, findings: Findings
) -> set[int]:
    """Refuse the reads a register cannot have shown; return their rows.

    An estimate that was too high accuses no read that comes after it (domain rule 17).
    """
    by_register: dict[int, list[RegisterReading]] = {}
    for reading in readings:
        by_register.setdefault(reading.register_id, []).append(reading)
    refused: set[int] = set()
    for register_id, new in by_register.items():
        known = {
            day: row.value
            for day, row in stored.get(register_id, {}).items()
            if row.kind != RegisterRead.Kind.ESTIMATED
        }
        for reading in find_steps_back(stored=known, new=new):
            findings.refuse(reading.row, Problem.NEGATIVE_USE, value=str(reading.value))
            refused.add(reading.row)
    return refused


def _new_row(reading: RegisterReading, stored: _StoredReads) -> RegisterRead | None:
    """Return the row that says something not yet stored, or ``None``."""
    known = stored.get(reading.register_id, {}).get(reading.read_on)
    if known and (known.value, known.kind) == (reading.value, reading.kind):
        return None
    return RegisterRead(
        register_id=reading.register_id,
        read_on=reading.read_on,
        value=reading.value,
        kind=reading.kind,
        revision=known.revision + 1 if known else 0,
        row=reading.row,
    )
