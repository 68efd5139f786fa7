"""Files of reads: what is kept, what is refused and why, and that nothing happens twice."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from smarthub.kernel.period import Period
from smarthub.metering.models import (
    IntervalDay,
    IntervalRevision,
    ReadFile,
    ReadProblem,
)
from smarthub.metering.operations import install_meter, open_channel, remove_meter
from smarthub.metering.queries import list_problems, read_days
from smarthub.metering.types import MISSING, ImportReport, OnError, Problem
from smarthub.wiring import read_formats
from smarthub.workflows.reads.ingest_reads import ingest_interval_file
from tests.metering.yard import (
    CHICAGO,
    FALL_BACK,
    MARCH_2,
    MARCH_3,
    RECEIVED,
    SPRING_FORWARD,
    WIDE_HEADER,
    YARD,
    Yard,
    ingest_long,
    ingest_wide,
    long_file,
    text_file,
    wide_file,
    wide_row,
)
from tests.worlds import Atlas

DAY_OF_ONES = ["1.000"] * 24
EVER = Period(dt.date(2020, 1, 1), dt.date(2030, 1, 1))


@pytest.fixture
def yard(db: None, atlas: Atlas) -> Yard:
    return atlas.lend(YARD)


def stored(yard: Yard) -> dict[dt.date, list[int]]:
    """Return what the electric channel holds, by day, in Wh."""
    days = read_days(channel_ids=[yard.electric_channel], period=EVER)
    return {day.day: day.values.tolist() for day in days}


def findings(report: ImportReport) -> list[tuple[int, Problem]]:
    return [(problem.row, problem.code) for problem in report.problems]


class TestGoodFiles:
    def test_a_day_is_stored_in_watt_hours(self, yard: Yard, tmp_path: Path) -> None:
        values = ["0.001", "65.534", "", *["1.5"] * 21]

        report = ingest_wide(wide_file(tmp_path, wide_row(MARCH_2, values)))

        assert (report.rows, report.kept, report.problems) == (1, 1, ())
        assert report.stored
        assert stored(yard) == {MARCH_2: [1, 65534, MISSING, *[1500] * 21]}

    def test_the_total_and_the_peak_are_those_of_the_known_values(
        self, yard: Yard, tmp_path: Path
    ) -> None:
        ingest_wide(wide_file(tmp_path, wide_row(MARCH_2, ["2", "", "0.5", *["0"] * 21])))

        day = IntervalDay.objects.get(channel=yard.electric_channel)
        assert (day.total, day.peak) == (2500, 2000)

    @pytest.mark.parametrize(("day", "hours"), [(SPRING_FORWARD, 23), (FALL_BACK, 25)])
    def test_a_day_the_clock_changes_has_its_own_length(
        self, yard: Yard, tmp_path: Path, day: dt.date, hours: int
    ) -> None:
        report = ingest_wide(wide_file(tmp_path, wide_row(day, ["1"] * hours)))

        assert report.problems == ()
        assert stored(yard) == {day: [1000] * hours}

    def test_single_reads_make_the_same_day_in_any_order(self, yard: Yard, tmp_path: Path) -> None:
        rows = [f"E1,2026-03-02T{hour:02}:00:00,{hour}.25" for hour in range(24)]
        rows = rows[1::2] + rows[-2::-2]

        report = ingest_long(long_file(tmp_path, *rows))

        assert report.problems == ()
        assert stored(yard) == {MARCH_2: [hour * 1000 + 250 for hour in range(24)]}

    def test_the_repeated_hour_is_two_hours_when_marked(self, yard: Yard, tmp_path: Path) -> None:
        path = long_file(
            tmp_path, "E1,2026-11-01T01:00:00-05:00,1", "E1,2026-11-01T01:00:00-06:00,2"
        )

        ingest_long(path)

        assert stored(yard)[FALL_BACK][:4] == [MISSING, 1000, 2000, MISSING]

    def test_time_in_utc_lands_on_the_local_day(self, yard: Yard, tmp_path: Path) -> None:
        # 2026-03-03 05:00 UTC is 23:00 on 2 March in Chicago, the day's 24th hour.
        ingest_long(long_file(tmp_path, "E1,2026-03-03T05:00:00Z,3"))

        assert stored(yard) == {MARCH_2: [*[MISSING] * 23, 3000]}

    def test_a_byte_order_mark_and_windows_line_ends_are_taken(
        self, yard: Yard, tmp_path: Path
    ) -> None:
        path = wide_file(tmp_path, wide_row(MARCH_2, DAY_OF_ONES))
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))

        assert ingest_wide(path).problems == ()
        assert stored(yard) == {MARCH_2: [1000] * 24}

    def test_a_quarter_hour_channel_takes_96_values(self, yard: Yard, tmp_path: Path) -> None:
        channel = open_channel(service_point_id=yard.electric, unit="kWh", step_seconds=900)
        header = "meter,start,step_seconds," + ",".join(f"v{n}" for n in range(1, 101))
        row = "E1,2026-03-02T00:00:00-06:00,900," + ",".join(["0.25"] * 96 + [""] * 4)

        ingest_wide(text_file(tmp_path, header, row, name="quarters.csv"))

        (day,) = read_days(channel_ids=[channel], period=EVER)
        assert day.values.tolist() == [250] * 96

    def test_a_wide_channel_takes_a_factory(self, yard: Yard, tmp_path: Path) -> None:
        install_meter(serial="W1", service_point_id=yard.gas, installed_on=dt.date(2025, 1, 1))
        channel = open_channel(service_point_id=yard.gas, unit="ccf", step_seconds=1800, wide=True)
        header = "meter,start,step_seconds," + ",".join(f"v{n}" for n in range(1, 51))
        row = "W1,2026-03-02T00:00:00-06:00,1800," + ",".join(["900"] * 48 + [""] * 2)

        ingest_wide(text_file(tmp_path, header, row, name="factory.csv"))

        (day,) = read_days(channel_ids=[channel], period=EVER)
        assert day.values.tolist() == [900_000] * 48

    def test_progress_ends_at_the_whole_file(self, yard: Yard, tmp_path: Path) -> None:
        del yard
        path = wide_file(tmp_path, wide_row(MARCH_2, DAY_OF_ONES))
        told: list[tuple[int, int]] = []

        ingest_interval_file(
            path=path,
            profile=read_formats.WIDE,
            on_error=OnError.KEEP_GOOD,
            received_at=RECEIVED,
            zone=CHICAGO,
            progress=lambda done, total: told.append((done, total)),
        )

        assert told[-1] == (path.stat().st_size,) * 2


class TestTwice:
    def test_the_same_file_again_changes_nothing(self, yard: Yard, tmp_path: Path) -> None:
        path = wide_file(
            tmp_path, wide_row(MARCH_2, DAY_OF_ONES), wide_row(MARCH_3, DAY_OF_ONES, meter="X")
        )
        first = ingest_wide(path)

        again = ingest_wide(path)

        assert again.already_known
        assert not again.stored
        assert (again.rows, again.kept, again.problems) == (2, 1, first.problems)
        assert ReadFile.objects.count() == 1
        assert stored(yard) == {MARCH_2: [1000] * 24}

    def test_another_file_with_the_same_rows_changes_no_day(
        self, yard: Yard, tmp_path: Path
    ) -> None:
        rows = [wide_row(MARCH_2, DAY_OF_ONES), wide_row(MARCH_3, DAY_OF_ONES)]
        ingest_wide(wide_file(tmp_path, *rows, name="one.csv"))
        before = list(IntervalDay.objects.values_list("day", "v", "file_id"))

        report = ingest_wide(wide_file(tmp_path, *reversed(rows), name="two.csv"))

        assert report.stored
        assert list(IntervalDay.objects.values_list("day", "v", "file_id")) == before
        assert not IntervalRevision.objects.exists()
        assert len(stored(yard)) == 2

    def test_a_correction_keeps_what_was_said_before(self, yard: Yard, tmp_path: Path) -> None:
        ingest_wide(wide_file(tmp_path, wide_row(MARCH_2, DAY_OF_ONES), name="one.csv"))

        ingest_wide(wide_file(tmp_path, wide_row(MARCH_2, ["7", *[""] * 23]), name="two.csv"))

        revision = IntervalRevision.objects.get()
        day = IntervalDay.objects.get()
        assert stored(yard) == {MARCH_2: [7000, *[1000] * 23]}  # gaps erase nothing
        assert (day.total, day.peak, day.file.name) == (30_000, 7000, "two.csv")
        assert bytes(revision.old_v) == b"\xe8\x03" * 24  # 1000 = 0x03e8
        assert (revision.old_file.name, revision.new_file.name) == ("one.csv", "two.csv")

    def test_a_late_value_fills_a_gap(self, yard: Yard, tmp_path: Path) -> None:
        ingest_wide(wide_file(tmp_path, wide_row(MARCH_2, ["", *["1"] * 23]), name="one.csv"))

        ingest_long(long_file(tmp_path, "E1,2026-03-02T00:00,4"))

        assert stored(yard) == {MARCH_2: [4000, *[1000] * 23]}
        assert IntervalDay.objects.get().q is None


BAD_ROWS = [
    (wide_row(MARCH_2, DAY_OF_ONES, meter="E9"), Problem.UNKNOWN_METER),
    (wide_row(dt.date(2024, 12, 31), DAY_OF_ONES), Problem.METER_NOT_INSTALLED),
    (wide_row(MARCH_2, DAY_OF_ONES, step=900), Problem.NO_CHANNEL),
    (wide_row(MARCH_2, DAY_OF_ONES).replace("2026-03-02T", "the 2nd "), Problem.UNREADABLE_TIME),
    (wide_row(MARCH_2, DAY_OF_ONES).replace("T00:00", "T01:00"), Problem.NOT_LOCAL_MIDNIGHT),
    (wide_row(MARCH_2, DAY_OF_ONES).replace("-06:00", "-05:00"), Problem.NOT_LOCAL_MIDNIGHT),
    (wide_row(dt.date(2026, 11, 22), DAY_OF_ONES), Problem.FUTURE_READ),
    (wide_row(MARCH_2, ["1"] * 25), Problem.WRONG_VALUE_COUNT),
    (wide_row(SPRING_FORWARD, ["1"] * 24), Problem.WRONG_VALUE_COUNT),
    (wide_row(FALL_BACK, ["1"] * 24), Problem.WRONG_VALUE_COUNT),
    (wide_row(MARCH_2, ["x", *DAY_OF_ONES[1:]]), Problem.NOT_A_NUMBER),
    (wide_row(MARCH_2, ["1e3", *DAY_OF_ONES[1:]]), Problem.NOT_A_NUMBER),
    (wide_row(MARCH_2, ["NaN", *DAY_OF_ONES[1:]]), Problem.NOT_A_NUMBER),
    (wide_row(MARCH_2, ["1.2.3", *DAY_OF_ONES[1:]]), Problem.NOT_A_NUMBER),
    (wide_row(MARCH_2, ["\u0664", *DAY_OF_ONES[1:]]), Problem.NOT_A_NUMBER),
    (wide_row(MARCH_2, ["1.2345", *DAY_OF_ONES[1:]]), Problem.TOO_PRECISE),
    (wide_row(MARCH_2, [*DAY_OF_ONES[1:], "-0.5"]), Problem.NEGATIVE_VALUE),
    (wide_row(MARCH_2, ["65.535", *DAY_OF_ONES[1:]]), Problem.ABSURD_VALUE),
    (wide_row(MARCH_2, ["20.001", *DAY_OF_ONES[1:]], meter="G1"), Problem.ABSURD_VALUE),
    (wide_row(MARCH_2, ["9" * 40, *DAY_OF_ONES[1:]]), Problem.ABSURD_VALUE),
    (wide_row(MARCH_2, DAY_OF_ONES).rsplit(",", 3)[0], Problem.FIELD_COUNT),
    (wide_row(MARCH_2, DAY_OF_ONES) + ",1", Problem.FIELD_COUNT),
]


class TestBadRowsOfDays:
    @pytest.mark.parametrize(("row", "code"), BAD_ROWS)
    def test_the_bad_row_is_named_and_the_good_one_kept(
        self, yard: Yard, tmp_path: Path, row: str, code: Problem
    ) -> None:
        report = ingest_wide(wide_file(tmp_path, row, wide_row(MARCH_3, DAY_OF_ONES)))

        assert findings(report) == [(2, code)]
        assert (report.rows, report.kept, report.stored) == (2, 1, True)
        assert stored(yard) == {MARCH_3: [1000] * 24}
        assert list_problems(sha256=report.sha256) == report.problems

    @pytest.mark.parametrize(("row", "code"), BAD_ROWS)
    def test_the_whole_file_is_refused_if_the_operator_says_so(
        self, yard: Yard, tmp_path: Path, row: str, code: Problem
    ) -> None:
        path = wide_file(tmp_path, wide_row(MARCH_3, DAY_OF_ONES), row)

        report = ingest_wide(path, on_error=OnError.REFUSE_FILE)

        assert findings(report) == [(3, code)]
        assert (report.rows, report.kept, report.stored) == (2, 0, False)
        assert stored(yard) == {}
        assert not ReadFile.objects.exists()
        assert not ReadProblem.objects.exists()

    def test_a_problem_says_which_column_and_what_was_there(
        self, yard: Yard, tmp_path: Path
    ) -> None:
        del yard
        row = wide_row(MARCH_2, ["1", "1", "-0.5", *["1"] * 21])

        report = ingest_wide(wide_file(tmp_path, row))

        assert report.problems[0].values == {"column": "v3", "value": "-0.5"}

    def test_a_very_long_field_and_name_are_cut(self, yard: Yard, tmp_path: Path) -> None:
        del yard
        row = wide_row(MARCH_2, DAY_OF_ONES, meter="E" * 5000)

        report = ingest_wide(wide_file(tmp_path, row, name=f"{'n' * 240}.csv"))

        assert report.problems[0].values == {"meter": "E" * 120}
        assert ReadFile.objects.get().name.endswith("nnn.csv")

    def test_a_row_twice_is_kept_once(self, yard: Yard, tmp_path: Path) -> None:
        row = wide_row(MARCH_2, DAY_OF_ONES)

        report = ingest_wide(wide_file(tmp_path, row, row))

        assert findings(report) == [(3, Problem.REPEATED_TIME)]
        assert stored(yard) == {MARCH_2: [1000] * 24}

    def test_rows_that_contradict_each_other_are_both_refused(
        self, yard: Yard, tmp_path: Path
    ) -> None:
        rows = [wide_row(MARCH_2, DAY_OF_ONES), wide_row(MARCH_2, ["2"] * 24)]

        report = ingest_wide(wide_file(tmp_path, *rows))

        assert findings(report) == [(2, Problem.CONFLICTING_TIME), (3, Problem.CONFLICTING_TIME)]
        assert stored(yard) == {}

    def test_a_last_line_that_may_be_cut_is_not_believed(self, yard: Yard, tmp_path: Path) -> None:
        path = wide_file(tmp_path, wide_row(MARCH_3, DAY_OF_ONES), wide_row(MARCH_2, DAY_OF_ONES))
        path.write_bytes(path.read_bytes()[:-1])

        report = ingest_wide(path)

        assert findings(report) == [(3, Problem.UNFINISHED_LINE)]
        assert stored(yard) == {MARCH_3: [1000] * 24}

    def test_a_meter_counts_for_the_place_it_hangs_at_on_that_day(
        self, yard: Yard, tmp_path: Path
    ) -> None:
        remove_meter(serial="E1", service_point_id=yard.electric, removed_on=MARCH_3)
        install_meter(serial="E2", service_point_id=yard.electric, installed_on=MARCH_3)
        path = wide_file(
            tmp_path,
            wide_row(MARCH_2, DAY_OF_ONES),
            wide_row(MARCH_3, DAY_OF_ONES),
            wide_row(MARCH_3, ["2"] * 24, meter="E2"),
        )

        report = ingest_wide(path)

        assert findings(report) == [(3, Problem.METER_NOT_INSTALLED)]
        assert stored(yard) == {MARCH_2: [1000] * 24, MARCH_3: [2000] * 24}


class TestBadSingleReads:
    @pytest.mark.parametrize(
        ("row", "code"),
        [
            ("E9,2026-03-02T05:00,1", Problem.UNKNOWN_METER),
            ("E1,2024-12-31T05:00,1", Problem.METER_NOT_INSTALLED),
            ("E1,soon,1", Problem.UNREADABLE_TIME),
            ("E1,0001-01-01T00:00:00+14:00,1", Problem.UNREADABLE_TIME),
            ("E1,0001-01-01T00:00:00Z,1", Problem.UNREADABLE_TIME),
            ("E1,9999-12-31T12:00:00Z,1", Problem.UNREADABLE_TIME),
            ("E1,2026-11-01T01:00,1", Problem.AMBIGUOUS_HOUR),
            ("E1,2026-03-08T02:00,1", Problem.SKIPPED_HOUR),
            ("E1,2026-03-02T05:30,1", Problem.OFF_GRID),
            ("E1,2026-11-22T12:00,1", Problem.FUTURE_READ),  # ends at 13:00, an hour after noon
            ("E1,2026-03-02T05:00,-1", Problem.NEGATIVE_VALUE),
            ("E1,2026-03-02T05:00,one", Problem.NOT_A_NUMBER),
            ("E1,2026-03-02T05:00,0.0001", Problem.TOO_PRECISE),
            ("E1,2026-03-02T05:00,1000", Problem.ABSURD_VALUE),
        ],
    )
    def test_the_bad_row_is_named_and_the_good_one_kept(
        self, yard: Yard, tmp_path: Path, row: str, code: Problem
    ) -> None:
        report = ingest_long(long_file(tmp_path, row, "E1,2026-03-03T00:00,1"))

        assert findings(report) == [(2, code)]
        assert stored(yard) == {MARCH_3: [1000, *[MISSING] * 23]}

    def test_the_same_hour_twice_is_kept_once(self, yard: Yard, tmp_path: Path) -> None:
        rows = ["E1,2026-03-02T00:00,1", "E1,2026-03-02T06:00Z,1.000"]

        report = ingest_long(long_file(tmp_path, *rows))

        assert findings(report) == [(3, Problem.REPEATED_TIME)]
        assert stored(yard) == {MARCH_2: [1000, *[MISSING] * 23]}

    def test_hours_that_contradict_each_other_are_all_refused(
        self, yard: Yard, tmp_path: Path
    ) -> None:
        rows = ["E1,2026-03-02T00:00,1", "E1,2026-03-02T01:00,1", "E1,2026-03-02T00:00,2"]

        report = ingest_long(long_file(tmp_path, *rows))

        assert findings(report) == [(2, Problem.CONFLICTING_TIME), (4, Problem.CONFLICTING_TIME)]
        assert stored(yard) == {MARCH_2: [MISSING, 1000, *[MISSING] * 22]}

    def test_a_place_with_two_steps_is_not_guessed_at(self, yard: Yard, tmp_path: Path) -> None:
        open_channel(service_point_id=yard.electric, unit="kWh", step_seconds=900)

        report = ingest_long(long_file(tmp_path, "E1,2026-03-02T00:00,1"))

        assert findings(report) == [(2, Problem.NO_CHANNEL)]

    def test_a_file_of_bad_rows_only_is_no_crash(self, yard: Yard, tmp_path: Path) -> None:
        del yard

        report = ingest_long(long_file(tmp_path, "E9,2026-03-02T00:00,1"))

        assert (report.rows, report.kept) == (1, 0)


class TestBadFiles:
    @pytest.mark.parametrize(
        ("content", "row", "code"),
        [
            (b"", 1, Problem.EMPTY_FILE),
            (b"\n\n", 1, Problem.EMPTY_FILE),
            (b"meter,begin,step_seconds,v1\n", 1, Problem.WRONG_COLUMNS),
            (b"meter,start,step_seconds\n", 1, Problem.WRONG_COLUMNS),
            (b"meter,start,step_seconds,v2\n", 1, Problem.WRONG_COLUMNS),
            ("meter,start\n".encode("utf-16"), 1, Problem.WRONG_ENCODING),
            (b"\x1f\x8b\x08\x00\x00\x00", 1, Problem.WRONG_ENCODING),
            (WIDE_HEADER.encode() + b"\nE1,\xff\n", 2, Problem.WRONG_ENCODING),
            (WIDE_HEADER.encode() + b"\nE1,2026-03-02,3600,1\x002\n", 2, Problem.WRONG_ENCODING),
            (WIDE_HEADER.encode() + b'\n"E1,2\n', 2, Problem.BROKEN_QUOTES),
            (WIDE_HEADER.encode() + b"\n" + b"9" * 70_000, 2, Problem.LINE_TOO_LONG),
        ],
    )
    def test_the_file_is_refused_whatever_the_operator_said(
        self, yard: Yard, tmp_path: Path, content: bytes, row: int, code: Problem
    ) -> None:
        path = tmp_path / "bad.csv"
        path.write_bytes(content)

        report = ingest_wide(path, on_error=OnError.KEEP_GOOD)

        assert findings(report) == [(row, code)]
        assert not report.stored
        assert stored(yard) == {}
        assert not ReadFile.objects.exists()

    def test_wrong_columns_are_told_with_those_expected(self, yard: Yard, tmp_path: Path) -> None:
        del yard

        report = ingest_long(text_file(tmp_path, "meter,time,value", name="bad.csv"))

        assert report.problems[0].values == {
            "expected": "meter,start,value",
            "found": "meter,time,value",
        }

    def test_a_break_in_the_middle_leaves_nothing(self, yard: Yard, tmp_path: Path) -> None:
        # The bad byte comes after more rows than are read at once, so days were already staged.
        path = wide_file(tmp_path, *[wide_row(MARCH_2, DAY_OF_ONES)] * 8400)
        path.write_bytes(path.read_bytes() + b"\xff\n")

        report = ingest_wide(path)

        assert findings(report) == [(8402, Problem.WRONG_ENCODING)]
        assert stored(yard) == {}


def test_every_code_is_explained_to_the_operator() -> None:
    page = Path("docs/operating/importing-reads.md").read_text()

    assert [code for code in Problem if f"| `{code}` |" not in page] == []
