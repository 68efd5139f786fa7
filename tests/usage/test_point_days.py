"""All channels of a point at once, whole series as arrays, and that parts make up the whole."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from smarthub.kernel.period import Period, day_seconds
from smarthub.metering.models import Channel, IntervalDay
from smarthub.metering.types import MISSING
from smarthub.usage.queries import list_point_days, read_series
from tests.metering.yard import (
    CHICAGO,
    FALL_BACK,
    MARCH_2,
    MARCH_3,
    Yard,
    build_yard,
    ingest_wide,
    wide_file,
    wide_row,
)

MARCH_4 = dt.date(2026, 3, 4)
THREE_DAYS = Period(MARCH_2, dt.date(2026, 3, 5))


@pytest.fixture
def yard(db: None) -> Yard:
    return build_yard()


class TestPointDays:
    def test_says_what_is_known_of_each_day_in_one_query(self, yard: Yard, tmp_path: Path) -> None:
        rows = [wide_row(MARCH_2, ["1"] * 24), wide_row(MARCH_4, ["0.5", "", *["1"] * 22])]
        ingest_wide(wide_file(tmp_path, *rows))

        with CaptureQueriesContext(connection) as queries:
            history = list_point_days(
                service_point_ids=[yard.electric], station="", period=THREE_DAYS
            )[yard.electric]

        assert len(queries) == 1
        assert (history.unit, history.step_seconds) == ("kWh", 3600)
        assert {day: (d.delivered, d.partial) for day, d in history.days.items()} == {
            MARCH_2: (Decimal(24), False),
            MARCH_4: (Decimal("22.5"), True),
        }

    def test_a_day_that_was_known_otherwise_says_when_it_was_corrected(
        self, yard: Yard, tmp_path: Path
    ) -> None:
        ingest_wide(wide_file(tmp_path, wide_row(MARCH_2, ["1"] * 24)))
        ingest_wide(wide_file(tmp_path, wide_row(MARCH_2, ["2", *["1"] * 23])))

        day = list_point_days(service_point_ids=[yard.electric], station="", period=THREE_DAYS)[
            yard.electric
        ].days[MARCH_2]

        assert day.delivered == Decimal(25)
        assert day.corrected_at is not None

    def test_a_gap_that_was_filled_is_no_correction(self, yard: Yard, tmp_path: Path) -> None:
        ingest_wide(wide_file(tmp_path, wide_row(MARCH_2, ["1", "", *["1"] * 22])))
        ingest_wide(wide_file(tmp_path, wide_row(MARCH_2, ["1"] * 24)))

        day = list_point_days(service_point_ids=[yard.electric], station="", period=THREE_DAYS)[
            yard.electric
        ].days[MARCH_2]

        assert (day.delivered, day.corrected_at) == (Decimal(24), None)

    def test_what_was_given_back_stands_beside_what_was_taken(
        self, yard: Yard, tmp_path: Path
    ) -> None:
        ingest_wide(wide_file(tmp_path, wide_row(MARCH_2, ["1"] * 24)))
        taken = IntervalDay.objects.get()
        back = Channel.objects.create(
            service_point_id=yard.electric, flow="received", unit="kWh", step_seconds=3600
        )
        IntervalDay.objects.create(
            channel=back,
            day=MARCH_2,
            total=taken.total // 2,
            peak=taken.peak,
            v=taken.v,
            file=taken.file,
        )

        day = list_point_days(service_point_ids=[yard.electric], station="", period=THREE_DAYS)[
            yard.electric
        ].days[MARCH_2]

        assert (day.delivered, day.received) == (Decimal(24), Decimal(12))


class TestSeries:
    def test_has_every_interval_known_or_not(self, yard: Yard, tmp_path: Path) -> None:
        ingest_wide(wide_file(tmp_path, wide_row(MARCH_3, ["1", "", *["2"] * 22])))

        series = read_series(service_point_id=yard.electric, period=THREE_DAYS, zone=CHICAGO)

        assert series is not None
        assert series.start == dt.datetime(2026, 3, 2, 6, tzinfo=dt.UTC)  # midnight in Chicago
        assert series.values.tolist() == (
            [MISSING] * 24 + [1000, MISSING] + [2000] * 22 + [MISSING] * 24
        )

    def test_the_day_the_clock_goes_back_has_25_hours(self, yard: Yard, tmp_path: Path) -> None:
        ingest_wide(wide_file(tmp_path, wide_row(FALL_BACK, ["1"] * 25)))
        period = Period(FALL_BACK, FALL_BACK + dt.timedelta(days=2))

        series = read_series(service_point_id=yard.electric, period=period, zone=CHICAGO)

        assert series is not None
        assert series.values.tolist() == [1000] * 25 + [MISSING] * 24

    @pytest.mark.parametrize("zone", ["America/Chicago", "America/New_York", "America/Phoenix"])
    def test_a_year_has_as_many_steps_as_its_days_have_seconds(self, yard: Yard, zone: str) -> None:
        year = Period(dt.date(2026, 1, 1), dt.date(2027, 1, 1))

        series = read_series(service_point_id=yard.electric, period=year, zone=ZoneInfo(zone))

        assert series is not None
        assert len(series.values) == 8760
        assert sum(day_seconds(day, ZoneInfo(zone)) for day in year) == 8760 * 3600

    def test_a_meter_that_tells_days_has_one_value_a_day_however_long_it_is(
        self, yard: Yard, tmp_path: Path
    ) -> None:
        ingest_wide(wide_file(tmp_path, wide_row(MARCH_2, ["1"] * 24)))
        hours = IntervalDay.objects.get()
        daily = Channel.objects.create(
            service_point_id=yard.gas, flow="delivered", unit="ccf", step_seconds=86_400
        )
        spring = Period(dt.date(2026, 3, 7), dt.date(2026, 3, 11))  # the 8th has 23 hours
        for day in spring:
            IntervalDay.objects.create(
                channel=daily, day=day, total=7, peak=7, v=b"\x07\x00", file=hours.file
            )

        series = read_series(service_point_id=yard.gas, period=spring, zone=CHICAGO)

        assert series is not None
        assert series.values.tolist() == [7, 7, 7, 7]

    def test_any_parts_of_a_period_make_up_the_whole(self, yard: Yard, tmp_path: Path) -> None:
        days = list(Period(dt.date(2026, 10, 30), dt.date(2026, 11, 4)))
        rows = [
            wide_row(day, [f"0.{n + 1:03}"] * (day_seconds(day, CHICAGO) // 3600))
            for n, day in enumerate(days)
        ]
        ingest_wide(wide_file(tmp_path, *rows))
        whole = Period(days[0], days[-1] + dt.timedelta(days=1))

        def total(period: Period) -> int:
            series = read_series(service_point_id=yard.electric, period=period, zone=CHICAGO)
            assert series is not None
            return int(series.values.sum())

        daily = list_point_days(service_point_ids=[yard.electric], station="", period=whole)
        by_day = sum(d.delivered or 0 for d in daily[yard.electric].days.values())
        for cut in days[1:]:
            assert total(Period(whole.start, cut)) + total(Period(cut, whole.end)) == total(whole)
        assert Decimal(total(whole)).scaleb(-3) == by_day
