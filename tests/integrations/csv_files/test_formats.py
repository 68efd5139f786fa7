"""CSV files become batches of text with line numbers, whatever the file looks like."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smarthub.integrations.csv_files import formats
from smarthub.metering.ports import FileUnreadable
from smarthub.metering.types import Problem


def written(folder: Path, content: bytes) -> Path:
    path = folder / "file.csv"
    path.write_bytes(content)
    return path


class TestBatches:
    def test_rows_know_their_lines_past_empty_ones(self, tmp_path: Path) -> None:
        path = written(tmp_path, b"meter,start,value\n\nA,1,2\n\n\nB,3,4\n")

        (batch,) = formats.LONG.batches(path)

        assert (batch.lines, batch.rows) == ((3, 6), (("A", "1", "2"), ("B", "3", "4")))
        assert batch.bytes_read == path.stat().st_size

    def test_a_large_file_comes_in_batches(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(formats, "BATCH_ROWS", 2)
        path = written(tmp_path, b"meter,start,value\n" + b"A,1,2\n" * 5)

        assert [len(batch.rows) for batch in formats.LONG.batches(path)] == [2, 2, 1]

    def test_quoted_fields_are_opened(self, tmp_path: Path) -> None:
        path = written(tmp_path, b'meter,start,value\n"A ""1""", 2026,3\n')

        (batch,) = formats.LONG.batches(path)

        assert batch.rows == (('A "1"', "2026", "3"),)

    def test_either_header_of_temperatures_is_taken(self, tmp_path: Path) -> None:
        for header in ("tempF", "tempC"):
            (batch,) = formats.TEMPERATURE.batches(written(tmp_path, f"dt,{header}\n".encode()))
            assert batch.header == ("dt", header)

    def test_a_header_alone_is_a_file_without_rows(self, tmp_path: Path) -> None:
        (batch,) = formats.WIDE.batches(written(tmp_path, b"meter,start,step_seconds,v1\n"))

        assert (batch.rows, batch.problems) == ((), ())

    def test_a_cut_last_row_is_told_by_its_fields(self, tmp_path: Path) -> None:
        (batch,) = formats.LONG.batches(written(tmp_path, b"meter,start,value\nA,1"))

        assert [(p.row, p.code) for p in batch.problems] == [(2, Problem.FIELD_COUNT)]

    @given(content=st.binary(max_size=200))
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_no_bytes_at_all_make_it_crash(self, tmp_path: Path, content: bytes) -> None:
        path = written(tmp_path, b"meter,start,value\n" + content)

        try:
            batches = list(formats.LONG.batches(path))
        except FileUnreadable as error:
            assert error.row >= 2  # noqa: PT017 (either outcome is right)
        else:
            assert all(len(row) == 3 for batch in batches for row in batch.rows)
