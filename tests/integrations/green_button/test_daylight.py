"""When the clocks of a zone change, as a 32-bit rule."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from smarthub.integrations.green_button.daylight import LocalTime, local_time


class TestLocalTime:
    @pytest.mark.parametrize(
        ("zone", "expected"),
        [
            # every sample of the programme has these two rules for the United States
            ("America/Chicago", LocalTime(-21_600, 3600, "360E2000", "B40E2000")),
            ("America/New_York", LocalTime(-18_000, 3600, "360E2000", "B40E2000")),
            ("America/Phoenix", LocalTime(-25_200, 0, "FFFFFFFF", "FFFFFFFF")),
            # last Sundays: of March at 2, of October at 3 (3, 7 << 1, 7 << 1 and 2 << 4, ...)
            ("Europe/Berlin", LocalTime(3600, 3600, "3E0E2000", "AE0E3000")),
            # south of the equator summer begins in October
            ("Australia/Sydney", LocalTime(36_000, 3600, "A40E2000", "440E3000")),
        ],
    )
    def test_is_written_in_the_bits_of_the_standard(self, zone: str, expected: LocalTime) -> None:
        assert local_time(zone=ZoneInfo(zone), year=2024) == expected
