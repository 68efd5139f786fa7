"""Register reads and temperatures: what is kept, what is refused and why."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from smarthub.metering.models import RegisterRead, StationDay
from smarthub.metering.operations import install_meter, remove_meter
from smarthub.metering.types import ImportReport, OnError, Problem
from smarthub.wiring import read_formats
from smarthub.workflows.reads.ingest_reads import ingest_temperature_file
from tests.metering.yard import (
    CHICAGO,
    MARCH_2,
    MARCH_3,
    RECEIVED,
    YARD,
    Yard,
    ingest_registers,
    register_file,
    text_file,
)
from tests.worlds import Atlas


@pytest.fixture
def yard(db: None, atlas: Atlas) -> Yard:
    return atlas.lend(YARD)


def findings(report: ImportReport) -> list[tuple[int, Problem]]:
    return [(problem.row, problem.code) for problem in report.problems]


class TestRegisters:
    def test_reads_are_stored_with_their_row(self, yard: Yard, tmp_path: Path) -> None:
        del yard

        report = ingest_registers(register_file(tmp_path, "E1,2026-03-02,1234.5,ami"))

        read = RegisterRead.objects.get()
        assert report.problems == ()
        assert (read.value, read.kind, read.revision, read.row) == (Decimal("1234.5"), "ami", 0, 2)

    def test_a_correction_is_a_later_revision(self, yard: Yard, tmp_path: Path) -> None:
        del yard
        ingest_registers(register_file(tmp_path, "E1,2026-03-02,100,estimated", name="one.csv"))

        ingest_registers(register_file(tmp_path, "E1,2026-03-02,101,actual", name="two.csv"))

        reads = RegisterRead.objects.order_by("revision").values_list("revision", "value", "kind")
        assert list(reads) == [(0, Decimal(100), "estimated"), (1, Decimal(101), "actual")]

    def test_the_same_rows_in_another_file_change_nothing(self, yard: Yard, tmp_path: Path) -> None:
        del yard
        rows = ["E1,2026-03-02,100,ami", "E1,2026-04-02,200,ami"]
        ingest_registers(register_file(tmp_path, *rows, name="one.csv"))

        ingest_registers(register_file(tmp_path, *reversed(rows), name="two.csv"))

        assert RegisterRead.objects.count() == 2

    def test_a_meter_may_be_read_on_the_day_it_leaves(self, yard: Yard, tmp_path: Path) -> None:
        remove_meter(serial="E1", service_point_id=yard.electric, removed_on=MARCH_3)

        report = ingest_registers(
            register_file(tmp_path, "E1,2026-03-03,500,change_out", "E1,2026-03-04,500,change_out")
        )

        assert findings(report) == [(3, Problem.METER_NOT_INSTALLED)]

    @pytest.mark.parametrize(
        ("row", "code"),
        [
            ("E9,2026-03-02,1,ami", Problem.UNKNOWN_METER),
            ("E1,2024-12-31,1,ami", Problem.METER_NOT_INSTALLED),
            ("E2,2026-03-02,1,ami", Problem.NO_REGISTER),
            ("E1,02/03/2026,1,ami", Problem.UNREADABLE_TIME),
            ("E1,2026-11-23,1,ami", Problem.FUTURE_READ),
            ("E1,2026-03-02,1,guess", Problem.UNKNOWN_KIND),
            ("E1,2026-03-02,,ami", Problem.NOT_A_NUMBER),
            ("E1,2026-03-02,-1,ami", Problem.NEGATIVE_VALUE),
            ("E1,2026-03-02,1.0001,ami", Problem.TOO_PRECISE),
            ("E1,2026-03-02,1000000,ami", Problem.ABSURD_VALUE),  # six dials end at 999,999
            ("E1,2026-03-05,90,ami", Problem.NEGATIVE_USE),  # after 100 on 3 March
            ("E1,2026-03-03,100,ami", Problem.REPEATED_TIME),
        ],
    )
    def test_the_bad_row_is_named_and_the_good_one_kept(
        self, yard: Yard, tmp_path: Path, row: str, code: Problem
    ) -> None:
        install_meter(serial="E2", service_point_id=yard.gas, installed_on=dt.date(2025, 1, 1))

        report = ingest_registers(register_file(tmp_path, "E1,2026-03-03,100,ami", row))

        assert findings(report) == [(3, code)]
        assert RegisterRead.objects.get().value == Decimal(100)

    def test_reads_that_contradict_each_other_are_all_refused(
        self, yard: Yard, tmp_path: Path
    ) -> None:
        del yard
        path = register_file(tmp_path, "E1,2026-03-02,1,ami", "E1,2026-03-02,2,ami")

        report = ingest_registers(path)

        assert findings(report) == [(2, Problem.CONFLICTING_TIME), (3, Problem.CONFLICTING_TIME)]
        assert not RegisterRead.objects.exists()


def ingest_weather(path: Path, *, station: str = "KTEST") -> ImportReport:
    return ingest_temperature_file(
        path=path,
        profile=read_formats.TEMPERATURE,
        station=station,
        on_error=OnError.KEEP_GOOD,
        received_at=RECEIVED,
        zone=CHICAGO,
    )


class TestTemperatures:
    HOURS = [f"2026-03-02T{hour:02}:00:00-06:00,{30 + hour}" for hour in range(24)]

    def test_hours_become_a_day(self, yard: Yard, tmp_path: Path) -> None:
        del yard

        ingest_weather(text_file(tmp_path, "dt,tempF", *self.HOURS, name="weather.csv"))

        day = StationDay.objects.get()
        # 30 to 53, each once: the mean is 41.5
        assert (day.day, day.low_f, day.high_f, day.mean_f) == (
            MARCH_2,
            Decimal(30),
            Decimal(53),
            Decimal("41.5"),
        )

    def test_celsius_is_changed_to_fahrenheit(self, yard: Yard, tmp_path: Path) -> None:
        del yard
        rows = [f"2026-03-02 {hour:02}:00:00,-10" for hour in range(24)]

        ingest_weather(text_file(tmp_path, "dt,tempC", *rows, name="weather.csv"))

        assert StationDay.objects.get().mean_f == Decimal(14)  # -10 x 9 / 5 + 32

    def test_one_file_may_serve_two_stations(self, yard: Yard, tmp_path: Path) -> None:
        del yard
        path = text_file(tmp_path, "dt,tempF", *self.HOURS, name="weather.csv")

        reports = [ingest_weather(path, station=s) for s in ("KONE", "KTWO", "KTWO")]

        assert [report.already_known for report in reports] == [False, False, True]
        assert StationDay.objects.count() == 2

    def test_a_later_file_corrects_the_day(self, yard: Yard, tmp_path: Path) -> None:
        del yard
        ingest_weather(text_file(tmp_path, "dt,tempF", *self.HOURS, name="one.csv"))
        rows = [*self.HOURS[:23], "2026-03-02T23:00:00-06:00,60"]

        ingest_weather(text_file(tmp_path, "dt,tempF", *rows, name="two.csv"))

        assert StationDay.objects.get().high_f == Decimal(60)

    @pytest.mark.parametrize(
        ("row", "code"),
        [
            ("2026-03-02T05:00:00-06:00,warm", Problem.NOT_A_NUMBER),
            ("2026-03-02T05:00:00-06:00,inf", Problem.NOT_A_NUMBER),
            ("2026-03-02T05:00:00-06:00,451", Problem.ABSURD_VALUE),
            ("2026-03-02T05:00:00-06:00,1e9999999", Problem.ABSURD_VALUE),
            ("never,20", Problem.UNREADABLE_TIME),
            ("2026-11-01T01:00,20", Problem.AMBIGUOUS_HOUR),
            ("2027-01-01T01:00,20", Problem.FUTURE_READ),
            ("2026-03-02T00:00:00-06:00,30", Problem.REPEATED_TIME),
            ("2026-03-02T00:00:00-06:00,31", Problem.CONFLICTING_TIME),
            ("2026-03-04T00:00:00-06:00,31", Problem.TOO_FEW_READINGS),
        ],
    )
    def test_the_bad_row_is_named_and_the_day_kept(
        self, yard: Yard, tmp_path: Path, row: str, code: Problem
    ) -> None:
        del yard

        report = ingest_weather(text_file(tmp_path, "dt,tempF", *self.HOURS, row, name="w.csv"))

        assert findings(report) == [(26, code)]
        assert StationDay.objects.get().day == MARCH_2
