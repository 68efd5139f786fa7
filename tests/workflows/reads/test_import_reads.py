"""Files of others, by saved mappings and as Green Button: what they mean, and what is refused."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from smarthub.accounts.operations import add_premise, add_service_point
from smarthub.integrations.csv_files.mapped import MappedFormat
from smarthub.integrations.green_button.reading import GreenButtonFormat
from smarthub.kernel.period import Period
from smarthub.metering.models import IntervalDay, ReadFile
from smarthub.metering.operations import install_meter, open_channel
from smarthub.metering.ports import ReadFormat
from smarthub.metering.profiles import ProfileRefused, profile_from_policy
from smarthub.metering.queries import read_days
from smarthub.metering.types import MISSING, ImportReport, OnError, Problem, Quality
from smarthub.workflows.reads.import_reads import Order, import_file, try_file
from tests.metering.yard import (
    CHICAGO,
    FALL_BACK,
    INSTALLED,
    MARCH_2,
    RECEIVED,
    SPRING_FORWARD,
    Yard,
    build_yard,
    text_file,
)

EVER = Period(dt.date(2020, 1, 1), dt.date(2030, 1, 1))
HEAD_END: dict[str, Any] = {
    "time_columns": ["Date", "Time"],
    "time_format": "%m/%d/%Y %H:%M",
    "value_columns": ["Usage (Wh)"],
    "meter_column": "Meter No",
    "step_seconds": 3600,
    "unit": "Wh",
    "interval_ending": True,
}
HEAD_END_HEADER = "Meter No,Date,Time,Usage (Wh)"


@pytest.fixture
def yard(db: None) -> Yard:
    return build_yard()


def mapped(**changed: Any) -> MappedFormat:
    return MappedFormat(profile_from_policy(name="head-end", value=HEAD_END | changed), CHICAGO)


def taken(path: Path, layout: ReadFormat) -> ImportReport:
    return import_file(order=order(path, layout))


def order(path: Path, layout: ReadFormat) -> Order:
    return Order(path, layout, OnError.KEEP_GOOD, RECEIVED, CHICAGO)


def stored(channel: int) -> dict[dt.date, list[int]]:
    days = read_days(channel_ids=[channel], period=EVER)  # type: ignore[list-item]
    return {day.day: day.values.tolist() for day in days}


def problems(report: ImportReport) -> list[tuple[int, Problem]]:
    return [(problem.row, problem.code) for problem in report.problems]


class TestGas:
    """Volumes are kept as volumes: their therms come with each bill's own factor (rule 28)."""

    @pytest.mark.parametrize(("unit", "value"), [("ccf", "1.37"), ("ft3", "137"), ("mcf", "0.137")])
    def test_every_unit_of_volume_is_kept_in_ccf(
        self, yard: Yard, tmp_path: Path, unit: str, value: str
    ) -> None:
        row = f"G1,03/02/2026,01:00,{value}"
        path = text_file(tmp_path, HEAD_END_HEADER, row, name="gas.csv")

        report = taken(path, mapped(unit=unit))

        assert problems(report) == []
        assert stored(yard.gas_channel)[dt.date(2026, 3, 2)][0] == 1370  # thousandths

    def test_therms_are_kept_by_a_meter_that_counts_them(self, db: None, tmp_path: Path) -> None:
        del db
        premise = add_premise(
            number="P9", street="9 Elm St", city="B", state="IL", postal_code="61000"
        )
        point = add_service_point(number="S9", premise_id=premise, service="gas", metered=True)
        install_meter(serial="G9", service_point_id=point, installed_on=INSTALLED)
        channel = open_channel(service_point_id=point, unit="therm", step_seconds=900)
        row = "G9,03/02/2026,00:15,0.042"
        path = text_file(tmp_path, HEAD_END_HEADER, row, name="therms.csv")

        report = taken(path, mapped(unit="therm", step_seconds=900))

        assert problems(report) == []
        assert stored(channel)[dt.date(2026, 3, 2)][0] == 42

    def test_therms_are_not_taken_for_volumes(self, yard: Yard, tmp_path: Path) -> None:
        del yard
        path = text_file(tmp_path, HEAD_END_HEADER, "G1,03/02/2026,01:00,1", name="mixed.csv")

        assert problems(taken(path, mapped(unit="therm"))) == [(2, Problem.UNIT_DIFFERS)]


class TestMappedLong:
    def test_interval_ending_local_times_in_wh_land_on_their_hour(
        self, yard: Yard, tmp_path: Path
    ) -> None:
        # 1 a.m. names the hour from midnight; midnight names the last hour of the day before.
        path = text_file(
            tmp_path,
            HEAD_END_HEADER,
            "E1,03/02/2026,01:00,412",
            "E1,03/03/2026,00:00,398",
            name="a.csv",
        )

        report = taken(path, mapped())

        assert problems(report) == []
        assert stored(yard.electric_channel) == {MARCH_2: [412, *[MISSING] * 22, 398]}

    def test_a_multiplier_is_applied(self, yard: Yard, tmp_path: Path) -> None:
        path = text_file(tmp_path, HEAD_END_HEADER, "E1,03/02/2026,01:00,25", name="a.csv")

        taken(path, mapped(multiplier=40))

        assert stored(yard.electric_channel)[MARCH_2][0] == 1000  # 25 Wh x 40

    def test_each_row_may_say_its_own_multiplier(self, yard: Yard, tmp_path: Path) -> None:
        rows = ["25,40", "25,", "25,2.5", "25,0", "25,-1", "25,forty", "25,NaN"]
        path = text_file(
            tmp_path,
            f"{HEAD_END_HEADER},CT",
            *(f"E1,03/02/2026,{hour:02}:00,{row}" for hour, row in enumerate(rows, start=1)),
            name="a.csv",
        )

        report = taken(path, mapped(multiplier=2, multiplier_column="CT"))

        # 25 Wh x 2 by the sender's description, and x 40, 1 and 2.5 by the rows
        assert stored(yard.electric_channel)[MARCH_2][:3] == [2000, 50, 125]
        assert problems(report) == [(line, Problem.NOT_A_NUMBER) for line in (5, 6, 7, 8)]

    def test_the_hour_shown_twice_is_refused_without_a_marker(
        self, yard: Yard, tmp_path: Path
    ) -> None:
        del yard
        path = text_file(tmp_path, HEAD_END_HEADER, "E1,11/01/2026,01:30,1", name="a.csv")

        report = taken(path, mapped(interval_ending=False))

        assert problems(report) == [(2, Problem.AMBIGUOUS_HOUR)]

    def test_a_marker_tells_the_two_hours_apart(self, yard: Yard, tmp_path: Path) -> None:
        path = text_file(
            tmp_path,
            HEAD_END_HEADER + ",DST",
            "E1,11/01/2026,01:00,100,D",
            "E1,11/01/2026,01:00,200,S",
            name="a.csv",
        )

        taken(
            path,
            mapped(dst_column="DST", dst_daylight="D", dst_standard="S", interval_ending=False),
        )

        assert stored(yard.electric_channel)[FALL_BACK][:4] == [MISSING, 100, 200, MISSING]

    def test_strict_order_tells_them_apart_too(self, yard: Yard, tmp_path: Path) -> None:
        rows = [f"E1,11/01/2026,{hour:02}:00,{100 + n}" for n, hour in enumerate([0, 1, 1, 2, 3])]
        path = text_file(tmp_path, HEAD_END_HEADER, *rows, name="a.csv")

        report = taken(path, mapped(in_order=True, interval_ending=False))

        assert problems(report) == []
        assert stored(yard.electric_channel)[FALL_BACK][:5] == [100, 101, 102, 103, 104]

    def test_an_hour_may_end_where_the_clock_leaves_one_out(
        self, yard: Yard, tmp_path: Path
    ) -> None:
        path = text_file(
            tmp_path,
            HEAD_END_HEADER,
            "E1,03/08/2026,02:00,5",
            "E1,03/08/2026,02:30,6",
            "E1,03/08/2026,04:00,7",
            name="a.csv",
        )

        report = taken(path, mapped())

        assert problems(report) == [(3, Problem.SKIPPED_HOUR)]
        assert stored(yard.electric_channel)[SPRING_FORWARD][:4] == [MISSING, 5, 7, MISSING]

    def test_what_went_to_the_co_op_is_a_channel_of_its_own(
        self, yard: Yard, tmp_path: Path
    ) -> None:
        received = open_channel(
            service_point_id=yard.electric, unit="kWh", step_seconds=3600, flow="received"
        )
        path = text_file(tmp_path, HEAD_END_HEADER, "E1,03/02/2026,01:00,-250", name="a.csv")

        taken(path, mapped(negative_is_received=True))

        assert stored(received)[MARCH_2][0] == 250
        assert stored(yard.electric_channel) == {}

    def test_a_sender_s_estimates_keep_their_mark(self, yard: Yard, tmp_path: Path) -> None:
        path = text_file(tmp_path, HEAD_END_HEADER + ",Q", "E1,03/02/2026,01:00,9,E", name="a.csv")

        taken(path, mapped(quality_column="Q", qualities={"E": "estimated"}))

        (day,) = read_days(channel_ids=[yard.electric_channel], period=EVER)
        assert day.quality[0] == Quality.ESTIMATED

    def test_the_unit_must_be_the_channel_s(self, yard: Yard, tmp_path: Path) -> None:
        del yard
        path = text_file(tmp_path, HEAD_END_HEADER, "G1,03/02/2026,01:00,9", name="a.csv")

        assert problems(taken(path, mapped())) == [(2, Problem.UNIT_DIFFERS)]

    @pytest.mark.parametrize(
        ("header", "problem"),
        [
            ("Meter No,Date,Usage (Wh)", Problem.WRONG_COLUMNS),
            ("Meter No,Date,Time,Date,Usage (Wh)", Problem.WRONG_COLUMNS),
        ],
    )
    def test_missing_and_double_headers_refuse_the_file(
        self, yard: Yard, tmp_path: Path, header: str, problem: Problem
    ) -> None:
        del yard

        report = taken(text_file(tmp_path, header, "E1,a,b,c", name="a.csv"), mapped())

        assert problems(report) == [(1, problem)]
        assert not report.stored

    def test_a_semicolon_and_a_decimal_comma_are_read(self, yard: Yard, tmp_path: Path) -> None:
        path = text_file(
            tmp_path, HEAD_END_HEADER.replace(",", ";"), "E1;03/02/2026;01:00;1.412,0", name="a.csv"
        )

        taken(path, mapped(delimiter=";", decimal_comma=True))

        assert stored(yard.electric_channel)[MARCH_2][0] == 1412


class TestMappedWide:
    WIDE = {
        "time_columns": ["Day"],
        "time_format": "%Y%m%d",
        "value_columns": ["H*"],
        "meter_column": "Meter",
        "step_seconds": 3600,
        "unit": "kWh",
        "wide": True,
    }

    def layout(self) -> MappedFormat:
        return MappedFormat(profile_from_policy(name="wide-one", value=self.WIDE), CHICAGO)

    def file(self, folder: Path, day: str, hours: int) -> Path:
        columns = ",".join(f"H{n}" for n in range(1, 26))
        values = ",".join([*[f"{n}.5" for n in range(hours)], *[""] * (25 - hours)])
        return text_file(folder, f"Meter,Day,{columns}", f"E1,{day},{values}", name="w.csv")

    @pytest.mark.parametrize(
        ("day", "hours"), [(MARCH_2, 24), (SPRING_FORWARD, 23), (FALL_BACK, 25)]
    )
    def test_a_row_is_a_day_of_its_own_length(
        self, yard: Yard, tmp_path: Path, day: dt.date, hours: int
    ) -> None:
        report = taken(self.file(tmp_path, f"{day:%Y%m%d}", hours), self.layout())

        assert problems(report) == []
        assert stored(yard.electric_channel) == {day: [1000 * n + 500 for n in range(hours)]}

    @pytest.mark.parametrize("day", [SPRING_FORWARD, FALL_BACK])
    def test_a_sender_who_does_not_know_the_change_is_refused(
        self, yard: Yard, tmp_path: Path, day: dt.date
    ) -> None:
        report = taken(self.file(tmp_path, f"{day:%Y%m%d}", 24), self.layout())

        assert problems(report) == [(2, Problem.WRONG_VALUE_COUNT)]
        assert stored(yard.electric_channel) == {}


class TestProfiles:
    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"unit": "joule"}, "unit"),
            ({"step_seconds": 1000}, "step_seconds"),
            ({"multiplier": 0}, "multiplier"),
            ({"zone": "Mars/Olympus"}, "zone"),
            ({"meter": "E1"}, "meter_column"),
            ({"flows": {"X": "sideways"}}, "flows"),
            ({"colour": "red"}, "colour"),
            ({"time_columns": []}, "time_columns"),
        ],
    )
    def test_what_cannot_be_is_refused_by_its_name(
        self, changed: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(ProfileRefused) as refused:
            profile_from_policy(name="x", value=HEAD_END | changed)

        assert refused.value.values["field"] == field


class TestTrial:
    def test_shows_what_was_understood_and_leaves_nothing(self, yard: Yard, tmp_path: Path) -> None:
        del yard
        path = text_file(
            tmp_path,
            HEAD_END_HEADER,
            "E1,03/02/2026,01:00,412",
            "E9,03/02/2026,01:00,1",
            name="a.csv",
        )

        preview = try_file(order=order(path, mapped()))

        (first,) = preview.first
        (total,) = preview.totals
        assert (first.meter_serial, str(first.value), first.unit) == ("E1", "0.412", "kWh")
        assert first.starts_at.isoformat() == "2026-03-02T06:00:00+00:00"
        assert (total.days, f"{total.total:f}") == (1, "0.412")
        assert problems(preview.report) == [(3, Problem.UNKNOWN_METER)]
        assert not IntervalDay.objects.exists()
        assert not ReadFile.objects.exists()


FEED = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:espi="http://naesb.org/espi">
<entry><link rel="self" href="/UP/1/MR/1"/><link rel="related" href="/RT/1"/>
 <updated>2026-03-02</updated><content><espi:MeterReading/></content></entry>
<entry><link rel="self" href="/UP/1/MR/1/IB/1"/><link rel="up" href="/UP/1/MR/1/IB"/><content>
 <espi:IntervalBlock>
  <espi:IntervalReading><espi:ReadingQuality><espi:quality>8</espi:quality></espi:ReadingQuality>
   <espi:timePeriod><espi:duration>3600</espi:duration><espi:start>{start}.0</espi:start>
   </espi:timePeriod><espi:value>412</espi:value></espi:IntervalReading>
  <espi:IntervalReading><espi:timePeriod><espi:duration>3600</espi:duration>
   <espi:start>{next}</espi:start></espi:timePeriod><espi:value>398</espi:value>
  </espi:IntervalReading></espi:IntervalBlock></content></entry>
<entry><link rel="self" href="/RT/1"/><content><espi:ReadingType>
 <espi:flowDirection>1</espi:flowDirection><espi:kind></espi:kind>
 <espi:powerOfTenMultiplier>0</espi:powerOfTenMultiplier><espi:uom>72</espi:uom>
</espi:ReadingType></content></entry></feed>
"""
MIDNIGHT = 1_772_431_200
"""2026-03-02T06:00:00Z: midnight in Chicago."""


def feed(folder: Path, text: str = FEED) -> Path:
    path = folder / "feed.xml"
    path.write_text(text.replace("{start}", str(MIDNIGHT)).replace("{next}", str(MIDNIGHT + 3600)))
    return path


class TestGreenButton:
    def test_reads_a_file_that_breaks_the_standard_harmlessly(
        self, yard: Yard, tmp_path: Path
    ) -> None:
        report = taken(feed(tmp_path), GreenButtonFormat("E1"))

        (day,) = read_days(channel_ids=[yard.electric_channel], period=EVER)
        assert (report.rows, problems(report)) == (2, [])
        assert day.values[:3].tolist() == [412, 398, MISSING]
        assert day.quality[:2].tolist() == [Quality.ESTIMATED, Quality.GOOD]

    def test_again_is_a_no_op(self, yard: Yard, tmp_path: Path) -> None:
        del yard
        taken(feed(tmp_path), GreenButtonFormat("E1"))

        assert taken(feed(tmp_path), GreenButtonFormat("E1")).already_known

    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            (FEED[:900], Problem.BROKEN_XML),
            ("meter,start,value\n", Problem.BROKEN_XML),
            ("", Problem.BROKEN_XML),
            ("<feed/>", Problem.EMPTY_FILE),
            ("<a>" * 100 + "</a>" * 100, Problem.BROKEN_XML),
        ],
    )
    def test_what_is_no_feed_is_told(
        self, yard: Yard, tmp_path: Path, text: str, problem: Problem
    ) -> None:
        del yard

        report = taken(feed(tmp_path, text), GreenButtonFormat("E1"))

        assert [code for _row, code in problems(report)] == [problem]
        assert not report.stored

    def test_a_billion_laughs_are_not_laughed(self, yard: Yard, tmp_path: Path) -> None:
        del yard
        entities = "".join(
            f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(10)
        )
        bomb = f"<?xml version='1.0'?><!DOCTYPE x [{entities}]><feed>&l9;</feed>"

        report = taken(feed(tmp_path, bomb), GreenButtonFormat("E1"))

        assert problems(report) == [(1, Problem.BROKEN_XML)]
        assert report.problems[0].values["reason"] == "DOCTYPE"

    def test_a_unit_nobody_counts_here_is_told_reading_by_reading(
        self, yard: Yard, tmp_path: Path
    ) -> None:
        del yard

        report = taken(feed(tmp_path, FEED.replace(">72<", ">23<")), GreenButtonFormat("E1"))

        assert problems(report) == [(1, Problem.UNIT_UNKNOWN), (2, Problem.UNIT_UNKNOWN)]
