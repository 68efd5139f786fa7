"""The days banks move money: worked from the Federal Reserve's own rules."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthub.kernel.banking_days import (
    bank_holidays,
    banking_day_on_or_after,
    banking_day_on_or_before,
    banking_days_after,
    is_banking_day,
)

THANKSGIVING = dt.date(2026, 11, 26)


class TestBankHolidays:
    @pytest.mark.parametrize(
        ("day", "is_open"),
        [
            (dt.date(2026, 7, 3), True),  # the 4th is a Saturday: Friday stays open
            (dt.date(2027, 7, 5), False),  # the 4th is a Sunday: kept on Monday
            (dt.date(2028, 1, 3), True),  # New Year is a Saturday: neither Friday nor Monday
            (dt.date(2027, 12, 31), True),
            (dt.date(2023, 1, 2), False),  # New Year was a Sunday
            (dt.date(2028, 2, 29), True),  # a Tuesday
            (dt.date(2026, 10, 12), False),  # Columbus Day, on which many co-ops are open
        ],
    )
    def test_saturdays_close_nothing_and_sundays_close_monday(
        self, day: dt.date, *, is_open: bool
    ) -> None:
        assert is_banking_day(day) is is_open

    @given(year=st.integers(1990, 2200))
    def test_every_year_has_eleven_and_none_on_a_sunday(self, year: int) -> None:
        assert len(bank_holidays(year)) == 11
        assert all(day.weekday() != 6 for day in bank_holidays(year))


class TestMoving:
    def test_a_day_of_rest_moves_to_the_next_or_the_one_before(self) -> None:
        assert banking_day_on_or_after(THANKSGIVING) == dt.date(2026, 11, 27)
        assert banking_day_on_or_before(THANKSGIVING) == dt.date(2026, 11, 25)
        assert banking_day_on_or_after(dt.date(2026, 11, 27)) == dt.date(2026, 11, 27)

    def test_a_day_the_co_op_names_besides_is_passed_over(self) -> None:
        closed = {dt.date(2026, 11, 27)}

        assert banking_day_on_or_after(THANKSGIVING, also_closed=closed) == dt.date(2026, 11, 30)

    @pytest.mark.parametrize(
        ("day", "count", "then"),
        [
            (dt.date(2026, 11, 25), 1, dt.date(2026, 11, 27)),  # over Thanksgiving
            (dt.date(2026, 11, 25), 3, dt.date(2026, 12, 1)),  # Friday, Monday, Tuesday
            (dt.date(2026, 11, 28), 1, dt.date(2026, 11, 30)),  # Saturday, then Monday
            (dt.date(2026, 11, 30), -2, dt.date(2026, 11, 25)),  # Friday, Wednesday
            (dt.date(2026, 11, 28), 0, dt.date(2026, 11, 28)),
        ],
    )
    def test_counts_banking_days(self, day: dt.date, count: int, then: dt.date) -> None:
        assert banking_days_after(day, count) == then

    @given(day=st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)), count=st.integers(1, 30))
    def test_there_and_back_is_the_banking_day_one_began_with(
        self, day: dt.date, count: int
    ) -> None:
        start = banking_day_on_or_after(day)

        assert banking_days_after(banking_days_after(start, count), -count) == start
