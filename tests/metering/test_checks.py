"""The checks of a day's values: each finds its fault, and leaves an ordinary day alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthub.metering.engine.checks import (
    Check,
    CheckSettings,
    Usual,
    Verdict,
    differs_from_register,
    examine,
    find_negative,
    find_spikes,
)
from smarthub.metering.types import MISSING

ORDINARY = [
    300, 280, 260, 250, 260, 300, 500, 900, 800, 600, 500, 450,
    420, 400, 410, 450, 600, 900, 1300, 1200, 1000, 800, 500, 350,
]  # fmt: skip
"""13,730 Wh over 24 hours, the highest hour 1,300."""
USUAL = Usual(np.array([14_000]), np.array([1_500]))


def judged(values: list[int], *, settings: CheckSettings | None = None) -> Verdict:
    return examine(
        np.array([values]), usual=USUAL, step_seconds=3600, settings=settings or CheckSettings()
    )


def failed(values: list[int], *, settings: CheckSettings | None = None) -> set[Check]:
    verdict = judged(values, settings=settings)
    return {check for check, days in verdict.days.items() if days[0]}


class TestExamine:
    def test_an_ordinary_day_passes(self) -> None:
        assert failed(ORDINARY) == set()

    def test_a_gap_is_missing_and_nothing_else(self) -> None:
        assert failed([MISSING, *ORDINARY[1:]]) == {Check.MISSING}

    def test_a_spike_accuses_its_own_interval_alone(self) -> None:
        # 9,000 is over 2 x 1,500, and over 1,200 x 2.8 = 3,360 (1,200 is the third highest).
        spiked = [*ORDINARY[:10], 9000, *ORDINARY[11:]]

        verdict = judged(spiked)

        assert failed(spiked) == {Check.SPIKE}
        assert np.flatnonzero(verdict.doubtful[0]).tolist() == [10]

    def test_a_high_day_is_more_than_three_times_the_usual(self) -> None:
        # 13,730 x 4 = 54,920 is over 3 x 14,000 = 42,000.
        assert Check.HIGH in failed([4 * value for value in ORDINARY])

    def test_a_low_day_is_less_than_a_fifth_of_the_usual(self) -> None:
        assert failed([value // 10 for value in ORDINARY]) == {Check.LOW}

    def test_a_day_of_nothing_is_zero_and_not_also_low(self) -> None:
        assert failed([0] * 24) == {Check.ZERO}

    def test_one_value_for_six_hours_is_stuck(self) -> None:
        assert failed([*ORDINARY[:6], *[500] * 6, *ORDINARY[12:]]) == {Check.STUCK}
        assert failed([*ORDINARY[:6], *[501] * 5, *ORDINARY[11:]]) == set()

    def test_a_small_value_repeats_by_chance(self) -> None:
        assert Check.STUCK not in failed([*ORDINARY[:6], *[19] * 6, *ORDINARY[12:]])

    @pytest.mark.parametrize(
        ("check", "off", "values"),
        [
            (Check.SPIKE, {"spike_over_third": 0}, [*ORDINARY[:10], 9000, *ORDINARY[11:]]),
            (Check.ZERO, {"zero_hours": 0}, [0] * 24),
            (Check.STUCK, {"stuck_hours": 0}, [500] * 24),
        ],
    )
    def test_a_setting_of_zero_switches_a_check_off(
        self, check: Check, off: dict[str, float], values: list[int]
    ) -> None:
        assert check in failed(values)
        assert check not in failed(values, settings=CheckSettings.from_policy(off))

    def test_a_channel_too_young_has_no_usual_to_differ_from(self) -> None:
        young = Usual(np.array([-1]), np.array([-1]))

        verdict = examine(
            np.array([[9 * value for value in ORDINARY]]),
            usual=young,
            step_seconds=3600,
            settings=CheckSettings(),
        )

        assert not any(days[0] for days in verdict.days.values())

    @given(st.lists(st.integers(MISSING, 60_000), min_size=24, max_size=24))
    def test_days_are_judged_one_by_one(self, values: list[int]) -> None:
        both = np.array([ORDINARY, values])
        usual = Usual(np.array([14_000] * 2), np.array([1_500] * 2))

        together = examine(both, usual=usual, step_seconds=3600, settings=CheckSettings())

        assert {check for check, days in together.days.items() if days[1]} == failed(values)

    @pytest.mark.parametrize(
        ("around", "spikes"),
        [
            ((200, 200), [10]),  # 2,100 is above 4 x 200, and above 1.5 times the usual peak
            ((600, 200), []),  # 4 x 600 is more: something was on the hour before
            ((MISSING, 200), [10]),
            ((MISSING, MISSING), []),  # nothing known to stand alone among
        ],
    )
    def test_a_quiet_hour_gone_wrong_stands_alone(
        self, around: tuple[int, int], spikes: list[int]
    ) -> None:
        day = [900, *[300] * 8, around[0], 2100, around[1], 900, *[300] * 11]
        usual = Usual(np.array([10_000]), np.array([1399]))

        marks = find_spikes(np.array([day]), usual=usual, settings=CheckSettings())

        # the day's third highest, 900, asks for more than 2.8 x 900 = 2,520
        assert np.flatnonzero(marks[0]).tolist() == spikes

    @given(st.lists(st.integers(0, 1_500), min_size=24, max_size=24))
    def test_nothing_below_the_usual_peak_is_a_spike(self, values: list[int]) -> None:
        assert not find_spikes(np.array([values]), usual=USUAL, settings=CheckSettings()).any()


class TestSumCheck:
    @pytest.mark.parametrize(
        ("intervals", "differs"),
        [(100_000, False), (102_000, False), (102_001, True), (97_999, True)],
    )
    def test_two_in_a_hundred_are_tolerated(self, *, intervals: int, differs: bool) -> None:
        answer = differs_from_register(
            interval_sum=intervals, counted=100_000, register_step=10, settings=CheckSettings()
        )

        assert answer is differs

    def test_a_coarse_register_is_given_two_of_its_steps(self) -> None:
        # 4 kWh by intervals, 6 by a register of whole kWh: it may have moved on at both ends.
        assert not differs_from_register(
            interval_sum=4_000, counted=6_000, register_step=1_000, settings=CheckSettings()
        )


class TestNegative:
    def test_a_gap_is_no_negative_value(self) -> None:
        assert find_negative(np.array([5, MISSING, -20])).tolist() == [False, False, True]
