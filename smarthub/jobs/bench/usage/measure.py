"""What is measured: a night of all meters, a year of one, and packed rows beside a row a read.

The night and the year go through the code that serves a co-op. The row-a-read table is made here
only to be compared with: same server, same values, same days, loaded by COPY as well, in turn.
"""

from __future__ import annotations

import datetime as dt
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from django.db import connection

from smarthub.jobs.bench.usage.yard import SLOTS, STEP_SECONDS, ZONE, daily_loads, write_night
from smarthub.kernel.period import Period, day_bounds
from smarthub.metering.engine.packing import COPY_HEADER, COPY_TRAILER
from smarthub.metering.operations import store_days
from smarthub.metering.queries import list_channels_by_id, read_range
from smarthub.metering.types import ChannelId, DayBlock, FileFacts, Findings, Integers, OnError
from smarthub.wiring.read_formats import WIDE
from smarthub.workflows.ingest_reads import ingest_interval_file

NIGHT = dt.date(2026, 6, 15)
YEAR = Period(dt.date(2025, 1, 1), dt.date(2026, 1, 1))
LOADED = Period(dt.date(2025, 5, 1), dt.date(2025, 5, 6))
"""Days loaded for the comparison: within one month, as a co-op's nights are."""
YEARS_READ = 40
RECEIVED = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)
LOOKS = 60
_KILO = 1024
_COPY_EPOCH = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_ROWS = """
CREATE UNLOGGED TABLE bench_row (
  channel_id bigint NOT NULL, starts_at timestamptz NOT NULL, value integer NOT NULL,
  PRIMARY KEY (channel_id, starts_at));
ALTER TABLE bench_row SET LOGGED;
CREATE INDEX bench_row_by_time ON bench_row USING brin (starts_at);
"""
_ROW_SIZE = "SELECT pg_total_relation_size('bench_row')"
_PACKED_SIZE = """
SELECT coalesce(sum(pg_total_relation_size(inhrelid)), 0) FROM pg_inherits
 WHERE inhparent = 'metering_interval_day'::regclass
"""
_ROW_YEAR = """
SELECT value FROM bench_row WHERE channel_id = %s AND starts_at >= %s AND starts_at < %s
 ORDER BY starts_at
"""


@dataclass(frozen=True, slots=True)
class Night:
    """One night's file of all meters, from the path to the store."""

    meters: int
    reads: int
    file_bytes: int
    seconds: float
    own_cpu_seconds: float
    peak_memory_bytes: int


def measure_night(*, folder: Path, meters: int) -> Night:
    """Write the file of a night, then import it as every file is imported."""
    path = folder / "night.csv"
    size = write_night(path=path, meters=meters, day=NIGHT)
    begun, cpu = time.perf_counter(), time.process_time()
    report = ingest_interval_file(
        path=path,
        profile=WIDE,
        on_error=OnError.REFUSE_FILE,
        received_at=RECEIVED,
        zone=ZONE,
    )
    seconds, own = time.perf_counter() - begun, time.process_time() - cpu
    path.unlink()
    if report.kept != meters:
        raise ValueError(f"{report.kept} of {meters} meters were kept: {report.problems[:3]}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KILO
    return Night(meters, meters * SLOTS, size, seconds, own, peak)


@dataclass(frozen=True, slots=True)
class Layouts:
    """Packed beside a row a read: how much worse the rows are, and a year of packed reads."""

    reads: int
    packed_bytes_a_read: float
    row_bytes_a_read: float
    packed_reads_a_second: float
    row_reads_a_second: float
    packed_year_ms: float
    row_year_ms: float
    packed_year_worst_ms: float


def compare_layouts(*, meters: int) -> Layouts:
    """Load some weeks of meters in both layouts, a day of each in turn; then read years back.

    Raises:
        ValueError: the two do not answer with the same values.
    """
    channels = _channels(meters)
    before = _size(_PACKED_SIZE)
    with connection.cursor() as cursor:
        cursor.execute(_ROWS)
    packed_seconds, row_seconds, reads = 0.0, 0.0, 0
    for day in LOADED:
        values = _values(channels, day)
        packed_seconds += _timed(partial(_store_packed, channels, day, values))
        row_seconds += _timed(partial(_store_rows, channels, day, values))
        reads += values.size
    packed_bytes, row_bytes = _size(_PACKED_SIZE) - before, _size(_ROW_SIZE)
    some = channels[:YEARS_READ]
    for day in YEAR:
        if day not in LOADED:
            values = _values(channels, day)[: len(some)]
            _store_packed(some, day, values)
            _store_rows(some, day, values)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE bench_row")
        cursor.execute("VACUUM ANALYZE metering_interval_day")
    packed, rows = _read_years(some)
    return Layouts(
        reads=reads,
        packed_bytes_a_read=packed_bytes / reads,
        row_bytes_a_read=row_bytes / reads,
        packed_reads_a_second=reads / packed_seconds,
        row_reads_a_second=reads / row_seconds,
        packed_year_ms=statistics.median(packed),
        row_year_ms=statistics.median(rows),
        packed_year_worst_ms=max(packed),
    )


def _values(channels: Integers, day: dt.date) -> Integers:
    """Return the day's loads, as many a meter as the day has intervals: 92, 96 or 100."""
    values = np.concatenate(list(daily_loads(meters=len(channels), day=day)))
    return np.concatenate([values, values[:, -4:]], axis=1)[:, : _slots(day)]


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _size(query: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return int(cursor.fetchone()[0])


def _channels(meters: int) -> Integers:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM metering_channel ORDER BY id LIMIT %s", [meters])
        return np.array([row[0] for row in cursor.fetchall()], np.int64)


def _slots(day: dt.date) -> int:
    begin, end = day_bounds(day, ZONE)
    return int((end - begin).total_seconds()) // STEP_SECONDS


def _store_packed(channels: Integers, day: dt.date, values: Integers) -> None:
    block = DayBlock(
        wide=False,
        channel_ids=channels,
        days=np.full(len(channels), day.toordinal()),
        rows=np.arange(len(channels)) + 2,
        values=values,
    )
    report = store_days(
        file=FileFacts(f"bench {day}", f"bench {day}", "wide", RECEIVED),
        on_error=OnError.REFUSE_FILE,
        findings=Findings(rows=len(channels)),
        blocks=[block],
    )
    if not report.stored:
        raise ValueError(f"{day} was not stored")


def _store_rows(channels: Integers, day: dt.date, values: Integers) -> None:
    """Load the same reads a row each, by binary COPY, which is the fastest way for them too."""
    begin = int((day_bounds(day, ZONE)[0] - _COPY_EPOCH).total_seconds()) * 1_000_000
    times = begin + np.arange(values.shape[1]) * STEP_SECONDS * 1_000_000
    records = np.zeros(
        values.size,
        [("n", ">i2"), ("a", ">i4"), ("channel", ">i8"), ("b", ">i4"), ("at", ">i8"),
         ("c", ">i4"), ("value", ">i4")],
    )  # fmt: skip
    records["n"], records["a"], records["b"], records["c"] = 3, 8, 8, 4
    records["channel"] = channels.repeat(values.shape[1])
    records["at"] = np.tile(times, len(channels))
    records["value"] = values.ravel()
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY bench_row FROM STDIN (FORMAT BINARY)") as copy,
    ):
        copy.write(COPY_HEADER + records.tobytes() + COPY_TRAILER)


def _read_years(channels: Integers) -> tuple[list[float], list[float]]:
    """Return milliseconds of years read in turn from both, after one look to warm them."""
    begin, end = day_bounds(YEAR.start, ZONE)[0], day_bounds(YEAR.end, ZONE)[0]
    known = list_channels_by_id(channel_ids=[ChannelId(int(each)) for each in channels])
    packed: list[float] = []
    rows: list[float] = []
    for look in range(LOOKS + 2):
        channel = known[ChannelId(int(channels[look % len(channels)]))]
        began = time.perf_counter()
        year = read_range(channel=channel, period=YEAR).values
        between = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(_ROW_YEAR, [channel.id, begin, end])
            by_rows = np.array([row[0] for row in cursor.fetchall()], np.int64)
        after = time.perf_counter()
        if not np.array_equal(year, by_rows):
            raise ValueError("the two layouts answer differently")
        if look > 1:
            packed.append((between - began) * 1000)
            rows.append((after - between) * 1000)
    return packed, rows
