"""The table of ``smarthub bench usage``: each figure beside its limit."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from smarthub.jobs.bench.usage.measure import (
    Large,
    Layouts,
    Night,
    compare_layouts,
    measure_idle_night,
    measure_night,
    measure_singles,
)
from smarthub.jobs.bench.usage.yard import hang_meters

NIGHT_SECONDS = 15.0
NIGHT_MEMORY_MB = 1000
SMALLER, FASTER_LOAD, FASTER_YEAR = 20.0, 10.0, 20.0
YEAR_MS = 3.0
_MEGA = 1_000_000


def tell_usage(*, meters: int, singles: int, compared: int, say: Callable[[str], object]) -> bool:
    """Measure in this database, which must be empty and is left full; say whether all held.

    Args:
        meters: How many the night has.
        singles: How many rows the file has in which each read has one.
        compared: How many of them get a year in both layouts.
        say: Told each line.
    """
    hang_meters(meters=meters)
    with tempfile.TemporaryDirectory() as folder:
        night = measure_night(folder=Path(folder), meters=meters)
        large = measure_singles(folder=Path(folder), rows=singles)
        idle = measure_idle_night(folder=Path(folder), meters=meters)
    layouts = compare_layouts(meters=compared)
    rows = [*night_rows(night), *large_rows(large, idle), *layout_rows(layouts)]
    say("| figure | measured | limit | verdict |")
    say("|---|---|---|---|")
    for name, measured, limit, held in rows:
        say(f"| {name} | {measured} | {limit} | {'held' if held else 'over'} |")
    return all(held for _name, _measured, _limit, held in rows)


_Row = tuple[str, str, str, bool]


def night_rows(night: Night) -> list[_Row]:
    """Return what a night came to, each figure beside its limit."""
    memory = night.peak_memory_bytes / _MEGA
    return [
        (
            f"a night of {night.meters:,} meters, {night.file_bytes / _MEGA:.0f} MB, to the store",
            f"{night.seconds:.1f} s, {night.own_cpu_seconds:.1f} s of them our own processor's",
            f"{NIGHT_SECONDS:.0f} s, aimed at",
            night.seconds <= NIGHT_SECONDS,
        ),
        (
            "memory at the most",
            f"{memory:.0f} MB",
            f"{NIGHT_MEMORY_MB} MB",
            memory <= NIGHT_MEMORY_MB,
        ),
    ]


def large_rows(large: Large, idle: Large) -> list[_Row]:
    """Return what files took that could have filled the memory, each beside the limit."""
    return [
        (
            f"memory for {large.rows:,} reads, a row each ({large.file_bytes / _MEGA:.0f} MB)",
            f"{large.peak_memory_bytes / _MEGA:.0f} MB ({large.seconds:.0f} s)",
            f"{NIGHT_MEMORY_MB} MB",
            large.peak_memory_bytes <= NIGHT_MEMORY_MB * _MEGA,
        ),
        (
            f"memory for a night that fails {idle.failed_checks:,} checks",
            f"{idle.peak_memory_bytes / _MEGA:.0f} MB ({idle.seconds:.0f} s)",
            f"{NIGHT_MEMORY_MB} MB",
            idle.peak_memory_bytes <= NIGHT_MEMORY_MB * _MEGA,
        ),
    ]


def layout_rows(layouts: Layouts) -> list[_Row]:
    """Return how the two layouts compare, each figure beside its limit."""
    packed, rows = layouts.packed_bytes_a_read, layouts.row_bytes_a_read
    smaller = rows / packed
    by_rows, values = layouts.row_year_ms, layouts.row_values_ms
    year = by_rows / layouts.packed_year_ms
    return [
        (
            "packed beside a row a read: smaller",
            f"{smaller:.1f} x ({packed:.2f} and {rows:.1f} bytes a read)",
            f"{SMALLER:.0f} x",
            smaller >= SMALLER,
        ),
        *_load_rows(layouts),
        (
            "faster for a year of raw reads",
            f"{year:.1f} x (by rows {by_rows:.1f} ms, their values alone {values:.1f})",
            f"{FASTER_YEAR:.0f} x",
            year >= FASTER_YEAR,
        ),
        (
            "a year of quarter-hours, store to numpy, warm, median",
            f"{layouts.packed_year_ms:.2f} ms (slowest {layouts.packed_year_worst_ms:.1f})",
            f"{YEAR_MS:.0f} ms",
            layouts.packed_year_ms <= YEAR_MS,
        ),
    ]


def _load_rows(layouts: Layouts) -> list[_Row]:
    """Return how fast both are loaded: bare, and merged into what may be there already."""
    packed, rows, whole, merged = (
        each / _MEGA
        for each in (
            layouts.packed_reads_a_second,
            layouts.row_reads_a_second,
            layouts.whole_way_reads_a_second,
            layouts.merged_rows_a_second,
        )
    )
    bare, kept = packed / rows, whole / merged
    told = f"{whole / rows:.1f}"
    return [
        (
            "faster to load, day by day",
            f"{bare:.1f} x ({packed:.2f} and {rows:.2f} M reads/s)",
            f"{FASTER_LOAD:.0f} x",
            bare >= FASTER_LOAD,
        ),
        (
            "faster to load, merged and with keys, packed through every check",
            f"{kept:.1f} x ({whole:.2f} and {merged:.3f} M reads/s; {told} x bare rows)",
            f"{FASTER_LOAD:.0f} x",
            kept >= FASTER_LOAD,
        ),
    ]
