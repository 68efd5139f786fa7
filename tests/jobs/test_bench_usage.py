"""The bench of reads takes a real night through the real importer, and says what it found."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from smarthub.jobs.bench.usage.measure import LOADED, NIGHT, Layouts, Night, measure_night
from smarthub.jobs.bench.usage.table import layout_rows, night_rows
from smarthub.jobs.bench.usage.yard import daily_loads, hang_meters
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


def test_a_missed_limit_is_called_so() -> None:
    slow = Night(10, 960, 100, seconds=16.0, own_cpu_seconds=1.0, peak_memory_bytes=10**9 + 1)
    poor = Layouts(1, 5.0, 99.0, 9.0, 1.0, 3.1, 61.0, 9.0)  # 19.8 x, 9 x, 19.7 x, 3.1 ms

    assert [held for *_, held in [*night_rows(slow), *layout_rows(poor)]] == [False] * 6


def test_the_comparison_loads_whole_days_of_one_month() -> None:
    assert LOADED.start.month == LOADED.last_day.month
