"""Take in a file of reads: read, check and store it whole, or say row by row what is wrong.

Nothing is half-written, and the same file again changes nothing (domain rules 129 and 135).
``profile`` comes from ``wiring.read_formats``.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from smarthub.cooperative.queries import list_policies
from smarthub.kernel.period import local_day
from smarthub.metering import operations, queries
from smarthub.metering.engine.checks import CheckSettings
from smarthub.metering.engine.days import ZoneDays
from smarthub.metering.engine.intervals import DayRowChecks, MeterBook
from smarthub.metering.engine.register_rows import RegisterRowChecks
from smarthub.metering.engine.single_reads import SingleReadChecks
from smarthub.metering.engine.temperatures import TemperatureChecks
from smarthub.metering.ports import ReadFormat, refuse_too_many
from smarthub.metering.types import (
    DELIVERED,
    FileFacts,
    Findings,
    ImportReport,
    OnError,
    Progress,
    RowBatch,
)

CHECKS_POLICY = "read.checks"


def ingest_interval_file(
    *,
    path: Path,
    profile: ReadFormat,
    on_error: OnError,
    received_at: dt.datetime,
    zone: ZoneInfo,
    progress: Progress | None = None,
    flow: str = DELIVERED,
) -> ImportReport:
    """Take in a file of intervals: ``WIDE`` (a day a row), or any layout of a read a row.

    Args:
        path: The file.
        profile: Its layout.
        on_error: Whether to keep the good rows of a file with bad ones, or to refuse it.
        received_at: When it came; no read may be later.
        zone: The co-op's zone, whose local days are stored.
        progress: Told how many bytes are read, and of how many.
        flow: ``received`` for a ``WIDE`` file of what members delivered to us (domain rule 19).
    """
    findings = Findings()
    settings = check_settings(on=local_day(received_at, zone))
    shared: dict[str, Any] = {
        "days": ZoneDays(zone),
        "book": _meter_book(),
        "received_at": received_at,
    }
    checks: SingleReadChecks | DayRowChecks
    if profile.name == "wide":
        checks = DayRowChecks(**shared, findings=findings, settings=settings, flow=flow)
    else:
        checks = SingleReadChecks(**shared, findings=findings, settings=settings)
    return operations.store_days(
        file=_facts(path, profile, received_at, key="" if flow == DELIVERED else flow),
        on_error=on_error,
        findings=findings,
        blocks=checks.blocks(_watched(path, profile, findings, progress)),
    )


def ingest_register_file(
    *,
    path: Path,
    profile: ReadFormat,
    on_error: OnError,
    received_at: dt.datetime,
    zone: ZoneInfo,
    progress: Progress | None = None,
) -> ImportReport:
    """Take in a file of register reads, profile ``REGISTERS``; arguments as for intervals."""
    findings = Findings()
    checks = RegisterRowChecks(
        book=MeterBook(lambda serials: queries.list_meters(serials=serials, with_registers=True)),
        kinds=queries.READ_KINDS,
        last_day=local_day(received_at, zone),
        findings=findings,
    )
    return operations.store_register_reads(
        file=_facts(path, profile, received_at),
        on_error=on_error,
        findings=findings,
        read=lambda: checks.readings(_watched(path, profile, findings, progress)),
    )


def ingest_temperature_file(
    *,
    path: Path,
    profile: ReadFormat,
    station: str,
    on_error: OnError,
    received_at: dt.datetime,
    zone: ZoneInfo,
    progress: Progress | None = None,
) -> ImportReport:
    """Take in hourly temperatures, profile ``TEMPERATURE``, as days of ``station``.

    The same file may be given for two stations: a file is known together with its station.
    """
    findings = Findings()
    checks = TemperatureChecks(days=ZoneDays(zone), received_at=received_at, findings=findings)
    return operations.store_station_days(
        file=_facts(path, profile, received_at, key=station),
        on_error=on_error,
        findings=findings,
        station=station,
        read=lambda: checks.readings(_watched(path, profile, findings, progress)),
    )


def check_settings(*, on: dt.date) -> CheckSettings:
    """Return what the co-op decided about the checks of values (policy ``read.checks``)."""
    return CheckSettings.from_policy(list_policies(on=on).get(CHECKS_POLICY, {}))


def _meter_book() -> MeterBook:
    return MeterBook(lambda serials: queries.list_meters(serials=serials))


def _facts(
    path: Path, profile: ReadFormat, received_at: dt.datetime, *, key: str = ""
) -> FileFacts:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, lambda: hashlib.sha256(key.encode()))
    return FileFacts(path.name, digest.hexdigest(), profile.name, received_at)


def _watched(
    path: Path, profile: ReadFormat, findings: Findings, progress: Progress | None
) -> Iterator[RowBatch]:
    """Yield the file's batches, counting rows and passing on what the format found."""
    size = path.stat().st_size
    for batch in profile.batches(path):
        findings.rows += len(batch.rows) + len(batch.problems)
        findings.problems.extend(batch.problems)
        if batch.rows:
            yield batch
        refuse_too_many(findings)
        if progress:
            progress(batch.bytes_read, size)
