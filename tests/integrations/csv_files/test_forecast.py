"""Forecasts from a file: read as they stand, or refused with row and reason."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from smarthub.integrations.csv_files.forecast import ForecastFile
from smarthub.usage.ports import ForecastUnavailable

NOON = dt.datetime(2026, 11, 22, 18, tzinfo=dt.UTC)
HEAD = "station,day,low_f,high_f\n"


def file_of(folder: Path, text: str) -> ForecastFile:
    path = folder / "forecast.csv"
    path.write_bytes(text.encode())
    return ForecastFile(path, NOON)


class TestForecastFile:
    def test_gives_each_station_its_days(self, tmp_path: Path) -> None:
        rows = "KA,2026-11-23,20,40.5\nKB,2026-11-23,1,2\nKA,2026-11-24,-5,10\n"
        file = file_of(tmp_path, "\ufeff" + HEAD + rows)

        assert file.stations == ("KA", "KB")
        assert [(d.day.day, d.mean_f) for d in file.fetch(station="KA")] == [
            (23, Decimal("30.2")),
            (24, Decimal("2.5")),
        ]

    @pytest.mark.parametrize(
        ("text", "row", "reason"),
        [
            ("", 1, "wrong_columns"),
            ("a,b\n", 1, "wrong_columns"),
            (HEAD + "KA,2026-11-23,20\n", 2, "unreadable"),
            (HEAD + "KA,2026-11-23,20,30\nKA,yesterday,20,30\n", 3, "unreadable"),
            (HEAD + "KA,2026-11-23,warm,30\n", 2, "unreadable"),
            (HEAD + "KA,2026-11-23,50,30\n", 2, "absurd_value"),
            (HEAD + "KA,2026-11-23,5,300\n", 2, "absurd_value"),
            (HEAD + ",2026-11-23,5,30\n", 2, "absurd_value"),
        ],
    )
    def test_says_which_row_is_wrong_and_why(
        self, tmp_path: Path, text: str, row: int, reason: str
    ) -> None:
        with pytest.raises(ForecastUnavailable) as refused:
            file_of(tmp_path, text).fetch(station="KA")

        assert (refused.value.values["row"], refused.value.values["reason"]) == (row, reason)

    def test_a_file_that_is_not_there_says_so(self, tmp_path: Path) -> None:
        with pytest.raises(ForecastUnavailable):
            ForecastFile(tmp_path / "nothing.csv", NOON).fetch(station="KA")
