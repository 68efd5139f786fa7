"""The bench of reads takes a real night through the real importer, and says what it found."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from smarthub.jobs.bench.usage import measure
from smarthub.jobs.bench.usage.measure import (
    LOADED,
    NIGHT,
    SINGLES,
    Large,
    Layouts,
    Night,
    compare_layouts,
    measure_idle_night,
    measure_night,
    measure_singles,
)
from smarthub.jobs.bench.usage.table import large_rows, layout_rows, night_rows
from smarthub.jobs.bench.usage.yard import daily_loads, hang_meters
from smarthub.kernel.period import Period
from smarthub.metering.models import IntervalDay


@pytest.mark.django_db
def test_a_night_goes_from_the_file_into_the_store_whole(tmp_path: Path) -> None:
    hang_meters(meters=30)

    night = measure_night(folder=tmp_path, meters=30)

    values = np.concatenate(list(daily_loads(meters=30, day=NIGHT)))
    totals = IntervalDay.objects.order_by("channel_id").values_list("total", flat=True)
    assert list(totals) == values.sum(axis=1).tolist()
    assert (night.meters, night.reads) == (30, 2880)
    assert not list(tmp_path.iterdir())


@pytest.mark.django_db
def test_files_that_could_fill_the_memory_are_taken_in_whole(tmp_path: Path) -> None:
    hang_meters(meters=3)

    large = measure_singles(folder=tmp_path, rows=8000)
    idle = measure_idle_night(folder=tmp_path, meters=3)

    values = np.concatenate(list(daily_loads(meters=3, day=SINGLES.start)))
    first = IntervalDay.objects.filter(day=SINGLES.start).order_by("channel_id")
    assert list(first.values_list("total", flat=True)) == values.sum(axis=1).tolist()
    assert large.rows == 3 * 30 * 96
    assert (idle.rows, idle.failed_checks) == (3, 3)
    assert min(large.peak_memory_bytes, idle.peak_memory_bytes) > 10**6


def test_a_missed_limit_is_called_so() -> None:
    slow = Night(10, 960, 100, seconds=16.0, own_cpu_seconds=1.0, peak_memory_bytes=10**9 + 1)
    # 19.8 x, 9 x, 9.8 x, 19.7 x, 3.1 ms
    poor = Layouts(5.0, 99.0, 9.0, 1.0, 0.5, 0.051, 3.1, 61.0, 14.0, 9.0)

    fat = Large(10, 100, seconds=1.0, peak_memory_bytes=10**9 + 1)

    rows = [*night_rows(slow), *large_rows(fat, fat), *layout_rows(poor)]
    assert [held for *_, held in rows] == [False] * 9


@pytest.mark.django_db
def test_both_layouts_answer_with_the_same_year(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three days of March, with the one of 23 hours, stand for the year."""
    days = Period(dt.date(2025, 3, 8), dt.date(2025, 3, 11))
    monkeypatch.setattr(measure, "YEAR", days)
    monkeypatch.setattr(measure, "LOADED", Period(days.start, dt.date(2025, 3, 10)))
    monkeypatch.setattr(measure, "ROUNDS", 1)
    hang_meters(meters=5)
    # VACUUM, which fills this table's map of visible rows, cannot run inside a test's transaction.
    monkeypatch.setattr(measure, "_tidy", lambda: None)

    layouts = compare_layouts(meters=5)

    assert min(layouts.packed_bytes_a_read, layouts.merged_rows_a_second) > 0
    assert min(layouts.packed_year_ms, layouts.row_year_ms, layouts.row_values_ms) > 0


def test_the_comparison_loads_whole_days_of_one_month() -> None:
    assert LOADED.start.month == LOADED.last_day.month
