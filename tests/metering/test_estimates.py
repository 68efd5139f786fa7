"""Estimates are stored with their quality, once, and give way to reads that come later."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from smarthub.kernel.period import Period
from smarthub.metering.models import IntervalRevision, ReadFile, RegisterRead
from smarthub.metering.operations import (
    NothingToEstimateFrom,
    estimate_gaps,
    estimate_register_read,
    install_meter,
    remove_meter,
)
from smarthub.metering.queries import read_days
from smarthub.metering.types import ESTIMATES, EstimateReport, Quality
from tests.metering.yard import (
    CHICAGO,
    FALL_BACK,
    RECEIVED,
    SPRING_FORWARD,
    Yard,
    build_yard,
    ingest_registers,
    ingest_wide,
    register_file,
    wide_file,
    wide_row,
)

START = dt.date(2026, 6, 1)
USUAL = ["0.100"] * 12 + ["0.900"] * 12
"""12 kWh a day: 12 x 0.1 + 12 x 0.9."""


@pytest.fixture
def yard(db: None) -> Yard:
    return build_yard()


def days_from(start: dt.date, count: int) -> list[dt.date]:
    return [start + dt.timedelta(days=n) for n in range(count)]


def estimate(yard: Yard, period: Period) -> EstimateReport:
    return estimate_gaps(
        channel_ids=[yard.electric_channel], period=period, zone=CHICAGO, now=RECEIVED
    )


def stored(yard: Yard, day: dt.date) -> tuple[list[int], set[int]]:
    (found,) = read_days(
        channel_ids=[yard.electric_channel], period=Period(day, day + dt.timedelta(days=1))
    )
    return found.values.tolist(), set(found.quality.tolist())


@pytest.fixture
def fortnight(yard: Yard, tmp_path: Path) -> dt.date:
    """Store two weeks as usual; return the day after, of which nothing came."""
    ingest_wide(wide_file(tmp_path, *(wide_row(day, USUAL) for day in days_from(START, 14))))
    return START + dt.timedelta(days=14)


class TestEstimateGaps:
    def test_a_day_that_did_not_come_follows_the_days_before(
        self, yard: Yard, fortnight: dt.date
    ) -> None:
        report = estimate(yard, Period(fortnight, fortnight + dt.timedelta(days=1)))

        assert report == EstimateReport(days=1, intervals=24)
        assert stored(yard, fortnight) == ([100] * 12 + [900] * 12, {Quality.ESTIMATED})

    def test_again_changes_nothing(self, yard: Yard, fortnight: dt.date) -> None:
        period = Period(fortnight, fortnight + dt.timedelta(days=1))
        estimate(yard, period)

        again = estimate(yard, period)

        assert again == EstimateReport(days=0, intervals=0)
        assert not IntervalRevision.objects.exists()
        assert ReadFile.objects.filter(profile="estimate").count() == 1

    def test_the_register_has_the_last_word_on_the_total(
        self, yard: Yard, fortnight: dt.date, tmp_path: Path
    ) -> None:
        after = fortnight + dt.timedelta(days=1)
        ingest_registers(
            register_file(tmp_path, f"E1,{fortnight},1000,ami", f"E1,{after},1018.6,ami")
        )

        estimate(yard, Period(fortnight, after))

        # 12 kWh expected, 18.6 counted: every hour x 1.55.
        assert stored(yard, fortnight)[0] == [155] * 12 + [1395] * 12

    def test_a_register_that_comes_later_moves_the_estimate_and_keeps_the_old(
        self, yard: Yard, fortnight: dt.date, tmp_path: Path
    ) -> None:
        after = fortnight + dt.timedelta(days=1)
        estimate(yard, Period(fortnight, after))
        ingest_registers(
            register_file(tmp_path, f"E1,{fortnight},1000,ami", f"E1,{after},1018.6,ami")
        )

        estimate(yard, Period(fortnight, after))

        assert sum(stored(yard, fortnight)[0]) == 18_600
        assert IntervalRevision.objects.count() == 1

    def test_a_real_read_displaces_the_estimate_which_is_kept_beside_it(
        self, yard: Yard, fortnight: dt.date, tmp_path: Path
    ) -> None:
        estimate(yard, Period(fortnight, fortnight + dt.timedelta(days=1)))

        ingest_wide(wide_file(tmp_path, wide_row(fortnight, ["0.5"] * 24), name="late.csv"))

        assert stored(yard, fortnight) == ([500] * 24, {Quality.GOOD})
        revision = IntervalRevision.objects.get()
        assert set(bytes(revision.old_q or b"")) == {Quality.ESTIMATED}

    @pytest.mark.parametrize(("day", "hours"), [(SPRING_FORWARD, 23), (FALL_BACK, 25)])
    def test_a_day_the_clock_changes_keeps_its_length(
        self, yard: Yard, tmp_path: Path, day: dt.date, hours: int
    ) -> None:
        before = days_from(day - dt.timedelta(days=14), 14)
        ingest_wide(wide_file(tmp_path, *(wide_row(each, USUAL) for each in before)))

        estimate(yard, Period(day, day + dt.timedelta(days=1)))

        assert len(stored(yard, day)[0]) == hours
        assert stored(yard, day)[0][-12:] == [900] * 12

    def test_days_without_a_meter_are_not_invented(self, yard: Yard, fortnight: dt.date) -> None:
        remove_meter(serial="E1", service_point_id=yard.electric, removed_on=fortnight)

        report = estimate(yard, Period(fortnight, fortnight + dt.timedelta(days=3)))

        assert report.days == 0

    def test_an_exchange_inside_the_span_leaves_the_total_to_both_registers(
        self, yard: Yard, fortnight: dt.date
    ) -> None:
        remove_meter(serial="E1", service_point_id=yard.electric, removed_on=fortnight)
        install_meter(serial="E9", service_point_id=yard.electric, installed_on=fortnight)

        report = estimate(yard, Period(fortnight, fortnight + dt.timedelta(days=1)))

        assert report.intervals == 24

    def test_any_part_of_a_filled_day_is_estimated_or_real(
        self, yard: Yard, fortnight: dt.date, tmp_path: Path
    ) -> None:
        half = [*USUAL[:6], *[""] * 12, *USUAL[18:]]
        ingest_wide(wide_file(tmp_path, wide_row(fortnight, half), name="half.csv"))

        estimate(yard, Period(fortnight, fortnight + dt.timedelta(days=1)))

        (day,) = read_days(
            channel_ids=[yard.electric_channel],
            period=Period(fortnight, fortnight + dt.timedelta(days=1)),
        )
        assert np.isin(day.quality, ESTIMATES).tolist() == [False] * 6 + [True] * 12 + [False] * 6


class TestEstimateRegisterRead:
    def test_gives_billing_a_read_of_kind_estimated_once(self, yard: Yard, tmp_path: Path) -> None:
        ingest_registers(
            register_file(tmp_path, "E1,2026-06-01,1000,ami", "E1,2026-07-01,1300,ami")
        )
        wanted = dt.date(2026, 8, 1)

        first = estimate_register_read(service_point_id=yard.electric, read_on=wanted, now=RECEIVED)
        again = estimate_register_read(service_point_id=yard.electric, read_on=wanted, now=RECEIVED)

        # 300 in 30 days is 10 a day; 31 days from July 1 to August 1.
        assert (first.value, first.used, first.known) == (Decimal(1610), Decimal(310), False)
        assert (again.value, again.known) == (Decimal(1610), True)
        assert RegisterRead.objects.get(read_on=wanted).kind == RegisterRead.Kind.ESTIMATED

    def test_an_estimate_that_was_too_high_accuses_no_later_read(
        self, yard: Yard, tmp_path: Path
    ) -> None:
        ingest_registers(
            register_file(tmp_path, "E1,2026-06-01,1000,ami", "E1,2026-07-01,1300,ami")
        )
        estimate_register_read(
            service_point_id=yard.electric, read_on=dt.date(2026, 8, 1), now=RECEIVED
        )

        report = ingest_registers(
            register_file(tmp_path, "E1,2026-09-01,1500,actual", name="later.csv")
        )

        assert report.problems == ()
        assert report.kept == 1

    def test_without_history_it_says_what_is_missing(self, yard: Yard) -> None:
        with pytest.raises(NothingToEstimateFrom) as refused:
            estimate_register_read(
                service_point_id=yard.electric, read_on=dt.date(2026, 8, 1), now=RECEIVED
            )

        assert refused.value.values["missing"] == "reads"
