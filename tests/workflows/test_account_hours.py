"""The hours of a day and of a week: all of them, on the days the clock changes too."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from pytest_django import DjangoAssertNumQueries

from smarthub.accounts.access import open_account
from smarthub.accounts.types import VisibleAccount
from smarthub.kernel.errors import NotVisible
from smarthub.metering.operations import install_meter, open_channel
from smarthub.workflows.account_hours import HoursView, get_hours
from tests.cast import OPENED, Cast
from tests.metering.yard import CHICAGO, ingest_wide, wide_file, wide_row

MONDAY = dt.date(2026, 11, 16)
FORWARD, BACK = dt.date(2026, 3, 8), dt.date(2026, 11, 1)
ON = dt.date(2026, 11, 22)
DAYS = {
    FORWARD: ["1"] * 23,
    BACK: ["1"] * 25,
    MONDAY - dt.timedelta(days=1): ["2"] * 24,
    MONDAY: ["0.5", "", *["1"] * 22],
}
"""Hours in kWh; Monday's second hour was never read."""


@pytest.fixture
def metered(cast: Cast, tmp_path: Path) -> Cast:
    install_meter(serial="PR1", service_point_id=cast.electric_1001, installed_on=OPENED)
    open_channel(service_point_id=cast.electric_1001, unit="kWh", step_seconds=3600)
    rows = [wide_row(day, values, meter="PR1") for day, values in DAYS.items()]
    ingest_wide(wide_file(tmp_path, *rows))
    return cast


def open_marias(cast: Cast) -> VisibleAccount:
    return open_account(user_id=cast.maria.user.pk, number="1001", on=ON)


def hours_of(cast: Cast, day: dt.date, *, point: str = "E1001", week: bool = False) -> HoursView:
    return get_hours(
        account=open_marias(cast), point_number=point, day=day, on=ON, zone=CHICAGO, week=week
    )


class TestOneDay:
    @pytest.mark.parametrize(("day", "hours"), [(FORWARD, 23), (BACK, 25), (MONDAY, 24)])
    def test_has_every_hour_its_clock_had(self, metered: Cast, day: dt.date, hours: int) -> None:
        assert len(hours_of(metered, day).hours) == hours

    def test_leaves_an_hour_without_a_reading_open(self, metered: Cast) -> None:
        view = hours_of(metered, MONDAY)

        # 0.5 and 22 times 1; what is not known is no zero
        (day,) = view.days
        assert view.hours[1].quantity is None
        assert day.quantity == Decimal("22.5")
        assert not day.is_whole

    def test_without_any_reading_has_hours_without_quantity(self, metered: Cast) -> None:
        view = hours_of(metered, MONDAY + dt.timedelta(days=1))

        assert [hour.quantity for hour in view.hours] == [None] * 24
        assert view.days[0].quantity is None

    def test_begins_at_local_midnight(self, metered: Cast) -> None:
        # midnight in Chicago is 6:00 in UTC in winter
        assert hours_of(metered, MONDAY).hours[0].starts_at.isoformat() == (
            "2026-11-16T06:00:00+00:00"
        )

    def test_leads_to_the_days_beside_it(self, metered: Cast) -> None:
        view = hours_of(metered, MONDAY)

        assert (view.previous, view.following) == (
            MONDAY - dt.timedelta(days=1),
            MONDAY + dt.timedelta(days=1),
        )
        assert hours_of(metered, ON - dt.timedelta(days=1)).following is None
        assert hours_of(metered, OPENED).previous is None

    def test_takes_two_queries(
        self, metered: Cast, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        account = open_marias(metered)

        with django_assert_num_queries(2):
            get_hours(account=account, point_number="E1001", day=MONDAY, on=ON, zone=CHICAGO)


class TestAWeek:
    def test_ends_with_the_chosen_day(self, metered: Cast) -> None:
        view = hours_of(metered, MONDAY, week=True)

        assert [day.quantity for day in view.days] == [
            *[None] * 5,
            Decimal(48),  # 24 times 2
            Decimal("22.5"),
        ]
        assert len(view.hours) == 7 * 24

    def test_over_the_day_the_clock_goes_back_has_an_hour_more(self, metered: Cast) -> None:
        assert len(hours_of(metered, BACK, week=True).hours) == 7 * 24 + 1

    def test_begins_no_earlier_than_the_account(self, metered: Cast) -> None:
        view = hours_of(metered, OPENED + dt.timedelta(days=2), week=True)

        assert [day.day for day in view.days] == [OPENED + dt.timedelta(days=n) for n in range(3)]
        assert view.previous is None

    def test_leads_to_the_weeks_beside_it(self, metered: Cast) -> None:
        view = hours_of(metered, MONDAY, week=True)

        # a week later would be the 23rd, which is not over; yesterday is the last day there is
        assert view.previous == dt.date(2026, 11, 9)
        assert view.following == dt.date(2026, 11, 21)


class TestWhatIsNotShown:
    @pytest.mark.parametrize(
        ("point", "day"),
        [
            ("E1002", MONDAY),
            ("E1001", ON),
            ("E1001", OPENED - dt.timedelta(days=1)),
        ],
        ids=["a point of somebody else", "a day not over", "a day before the account"],
    )
    def test_is_not_there(self, metered: Cast, point: str, day: dt.date) -> None:
        with pytest.raises(NotVisible):
            hours_of(metered, day, point=point)

    def test_a_meter_that_tells_no_hours_has_no_unit(self, metered: Cast) -> None:
        assert hours_of(metered, MONDAY, point="G1001").unit == ""
