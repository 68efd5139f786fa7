"""Whatever file is fed in: a report with row and reason, nothing half-stored, never a crash."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smarthub.integrations.green_button.reading import GreenButtonFormat
from smarthub.metering import ports
from smarthub.metering.models import IntervalDay, ReadFile
from smarthub.metering.ports import ReadFormat
from smarthub.metering.types import ImportReport, OnError, Problem
from smarthub.wiring.read_formats import LONG, WIDE
from smarthub.workflows.reads.import_reads import Order, import_file
from tests.metering.yard import (
    CHICAGO,
    MARCH_2,
    RECEIVED,
    Yard,
    build_yard,
    long_file,
    wide_file,
    wide_row,
)
from tests.workflows.reads.test_import_reads import mapped

LAYOUTS: list[ReadFormat] = [WIDE, LONG, mapped(), GreenButtonFormat("E1")]


@pytest.fixture
def yard(db: None) -> Yard:
    return build_yard()


def fed(path: Path, layout: ReadFormat) -> ImportReport:
    return import_file(order=Order(path, layout, OnError.KEEP_GOOD, RECEIVED, CHICAGO))


def zip_bomb() -> bytes:
    """Return a small archive that would unfold into 50 MB."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("reads.csv", b"0" * 50_000_000)
    return archive.getvalue()


class TestAnyFile:
    @pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
    @pytest.mark.parametrize(
        "content",
        [
            b"",
            zip_bomb(),
            b"\xff\xfem\x00e\x00t\x00e\x00r\x00",
            b"meter,start,value\nE1,2026-03-02T05:00,\xe9\n",
            b'meter,start,value\n"E1,2026-03-02T05:00,1\n',
            b"meter,meter,value\nE1,E1,1\n",
            b"\x00" * 70_000,
        ],
        ids=["empty", "zip bomb", "UTF-16", "Latin-1", "quotes", "double header", "zeros"],
    )
    def test_is_told_and_leaves_nothing(
        self, yard: Yard, tmp_path: Path, layout: ReadFormat, content: bytes
    ) -> None:
        del yard
        path = tmp_path / "file"
        path.write_bytes(content)

        report = fed(path, layout)

        assert report.problems
        assert report.kept == 0
        assert not report.stored
        assert not ReadFile.objects.exists()

    @given(cut=st.integers(0, 2000), layout=st.sampled_from([WIDE, LONG]))
    @settings(
        max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    def test_a_file_cut_anywhere_keeps_only_whole_rows(
        self, yard: Yard, tmp_path: Path, cut: int, layout: ReadFormat
    ) -> None:
        del yard
        if layout is WIDE:
            path = wide_file(tmp_path, wide_row(MARCH_2, [f"{n}.125" for n in range(24)]))
        else:
            path = long_file(tmp_path, *(f"E1,2026-03-02T{n:02}:00,{n}.125" for n in range(24)))
        whole = path.read_bytes()
        path.write_bytes(whole[:cut])

        report = fed(path, layout)

        lines = whole[:cut].count(b"\n")
        assert report.kept == max(0, lines - 1)

    def test_a_file_of_bad_rows_without_end_is_given_up(
        self, yard: Yard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        del yard
        monkeypatch.setattr(ports, "MOST_PROBLEMS", 5)
        path = long_file(tmp_path, *(f"X{n},2026-03-02T05:00,1" for n in range(20)))

        report = fed(path, LONG)

        assert report.problems[-1].code is Problem.TOO_MANY_PROBLEMS
        assert not IntervalDay.objects.exists()
