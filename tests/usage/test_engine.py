"""Hours from any step, and stored integers in their unit."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthub.metering.types import MISSING
from smarthub.usage.engine import hourly, in_unit


class TestHourly:
    def test_quarters_become_hours(self) -> None:
        values = np.array([1, 2, 3, 4, 10, MISSING, 10, 10])

        assert hourly(values, step_seconds=900).tolist() == [10, MISSING]

    @pytest.mark.parametrize(("count", "step"), [(3, 900), (24, 7200)])
    def test_only_whole_hours_are_taken(self, count: int, step: int) -> None:
        with pytest.raises(ValueError, match="whole hours"):
            hourly(np.zeros(count, np.int64), step_seconds=step)

    @given(
        st.lists(st.integers(0, 65_534), min_size=300, max_size=300),
        st.sampled_from([300, 900, 1800, 3600]),
    )
    def test_the_hours_of_a_day_sum_to_the_day(self, values: list[int], step: int) -> None:
        day = np.array(values)

        assert hourly(day, step_seconds=step).sum() == day.sum()


class TestInUnit:
    def test_is_exact(self) -> None:
        assert in_unit(1234567, exponent=-3) == Decimal("1234.567")

    def test_missing_is_not_zero(self) -> None:
        assert in_unit(MISSING, exponent=-3) is None
