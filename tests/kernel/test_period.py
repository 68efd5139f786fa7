"""Periods are half-open; a local day has 23, 24 or 25 hours."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthub.kernel.period import Period, day_bounds, day_seconds, local_day

CHICAGO, PHOENIX = ZoneInfo("America/Chicago"), ZoneInfo("America/Phoenix")


class TestPeriod:
    def test_counts_its_first_day_and_not_its_end(self) -> None:
        october = Period(dt.date(2026, 10, 5), dt.date(2026, 11, 5))

        assert october.days == 31
        assert dt.date(2026, 10, 5) in october
        assert dt.date(2026, 11, 5) not in october
        assert october.last_day == dt.date(2026, 11, 4)
        assert list(october)[-1] == october.last_day

    def test_must_have_days(self) -> None:
        with pytest.raises(ValueError, match="must have days"):
            Period(dt.date(2026, 10, 5), dt.date(2026, 10, 5))


class TestLocalDays:
    @pytest.mark.parametrize(
        ("day", "zone", "hours"),
        [
            (dt.date(2026, 3, 8), CHICAGO, 23),
            (dt.date(2026, 11, 1), CHICAGO, 25),
            (dt.date(2026, 7, 1), CHICAGO, 24),
            (dt.date(2026, 3, 8), PHOENIX, 24),
            (dt.date(2028, 2, 29), CHICAGO, 24),
        ],
    )
    def test_last_as_long_as_the_zone_says(self, day: dt.date, zone: ZoneInfo, hours: int) -> None:
        assert day_seconds(day, zone) == hours * 3600

    @given(st.dates(dt.date(2000, 1, 1), dt.date(2037, 1, 1)))
    def test_follow_each_other_without_gap(self, day: dt.date) -> None:
        _, end = day_bounds(day, CHICAGO)
        following, _ = day_bounds(day + dt.timedelta(days=1), CHICAGO)

        assert end == following
        assert local_day(end, CHICAGO) == day + dt.timedelta(days=1)

    def test_need_an_instant_that_names_its_zone(self) -> None:
        with pytest.raises(ValueError, match="zone"):
            local_day(dt.datetime(2026, 1, 1), CHICAGO)  # noqa: DTZ001 (that is the fault)
