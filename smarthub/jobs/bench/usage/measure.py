"""What is measured: a night of all meters, a year of one, and packed rows beside a row a read.

The night and the year go through the code that serves a co-op. To compare layouts two tables are
made here, with a primary key and BRIN and without foreign keys: same server, same values, same
days, both loaded by one binary COPY a day, in turn. A year must come to the same answer both ways:
every step of the year on its place, known or not, with its quality.
"""

from __future__ import annotations

import datetime as dt
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from django.db import connection, transaction
from numpy.typing import NDArray

from smarthub.accounts.types import ServicePointId
from smarthub.jobs.bench.resources import forget_peak, peak_memory
from smarthub.jobs.bench.usage.yard import (
    SLOTS,
    STEP_SECONDS,
    ZONE,
    daily_loads,
    write_idle_night,
    write_night,
    write_singles,
)
from smarthub.kernel.period import Period, day_bounds
from smarthub.metering.engine.packing import COPY_HEADER, COPY_TRAILER, encode_days
from smarthub.metering.models import Channel, FailedCheck
from smarthub.metering.operations import store_days
from smarthub.metering.ports import ReadFormat
from smarthub.metering.types import (
    MISSING,
    DayBlock,
    FileFacts,
    Findings,
    Integers,
    OnError,
    Quality,
)
from smarthub.usage.queries import read_series
from smarthub.usage.queries.rows import fetch_prepared
from smarthub.wiring.read_formats import LONG, WIDE
from smarthub.workflows.reads.ingest_reads import ingest_interval_file

NIGHT = dt.date(2026, 6, 15)
IDLE_NIGHT = dt.date(2026, 6, 16)
SINGLES = Period(dt.date(2026, 4, 1), dt.date(2026, 5, 1))
"""The month whose reads come one a row."""
YEAR = Period(dt.date(2025, 1, 1), dt.date(2026, 1, 1))
LOADED = Period(dt.date(2025, 5, 1), dt.date(2025, 5, 6))
"""Days loaded for the comparison: within one month, as a co-op's nights are."""
YEARS_READ = 40
RECEIVED = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)
ROUNDS, LOOKS_A_ROUND = 6, 10
_COPY_EPOCH = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_LAYOUTS = """
CREATE TABLE bench_row (
  channel_id bigint NOT NULL, starts_at timestamptz NOT NULL, value integer NOT NULL,
  quality smallint NOT NULL, PRIMARY KEY (channel_id, starts_at));
CREATE INDEX bench_row_by_time ON bench_row USING brin (starts_at);
CREATE TABLE bench_day (
  channel_id bigint NOT NULL, day date NOT NULL, total bigint NOT NULL, peak integer NOT NULL,
  v bytea NOT NULL, q bytea, file_id integer NOT NULL, PRIMARY KEY (channel_id, day));
CREATE INDEX bench_day_by_day ON bench_day USING brin (day) WITH (pages_per_range = 16);
CREATE TABLE bench_kept (
  channel_id bigint NOT NULL REFERENCES metering_channel (id), starts_at timestamptz NOT NULL,
  value integer NOT NULL, quality smallint NOT NULL,
  file_id bigint NOT NULL REFERENCES metering_readfile (id),
  PRIMARY KEY (channel_id, starts_at));
CREATE INDEX bench_kept_by_time ON bench_kept USING brin (starts_at);
CREATE TABLE bench_staged (
  channel_id bigint, starts_at timestamptz, value integer, quality smallint);
"""
_MERGE_ROWS = """
INSERT INTO bench_kept (channel_id, starts_at, value, quality, file_id)
SELECT channel_id, starts_at, value, quality, (SELECT max(id) FROM metering_readfile)
  FROM bench_staged ORDER BY starts_at, channel_id ON CONFLICT (channel_id, starts_at) DO NOTHING
"""
_SIZE = "SELECT pg_total_relation_size(%s)"
_ROW_YEAR = """
SELECT extract(epoch FROM starts_at)::bigint, value, quality FROM bench_row
 WHERE channel_id = %s AND starts_at >= %s AND starts_at < %s ORDER BY starts_at
"""
_ROW_VALUES = """
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
    forget_peak()
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
    return Night(meters, meters * SLOTS, size, seconds, own, peak_memory())


@dataclass(frozen=True, slots=True)
class Large:
    """A file as large as any, from the path to the store, and the memory it took at the most."""

    rows: int
    file_bytes: int
    seconds: float
    peak_memory_bytes: int
    failed_checks: int = 0


def measure_singles(*, folder: Path, rows: int) -> Large:
    """Import a month of reads of which each has a row; so many meters that there are ``rows``."""
    meters = -(-rows // (SINGLES.days * SLOTS))
    path = folder / "singles.csv"
    size = write_singles(path=path, meters=meters, days=SINGLES)
    return _large(path, LONG, size, meters * SINGLES.days * SLOTS)


def measure_idle_night(*, folder: Path, meters: int) -> Large:
    """Import a night on which every meter fails a check."""
    path = folder / "idle.csv"
    size = write_idle_night(path=path, meters=meters, day=IDLE_NIGHT)
    large = _large(path, WIDE, size, meters)
    failed = FailedCheck.objects.filter(day=IDLE_NIGHT).count()
    if failed < meters:
        raise ValueError(f"{failed} of {meters} failed checks were kept")
    return replace(large, failed_checks=failed)


def _large(path: Path, layout: ReadFormat, size: int, rows: int) -> Large:
    forget_peak()
    begun = time.perf_counter()
    report = ingest_interval_file(
        path=path, profile=layout, on_error=OnError.REFUSE_FILE, received_at=RECEIVED, zone=ZONE
    )
    seconds = time.perf_counter() - begun
    path.unlink()
    if report.kept != rows:
        raise ValueError(f"{report.kept} of {rows} rows were kept: {report.problems[:3]}")
    return Large(rows, size, seconds, peak_memory())


@dataclass(frozen=True, slots=True)
class Layouts:
    """Packed beside a row a read: how much worse the rows are, and a year of packed reads."""

    packed_bytes_a_read: float
    row_bytes_a_read: float
    packed_reads_a_second: float
    row_reads_a_second: float
    whole_way_reads_a_second: float
    merged_rows_a_second: float
    packed_year_ms: float
    row_year_ms: float
    row_values_ms: float
    packed_year_worst_ms: float


_Year = tuple[Integers, NDArray[np.uint8] | None]


class _Looks(NamedTuple):
    """Milliseconds of years read: packed, by rows, and the rows' values alone."""

    packed: list[float]
    rows: list[float]
    values: list[float]


@dataclass(slots=True)
class _Loads:
    """Seconds spent on the same days: packed, by rows, and packed through every check.

    And on the first of them, for it takes long: by rows, staged and merged with the same keys.
    """

    packed: float = 0.0
    rows: float = 0.0
    whole_way: float = 0.0
    reads: int = 0
    rows_merged: float = 0.0
    reads_merged: int = 0


def compare_layouts(*, meters: int) -> Layouts:
    """Load some days of meters in both layouts, a day of each in turn; then read years back.

    Raises:
        ValueError: the two do not answer with the same values.
    """
    channels = _channels(meters)
    with connection.cursor() as cursor:
        cursor.execute(_LAYOUTS)
    loads = _Loads()
    for day in LOADED:
        values = _values(channels, day)
        loads.packed += _timed(partial(_copy_days, channels, day, values))
        loads.rows += _timed(partial(_copy_rows, channels, day, values))
        loads.whole_way += _timed(partial(_store, channels, day, values))
        loads.reads += values.size
        if day == LOADED.start:
            loads.rows_merged = _timed(partial(_merge_rows, channels, day, values))
            loads.reads_merged = values.size
    packed_bytes, row_bytes = _size("bench_day"), _size("bench_row")
    _fill_year(channels[:YEARS_READ])
    looks = _read_years(channels[:YEARS_READ])
    return Layouts(
        packed_bytes_a_read=packed_bytes / loads.reads,
        row_bytes_a_read=row_bytes / loads.reads,
        packed_reads_a_second=loads.reads / loads.packed,
        row_reads_a_second=loads.reads / loads.rows,
        whole_way_reads_a_second=loads.reads / loads.whole_way,
        merged_rows_a_second=loads.reads_merged / loads.rows_merged,
        packed_year_ms=statistics.median(looks.packed),
        row_year_ms=statistics.median(looks.rows),
        row_values_ms=statistics.median(looks.values),
        packed_year_worst_ms=max(looks.packed),
    )


def _fill_year(channels: Integers) -> None:
    """Store the rest of the year of some channels, in the store itself and by rows."""
    for day in YEAR:
        if day not in LOADED:
            values = _values(channels, day)
            _store(channels, day, values)
            _copy_rows(channels, day, values)
    _tidy()


def _tidy() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE bench_row")
        cursor.execute("VACUUM ANALYZE metering_interval_day")


def _values(channels: Integers, day: dt.date) -> Integers:
    """Return the day's loads, as many a meter as the day has intervals: 92, 96 or 100."""
    values = np.concatenate(list(daily_loads(meters=len(channels), day=day)))
    return np.concatenate([values, values[:, -4:]], axis=1)[:, : _slots(day)]


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _size(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_SIZE, [table])
        return int(cursor.fetchone()[0])


def _channels(meters: int) -> Integers:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM metering_channel ORDER BY id LIMIT %s", [meters])
        return np.array([row[0] for row in cursor.fetchall()], np.int64)


def _slots(day: dt.date) -> int:
    begin, end = day_bounds(day, ZONE)
    return int((end - begin).total_seconds()) // STEP_SECONDS


def _block(channels: Integers, day: dt.date, values: Integers) -> DayBlock:
    return DayBlock(
        wide=False,
        channel_ids=channels,
        days=np.full(len(channels), day.toordinal()),
        rows=np.arange(len(channels)) + 2,
        values=values,
    )


def _store(channels: Integers, day: dt.date, values: Integers) -> None:
    """Store a day by the operation every file ends in."""
    report = store_days(
        file=FileFacts(f"bench {day}", f"bench {day} {len(channels)}", "wide", RECEIVED),
        on_error=OnError.REFUSE_FILE,
        findings=Findings(rows=len(channels)),
        blocks=[_block(channels, day, values)],
    )
    if not report.stored:
        raise ValueError(f"{day} was not stored")


def _copy_days(channels: Integers, day: dt.date, values: Integers) -> None:
    _copy("bench_day", encode_days(_block(channels, day, values)))


def _merge_rows(channels: Integers, day: dt.date, values: Integers) -> None:
    """Load the same reads a row each as the store takes days: staged, then merged, with keys.

    Without any of the checks, and in one transaction too.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        _copy_rows(channels, day, values, table="bench_staged")
        cursor.execute("ANALYZE bench_staged")
        cursor.execute("SET LOCAL work_mem = '128MB'")
        cursor.execute(_MERGE_ROWS)
        if cursor.rowcount != values.size:
            raise ValueError(f"{cursor.rowcount} of {values.size} reads were merged")
        cursor.execute("TRUNCATE bench_staged")


def _copy_rows(
    channels: Integers, day: dt.date, values: Integers, *, table: str = "bench_row"
) -> None:
    """Load the same reads a row each, by binary COPY, which is the fastest way for them too."""
    begin = int((day_bounds(day, ZONE)[0] - _COPY_EPOCH).total_seconds()) * 1_000_000
    times = begin + np.arange(values.shape[1]) * STEP_SECONDS * 1_000_000
    records = np.zeros(
        values.size,
        [("n", ">i2"), ("a", ">i4"), ("channel", ">i8"), ("b", ">i4"), ("at", ">i8"),
         ("c", ">i4"), ("value", ">i4"), ("d", ">i4"), ("quality", ">i2")],
    )  # fmt: skip
    records["n"], records["a"], records["b"], records["c"], records["d"] = 4, 8, 8, 4, 2
    records["channel"] = channels.repeat(values.shape[1])
    records["at"] = np.tile(times, len(channels))
    records["value"] = values.ravel()
    _copy(table, records.tobytes())


def _copy(table: str, records: bytes) -> None:
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as copy,
    ):
        copy.write(COPY_HEADER + records + COPY_TRAILER)


def _read_years(channels: Integers) -> _Looks:
    """Return milliseconds of years read: each layout some in a row, taking turns, warmed before.

    Packed as the portal reads them; by rows to the same answer; and only the values of rows, which
    say neither when they were nor what is missing. All three by a prepared statement, in binary.

    Raises:
        ValueError: the two do not answer with the same values.
    """
    points = _points(channels)
    ways: tuple[Callable[[int], _Year], ...] = (
        partial(_packed_year, points),
        _year_by_rows,
        _values_by_rows,
    )
    looks = _Looks([], [], [])
    for turn in range(ROUNDS + 1):
        chosen = [
            int(channels[n % len(channels)])
            for n in range(turn * LOOKS_A_ROUND, (turn + 1) * LOOKS_A_ROUND)
        ]
        answers = []
        for way, spent in zip(ways, looks, strict=True):
            answers.append(way(chosen[0]))
            spent.extend(_timed(partial(way, each)) * 1000 for each in chosen if turn)
        _refuse_unequal(answers)
    return looks


def _refuse_unequal(answers: Sequence[_Year]) -> None:
    (values, quality), *others = answers
    for other_values, other_quality in others:
        same = np.array_equal(values, other_values)
        if quality is not None and other_quality is not None:
            same = same and np.array_equal(quality, other_quality)
        if not same:
            raise ValueError("the two layouts answer differently")


def _packed_year(points: Mapping[int, ServicePointId], channel: int) -> _Year:
    year = read_series(service_point_id=points[channel], period=YEAR, zone=ZONE)
    if year is None:
        raise ValueError(f"channel {channel} has no year")
    return year.values, year.quality


def _points(channels: Integers) -> dict[int, ServicePointId]:
    rows = Channel.objects.filter(pk__in=channels.tolist()).values_list("pk", "service_point_id")
    return {channel: ServicePointId(point) for channel, point in rows}


def _year_by_rows(channel: int) -> _Year:
    """Return every step of the year from rows, each on its place, as ``read_series`` does."""
    begin, end = (int(at.timestamp()) for at in _year_bounds())
    values = np.full((end - begin) // STEP_SECONDS, MISSING, np.int64)
    quality = np.full(len(values), Quality.MISSING, np.uint8)
    rows = _fetch_rows(_ROW_YEAR, channel)
    places = (rows[:, 0] - begin) // STEP_SECONDS
    values[places], quality[places] = rows[:, 1], rows[:, 2]
    return values, quality


def _values_by_rows(channel: int) -> _Year:
    return _fetch_rows(_ROW_VALUES, channel)[:, 0], None


def _fetch_rows(query: str, channel: int) -> Integers:
    return np.array(fetch_prepared(query, [channel, *_year_bounds()]), np.int64)


def _year_bounds() -> tuple[dt.datetime, dt.datetime]:
    return day_bounds(YEAR.start, ZONE)[0], day_bounds(YEAR.end, ZONE)[0]
