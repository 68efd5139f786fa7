"""The planted-fault report: faults are found, and estimates beat their baselines."""

from __future__ import annotations

import numpy as np
import pytest

from smarthub.jobs.bench.reads_quality import (
    CLOCK_CHANGE,
    FAULTS,
    Home,
    detect,
    false_alarms,
    fill_errors,
    load_homes,
)
from smarthub.metering.engine.checks import CheckSettings


@pytest.fixture(scope="module")
def measured() -> list[Home]:
    return [home for home in load_homes() if home.measured]


class TestReport:
    def test_like_days_beat_both_baselines_on_each_measured_home(
        self, measured: list[Home]
    ) -> None:
        rows = [row for home in measured for row in fill_errors(home, gaps=60, lengths=(6, 24))]

        assert len(rows) == 6
        assert all(row.wins for row in rows)

    def test_what_cannot_be_mistaken_is_never_missed(self, measured: list[Home]) -> None:
        rows = detect(measured[0], planted=20, settings=CheckSettings())

        sure = {*(kind for kind in FAULTS if "missing" in kind), CLOCK_CHANGE, "zero all day"}
        assert {row.kind for row in rows if not row.missed_by_intervals} >= sure
        assert all(row.planted for row in rows)

    def test_checks_switched_off_miss_what_they_found(self, measured: list[Home]) -> None:
        off = CheckSettings(high_times=1e9, spike_over_third=0, sum_part=0)

        (scaled,) = [
            row for row in detect(measured[0], planted=20, settings=off) if row.kind == "day x10"
        ]

        assert scaled.missed_with_register == 20

    def test_alarms_are_counted_a_year(self, measured: list[Home]) -> None:
        always = CheckSettings(high_times=0.0001)

        alarms = false_alarms(measured[0], settings=always)

        assert np.isclose(alarms[next(c for c in alarms if c == "high")], 365)
