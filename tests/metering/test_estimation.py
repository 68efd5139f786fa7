"""Estimates: straight lines, like days, the register's total, and what they never touch."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthub.kernel.period import Period
from smarthub.metering.engine.days import wall_columns
from smarthub.metering.engine.estimation import (
    MOST_SCALING,
    ChannelDays,
    EstimateSettings,
    Gap,
    fill_gaps,
    find_gaps,
    scale_to,
    straight_line,
)
from smarthub.metering.engine.register_estimates import (
    CountingRegister,
    estimate_use,
    shown_after,
)
from smarthub.metering.types import MISSING, Quality
from tests.metering.yard import CHICAGO, FALL_BACK, SPRING_FORWARD

ONE_TO_ONE = CountingRegister(dials=6, multiplier=Decimal(1))


def hours_of(days: list[list[int]]) -> ChannelDays:
    """Return ordinary days of hours, the first a Monday."""
    values = np.array([value for day in days for value in day], np.int64)
    return ChannelDays(
        values=values,
        quality=np.zeros(len(values), np.uint8),
        day=np.arange(len(days)).repeat(24),
        column=np.tile(np.arange(24), len(days)),
        weekend=np.arange(len(days)) % 7 >= 5,
        degrees_c=np.full(len(days), np.nan),
        step_seconds=3600,
    )


class TestWallColumns:
    def test_the_hour_shown_twice_has_the_same_step_and_the_one_left_out_none(self) -> None:
        autumn = wall_columns(FALL_BACK, CHICAGO, 3600)
        spring = wall_columns(SPRING_FORWARD, CHICAGO, 3600)

        assert autumn.tolist() == [0, 1, 1, *range(2, 24)]
        assert spring.tolist() == [0, 1, *range(3, 24)]


class TestStraightLine:
    def test_is_the_line_between_its_neighbours(self) -> None:
        # From 10 to 40 in three steps: 20, 30.
        assert straight_line(np.array([10, MISSING, MISSING, 40]), Gap(1, 3)).tolist() == [20, 30]


class TestFillGaps:
    def test_a_short_gap_is_a_straight_line(self) -> None:
        day = [100, MISSING, MISSING, 400, *[500] * 20]

        values, quality = fill_gaps(hours_of([day]), first_day=0, settings=EstimateSettings())

        assert values[:4].tolist() == [100, 200, 300, 400]
        assert quality[:4].tolist() == [
            Quality.GOOD,
            Quality.INTERPOLATED,
            Quality.INTERPOLATED,
            Quality.GOOD,
        ]

    def test_a_longer_gap_follows_the_days_before(self) -> None:
        usual = [100] * 12 + [900] * 12
        broken = usual[:10] + [MISSING] * 6 + usual[16:]

        values, quality = fill_gaps(
            hours_of([usual] * 14 + [broken]), first_day=14, settings=EstimateSettings()
        )

        assert values[-24:].tolist() == usual
        assert quality[-24:].tolist() == [0] * 10 + [Quality.ESTIMATED] * 6 + [0] * 8

    def test_with_less_than_a_week_to_learn_from_the_gap_stays(self) -> None:
        days = hours_of([[100] * 24] * 6 + [[MISSING] * 24])

        values, _ = fill_gaps(days, first_day=6, settings=EstimateSettings())

        assert (values[-24:] == MISSING).all()

    def test_an_earlier_estimate_is_no_day_to_learn_from(self) -> None:
        days = hours_of([[100] * 24] * 8 + [[900] * 24] + [[MISSING] * 24])
        days.quality[8 * 24 : 9 * 24] = Quality.ESTIMATED

        values, _ = fill_gaps(days, first_day=9, settings=EstimateSettings())

        assert values[-24:].tolist() == [100] * 24

    def test_a_day_with_the_same_weather_weighs_most(self) -> None:
        cold, mild = [900] * 24, [100] * 24
        days = hours_of([mild, cold] * 7 + [[MISSING] * 24])
        days.degrees_c[:] = [15.0, -10.0] * 7 + [-10.0]

        values, _ = fill_gaps(days, first_day=14, settings=EstimateSettings())

        assert (values[-24:] > 890).all()

    @given(st.lists(st.booleans(), min_size=240, max_size=240))
    def test_what_is_known_never_changes(self, missing: list[bool]) -> None:
        days = hours_of([[10 + hour for hour in range(24)]] * 10)
        days.values[np.array(missing)] = MISSING

        values, quality = fill_gaps(days, first_day=0, settings=EstimateSettings())

        known = days.values != MISSING
        assert (values[known] == days.values[known]).all()
        assert (quality[known] == Quality.GOOD).all()

    @given(st.lists(st.booleans(), max_size=50))
    def test_gaps_are_the_runs_of_what_is_unknown(self, unknown: list[bool]) -> None:
        gaps = find_gaps(np.array(unknown, bool))

        inside = {n for gap in gaps for n in range(gap.start, gap.stop)}
        assert inside == {n for n, flag in enumerate(unknown) if flag}
        assert all(a.stop < b.start for a, b in itertools.pairwise(gaps))


class TestScaleTo:
    def test_keeps_the_shape_and_gives_the_remainder_to_the_largest(self) -> None:
        # 100, 200, 300 to 601: 100.17, 200.33, 300.5; the missing step goes to 300.5.
        assert scale_to(np.array([100, 200, 300]), total=601).tolist() == [100, 200, 301]

    @given(
        st.lists(st.integers(1, 5000), min_size=1, max_size=96), st.floats(1 / MOST_SCALING, 4.9)
    )
    def test_sums_to_the_register_exactly(self, values: list[int], factor: float) -> None:
        total = max(1, int(sum(values) * factor) + 1)

        scaled = scale_to(np.array(values), total=total)

        assert int(scaled.sum()) == total
        assert (scaled >= 0).all()

    @pytest.mark.parametrize("total", [-5, 0, 99, 100_000])
    def test_a_total_that_contradicts_the_day_is_not_obeyed(self, total: int) -> None:
        assert scale_to(np.array([200, 300]), total=total).tolist() == [200, 300]


class TestRegisterEstimate:
    @staticmethod
    def read(day: str, value: int) -> tuple[dt.date, Decimal]:
        return dt.date.fromisoformat(day), Decimal(value)

    def test_is_the_average_of_the_last_three_periods(self) -> None:
        reads = [
            self.read("2026-06-01", 1000),
            self.read("2026-07-01", 1300),
            self.read("2026-08-01", 1600),
            self.read("2026-09-01", 1920),
        ]

        found = estimate_use(
            reads=reads,
            period=Period(dt.date(2026, 9, 1), dt.date(2026, 10, 1)),
            register=ONE_TO_ONE,
            mean_f={},
        )

        # 920 in the 92 days from June 1 to September 1 is 10 a day; 30 days.
        assert found is not None
        assert (found.used, found.method) == (Decimal(300), "average_of_last_periods")

    def test_is_last_years_month_in_this_years_weather(self) -> None:
        reads = [
            self.read("2025-01-02", 1000),
            self.read("2025-02-01", 1600),
            self.read("2026-01-01", 5000),
        ]
        weather = {dt.date(2025, 1, 2) + dt.timedelta(days=n): Decimal(25) for n in range(31)}
        weather |= {dt.date(2026, 1, 1) + dt.timedelta(days=n): Decimal(45) for n in range(30)}

        found = estimate_use(
            reads=reads,
            period=Period(dt.date(2026, 1, 1), dt.date(2026, 1, 31)),
            register=ONE_TO_ONE,
            mean_f=weather,
        )

        # 20 a day then x 30 days x (65 - 45) / (65 - 25) = 300.
        assert found is not None
        assert (found.used, found.method) == (Decimal(300), "same_month_last_year")

    def test_without_history_there_is_no_estimate(self) -> None:
        found = estimate_use(
            reads=[self.read("2026-09-01", 10)],
            period=Period(dt.date(2026, 9, 1), dt.date(2026, 10, 1)),
            register=ONE_TO_ONE,
            mean_f={},
        )

        assert found is None

    def test_the_register_passes_its_last_number(self) -> None:
        # 5 dials, x40: 99990 + 1200 / 40 = 100020, shown as 20.
        register = CountingRegister(dials=5, multiplier=Decimal(40))

        shown = shown_after(previous=Decimal(99990), used=Decimal(1200), register=register)

        assert shown == 20
