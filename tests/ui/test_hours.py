"""Hours of a day as they are said, on the days the clock changes too."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from smarthub.ui.hours import say_clock, say_hour, say_hour_range, say_weekday

CHICAGO = ZoneInfo("America/Chicago")


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


class TestHourRange:
    @pytest.mark.parametrize(
        ("starts_at", "english", "spanish"),
        [
            ("2026-11-16T22:00Z", "4-5 p.m.", "4-5 p. m."),
            ("2026-11-16T17:00Z", "11 a.m.-12 p.m.", "11 a. m.-12 p. m."),
            ("2026-11-16T06:00Z", "12-1 a.m.", "12-1 a. m."),
            ("2026-11-17T05:00Z", "11 p.m.-12 a.m.", "11 p. m.-12 a. m."),
        ],
    )
    def test_follows_the_clock_on_the_wall(
        self, starts_at: str, english: str, spanish: str
    ) -> None:
        with translation.override("en"):
            assert say_hour_range(at(starts_at), CHICAGO) == english
        with translation.override("es"):
            assert say_hour_range(at(starts_at), CHICAGO) == spanish

    def test_tells_the_hour_that_comes_twice_apart(self) -> None:
        # 1 November 2026: 1 o'clock is 6:00 UTC in summer time, and 7:00 UTC in winter time
        with translation.override("en"):
            said = [say_hour_range(at(f"2026-11-01T0{n}:00Z"), CHICAGO) for n in (6, 7, 8)]

        assert said == ["1-2 a.m.", "1-2 a.m., again after the clock went back", "2-3 a.m."]

    def test_skips_the_hour_that_does_not_come(self) -> None:
        # 8 March 2026: after 1 o'clock (7:00 UTC) comes 3 o'clock (8:00 UTC)
        with translation.override("en"):
            said = [say_hour_range(at(f"2026-03-08T0{n}:00Z"), CHICAGO) for n in (7, 8)]

        assert said == ["1-2 a.m.", "3-4 a.m."]


class TestTimes:
    def test_are_said_in_the_zone_given(self) -> None:
        with translation.override("en"):
            assert say_clock(at("2026-11-16T21:10Z"), CHICAGO) == "3:10 p.m."
            assert say_hour(at("2026-11-16T12:00Z"), CHICAGO) == "6 a.m."

    def test_a_weekday_is_short(self) -> None:
        with translation.override("es"):
            assert say_weekday(dt.date(2026, 11, 16)) == "lun"
