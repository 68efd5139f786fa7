"""Import a file under a named profile, or try it: the same path, undone at the end.

A trial goes through every check and every write in one transaction and is then rolled back, so
what it shows is what an import would do, not what another program thinks it would.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import transaction

from smarthub.cooperative.queries import list_policies
from smarthub.metering import queries
from smarthub.metering.ports import ReadFormat
from smarthub.metering.profiles import POLICY_PREFIX, MappingProfile, profile_from_policy
from smarthub.metering.types import FileTotals, ImportReport, OnError, Progress, UnderstoodRead
from smarthub.workflows.reads.ingest_reads import (
    ingest_interval_file,
    ingest_register_file,
    ingest_temperature_file,
)

FIRST_READS = 12
"""So many reads a preview shows as they were understood."""


@dataclass(frozen=True, slots=True)
class Order:
    """A file to be imported, and how."""

    path: Path
    layout: ReadFormat
    on_error: OnError
    received_at: dt.datetime
    zone: ZoneInfo
    station: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import did, or would do."""

    report: ImportReport
    first: tuple[UnderstoodRead, ...]
    totals: tuple[FileTotals, ...]


def list_mapping_profiles(*, on: dt.date) -> dict[str, MappingProfile]:
    """Return the co-op's own profiles in force on a day, by name.

    Raises:
        ProfileRefused: a policy states one that cannot be.
    """
    return {
        key.removeprefix(POLICY_PREFIX): profile_from_policy(
            name=key.removeprefix(POLICY_PREFIX), value=value
        )
        for key, value in list_policies(on=on).items()
        if key.startswith(POLICY_PREFIX)
    }


def import_file(*, order: Order, progress: Progress | None = None) -> ImportReport:
    """Take in a file as ordered; see ``ingest_reads``."""
    if order.layout.name == "registers":
        return ingest_register_file(
            path=order.path,
            profile=order.layout,
            on_error=order.on_error,
            received_at=order.received_at,
            zone=order.zone,
            progress=progress,
        )
    if order.layout.name == "temperature":
        return ingest_temperature_file(
            path=order.path,
            profile=order.layout,
            station=order.station,
            on_error=order.on_error,
            received_at=order.received_at,
            zone=order.zone,
            progress=progress,
        )
    return ingest_interval_file(
        path=order.path,
        profile=order.layout,
        on_error=order.on_error,
        received_at=order.received_at,
        zone=order.zone,
        progress=progress,
    )


def try_file(*, order: Order, progress: Progress | None = None) -> Preview:
    """Say what importing a file would do, and leave nothing of it."""
    with transaction.atomic():
        report = import_file(order=order, progress=progress)
        preview = Preview(
            report,
            queries.list_understood_reads(sha256=report.sha256, zone=order.zone, limit=FIRST_READS),
            queries.list_file_totals(sha256=report.sha256),
        )
        transaction.set_rollback(True)
    return preview
