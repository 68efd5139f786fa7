"""Files of reads: what became of them, and what they came to."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import fields
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import connection

from smarthub.kernel.period import Period, day_bounds
from smarthub.metering.models import (
    ReadFile,
    ReadImport,
    RegisterRead,
)
from smarthub.metering.queries.meters import list_channels_by_id
from smarthub.metering.queries.reads import read_days
from smarthub.metering.types import (
    MISSING,
    FileTotals,
    GivenFile,
    ImportReport,
    Problem,
    RowProblem,
    UnderstoodRead,
)


def find_report(*, sha256: str) -> ImportReport | None:
    """Return what became of the file with these contents, if it was taken in before."""
    file = ReadFile.objects.filter(sha256=sha256).first()
    if file is None:
        return None
    return ImportReport(
        file_name=file.name,
        sha256=sha256,
        rows=file.rows,
        kept=file.rows_kept,
        already_known=True,
        problems=list_problems(sha256=sha256),
        stored=False,
    )


def list_problems(*, sha256: str) -> tuple[RowProblem, ...]:
    """Return the rows of a file that were not kept, in the order of the file."""
    rows = ReadFile.objects.filter(sha256=sha256, problems__isnull=False).values_list(
        "problems__row", "problems__code", "problems__values"
    )
    return tuple(
        RowProblem(row, Problem(code), values)
        for row, code, values in rows.order_by("problems__row", "problems__pk")
    )


_FILE_TOTALS = """
SELECT c.flow, c.unit, count(DISTINCT c.service_point_id), count(*),
       sum(d.total * power(10::numeric, c.exponent))
  FROM metering_interval_day d
  JOIN metering_readfile f ON f.id = d.file_id AND f.sha256 = %s
  JOIN metering_channel c ON c.id = d.channel_id
 GROUP BY c.flow, c.unit ORDER BY c.flow, c.unit
"""

_FILE_DAYS = """
SELECT d.channel_id, d.day,
       (SELECT m.serial FROM metering_meterinstall i JOIN metering_meter m ON m.id = i.meter_id
         WHERE i.service_point_id = c.service_point_id AND i.installed_on <= d.day
         ORDER BY i.installed_on DESC LIMIT 1)
  FROM metering_interval_day d
  JOIN metering_readfile f ON f.id = d.file_id AND f.sha256 = %s
  JOIN metering_channel c ON c.id = d.channel_id
 ORDER BY d.day, d.channel_id LIMIT 3
"""


def list_file_totals(*, sha256: str) -> tuple[FileTotals, ...]:
    """Return what the days a file wrote come to, by flow and unit: one query."""
    with connection.cursor() as cursor:
        cursor.execute(_FILE_TOTALS, [sha256])
        return tuple(
            FileTotals(flow, unit, meters, days, total.normalize())
            for flow, unit, meters, days, total in cursor.fetchall()
        )


def list_understood_reads(*, sha256: str, zone: ZoneInfo, limit: int) -> tuple[UnderstoodRead, ...]:
    """Return the first reads a file wrote, as they are stored."""
    with connection.cursor() as cursor:
        cursor.execute(_FILE_DAYS, [sha256])
        rows = cursor.fetchall()
    reads: list[UnderstoodRead] = []
    for channel_id, day, serial in rows:
        channel = list_channels_by_id(channel_ids=[channel_id])[channel_id]
        period = Period(day, day + dt.timedelta(days=1))
        (stored,) = read_days(channel_ids=[channel_id], period=period)
        begin = day_bounds(day, zone)[0]
        reads.extend(
            UnderstoodRead(
                serial,
                channel.flow,
                begin + dt.timedelta(seconds=n * stored.step_seconds),
                Decimal(int(value)).scaleb(stored.exponent),
                stored.unit,
            )
            for n, value in enumerate(stored.values)
            if value != MISSING
        )
    registers = RegisterRead.objects.filter(file__sha256=sha256).select_related("register__meter")
    reads.extend(
        UnderstoodRead(
            row.register.meter.serial,
            row.register.flow,
            day_bounds(row.read_on, zone)[0],
            row.value,
            row.register.unit,
        )
        for row in registers.order_by("row")[:limit]
    )
    return tuple(reads[:limit])


def list_given_files(*, limit: int) -> tuple[GivenFile, ...]:
    """Return the newest files given at the desk: one query."""
    rows = ReadImport.objects.order_by("-given_at", "-pk")[:limit]
    return tuple(_given_file(row) for row in rows)


def list_working_files() -> tuple[GivenFile, ...]:
    """Return the files that wait for a job or are in the hands of one: one query."""
    states = (ReadImport.State.RUNNING, ReadImport.State.WAITING)
    rows = ReadImport.objects.filter(state__in=states).order_by("given_at", "pk")
    return tuple(_given_file(row) for row in rows)


def find_given_file(*, key: uuid.UUID) -> GivenFile | None:
    """Return a file given at the desk, if there is one of this key."""
    row = ReadImport.objects.filter(key=key).first()
    return None if row is None else _given_file(row)


def _given_file(row: ReadImport) -> GivenFile:
    return GivenFile(**{each.name: getattr(row, each.name) for each in fields(GivenFile)})
