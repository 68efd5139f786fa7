"""What the explorer tells of a place with a solar panel, gaps, estimates, edits and corrections."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from smarthub.accounts.access import open_account
from smarthub.kernel.errors import NotVisible
from smarthub.rating.operations import publish_tariff
from smarthub.workflows.usage.bill_match import Reason
from smarthub.workflows.usage.usage_costs import find_open_period, get_billing, price_days
from smarthub.workflows.usage.usage_explorer import ExplorerView, get_explorer
from smarthub.workflows.usage.usage_ground import Ground
from smarthub.workflows.usage.usage_spans import Shown, day_of, month_of, range_of, year_of
from tests.cast import NOW, Cast
from tests.metering.yard import CHICAGO
from tests.rating.rate_book import E_R1
from tests.workflows.usage.export_world import (
    GAP_DAY,
    GUESSED_DAY,
    OCTOBER,
    Channels,
    store,
    store_day,
)

ON = dt.date(2024, 11, 5)
FIRST, LAST = OCTOBER.start, OCTOBER.last_day


def look(
    cast: Cast,
    shown: Shown | None,
    *,
    on: dt.date = ON,
    dollars: bool = False,
    point: str = "E1001",
) -> ExplorerView:
    return get_explorer(
        account=open_account(user_id=cast.maria.user.pk, number="1001", on=on),
        point_number=point,
        shown=shown,
        on=on,
        zone=CHICAGO,
        dollars=dollars,
    )


class TestSlices:
    def test_both_directions_stand_apart(self, cast: Cast, channels: Channels) -> None:
        view = look(cast, month_of(FIRST))

        # 750 Wh in each of four hours, on 31 days
        assert view.total.received == Decimal("93.0")
        assert {each.received for each in view.slices} == {Decimal("3.0")}

    def test_gaps_estimates_and_edits_are_seen(self, cast: Cast, channels: Channels) -> None:
        by_day = {each.period.start: each for each in look(cast, month_of(FIRST)).slices}

        assert by_day[GAP_DAY].partial
        assert (by_day[GUESSED_DAY].estimated, by_day[GUESSED_DAY].edited) == (True, True)
        assert not by_day[FIRST].estimated

    def test_the_hours_of_a_day_say_which_of_them_are_estimates(
        self, cast: Cast, channels: Channels
    ) -> None:
        hours = look(cast, day_of(GUESSED_DAY)).slices

        assert [n for n, hour in enumerate(hours) if hour.estimated] == [10, 11, 12]
        assert [n for n, hour in enumerate(hours) if hour.edited] == [20]

    def test_a_corrected_day_says_so(self, cast: Cast, channels: Channels) -> None:
        store_day(channels.delivered, FIRST + dt.timedelta(days=1), [2000] * 24)

        first, second, *_rest = look(cast, month_of(FIRST)).slices

        assert second.quantity == Decimal(48)
        assert second.corrected_at is not None
        assert first.corrected_at is None

    def test_any_parts_make_up_the_whole(self, cast: Cast, channels: Channels) -> None:
        whole = look(cast, month_of(FIRST)).total.quantity
        by_year = look(cast, year_of(2024)).slices[0].quantity
        by_hours = sum(
            hour.quantity or 0 for day in OCTOBER for hour in look(cast, day_of(day)).slices
        )
        halves = [range_of(FIRST, dt.date(2024, 10, 15)), range_of(dt.date(2024, 10, 16), LAST)]

        assert whole == by_year == by_hours
        assert whole == sum(look(cast, half).total.quantity or 0 for half in halves)

    def test_days_before_the_account_had_the_place_are_not_theirs(
        self, cast: Cast, channels: Channels
    ) -> None:
        with pytest.raises(NotVisible):
            look(cast, day_of(FIRST - dt.timedelta(days=1)))


class TestBesideTheBill:
    def test_says_why_the_hours_do_not_add_up_to_the_bill(
        self, cast: Cast, channels: Channels
    ) -> None:
        bill = look(cast, range_of(FIRST, LAST)).bill

        assert bill is not None
        assert bill.billed == 812
        assert bill.billed == bill.summed + bill.difference
        assert bill.reason is Reason.ESTIMATE  # three hours are

    def test_a_period_no_bill_has_stands_beside_none(self, cast: Cast, channels: Channels) -> None:
        assert look(cast, range_of(FIRST, LAST - dt.timedelta(days=1))).bill is None


class TestCosts:
    def test_days_and_the_rest_are_the_bill_to_the_cent(
        self, cast: Cast, channels: Channels
    ) -> None:
        view = look(cast, range_of(FIRST, LAST), dollars=True)

        assert view.costs is not None
        (priced,) = view.costs.periods
        days = sum(cost.whole for cost in priced.days.values())
        assert days + priced.rest == priced.total.dollars == Decimal("139.46")

    def test_hours_make_up_their_day(self, cast: Cast, channels: Channels) -> None:
        view = look(cast, day_of(FIRST), dollars=True)

        assert view.costs is not None
        day = view.costs.days[FIRST]
        assert sum(hour.cost or 0 for hour in view.slices) == pytest.approx(day.use)
        assert sum(hour.fixed or 0 for hour in view.slices) == pytest.approx(day.fixed)

    def test_days_no_bill_has_yet_are_priced_as_a_bill_of_today_would(
        self, cast: Cast, channels: Channels
    ) -> None:
        store(channels.delivered, [OCTOBER.end], [[1000] * 24])
        on = OCTOBER.end + dt.timedelta(days=1)

        view = look(cast, day_of(OCTOBER.end), on=on, dollars=True)

        # 24 kWh at 0.0410 + 0.0770 + 0.00375 + 0.0032 tax; one day of thirty of 38.00
        assert view.slices[0].cost == pytest.approx(Decimal("0.12495"), abs=Decimal("0.00002"))
        assert view.dollars == pytest.approx(Decimal("4.2654"), abs=Decimal("0.001"))

    def test_hours_with_prices_of_their_own_bear_them(self, cast: Cast, channels: Channels) -> None:
        publish_tariff(definition=BY_HOURS, author="board", published_at=NOW)
        store(channels.delivered, [OCTOBER.end], [[1000] * 24])
        on = OCTOBER.end + dt.timedelta(days=1)

        view = look(cast, day_of(OCTOBER.end), on=on, dollars=True)

        prices = {hour.use_period: hour.cost for hour in view.slices}
        assert prices["on"] == pytest.approx(Decimal("0.40"), abs=Decimal("0.0001"))
        assert prices["off"] == pytest.approx(Decimal("0.10"), abs=Decimal("0.0001"))
        assert [n for n, h in enumerate(view.slices) if h.use_period == "on"] == [14, 15, 16, 17]

    def test_a_place_not_billed_yet_is_open_from_its_first_day(
        self, cast: Cast, channels: Channels
    ) -> None:
        ground: Ground = look(cast, None, point="W1001").ground

        opened = find_open_period(ground=ground, billing=get_billing(ground=ground))

        assert opened is None  # its rate, W-R1, was never published here
        costs = price_days(ground=ground, billing=get_billing(ground=ground), period=OCTOBER)
        assert costs.days == {}


BY_HOURS = {
    **E_R1,
    "effective_from": "2024-11-01",
    "periods": [
        {"code": "on", "name": {"en": "On", "es": "On"}, "when": [{"hours": ["14:00-18:00"]}]},
        {"code": "off", "name": {"en": "Off", "es": "Off"}},
    ],
    "charges": [
        {
            "kind": "time_of_use",
            "code": "energy",
            "name": {"en": "Energy", "es": "Energía"},
            "unit": "kWh",
            "rates": {"on": "0.40", "off": "0.10"},
        }
    ],
}
"""The same rate with hours of its own from November on."""
