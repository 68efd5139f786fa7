"""The bill ahead of a member with panels: both flows are projected, and priced by the engine.

Maria takes 1 kWh and gives back 0.75 in four hours of each day; November's first twelve days are
known, one of them with 25 hours: 289 kWh taken, 36 given back. By the day: 38.00 x 12/30 fixed,
0.0410 + 0.0770 + 0.00375 a kWh, and 0.0032 of tax.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from smarthub.accounts.access import open_account
from smarthub.kernel.money import Money
from smarthub.kernel.period import Period
from smarthub.rating.operations import publish_tariff
from smarthub.rating.types import History
from smarthub.workflows.usage.bill_ahead import BillAhead, get_bill_ahead
from smarthub.workflows.usage.net_ahead import BothFlows, price_both
from smarthub.workflows.usage.usage_costs import (
    Billing,
    find_open_period,
    get_billing,
    steps_so_far,
)
from smarthub.workflows.usage.usage_ground import Ground, find_point, stand_on
from tests.cast import NOW, Cast
from tests.metering.yard import CHICAGO
from tests.rating.rate_book import E_R1
from tests.workflows.usage.export_world import FALL_BACK, OCTOBER, Channels, store, store_day

ON = dt.date(2024, 11, 13)
KNOWN = Period(OCTOBER.end, ON)
WITH_BANK: dict[str, Any] = {
    **E_R1,
    "effective_from": OCTOBER.end.isoformat(),
    "netting": {"kind": "kwh_bank", "name": {"en": "Bank", "es": "Banco"}},
}
PAYS: dict[str, Any] = {
    **E_R1,
    "effective_from": OCTOBER.end.isoformat(),
    "charges": [
        *E_R1["charges"],
        {
            "kind": "export_credit",
            "code": "export",
            "name": {"en": "Energy you gave", "es": "Energía que usted dio"},
            "unit": "kWh",
            "rate": "0.0335",
        },
    ],
}


@pytest.fixture
def november(cast: Cast, channels: Channels) -> Cast:
    """Return the cast after twelve days of November."""
    days = [day for day in KNOWN if day != FALL_BACK]
    store(channels.delivered, days, [[1000] * 24] * len(days))
    store(channels.received, days, [[0] * 10 + [750] * 4 + [0] * 10] * len(days))
    store_day(channels.delivered, FALL_BACK, [1000] * 25)
    store_day(channels.received, FALL_BACK, [0] * 11 + [750] * 4 + [0] * 10)
    return cast


def ground_of(cast: Cast) -> Ground:
    account = open_account(user_id=cast.maria.user.pk, number="1001", on=ON)
    point = find_point(account=account, number="E1001")
    return stand_on(account=account, point=point, on=ON, zone=CHICAGO, back_to=ON)


def ahead_of(cast: Cast) -> BillAhead:
    ground = ground_of(cast)
    ahead = get_bill_ahead(ground=ground, billing=get_billing(ground=ground))
    assert ahead is not None
    return ahead


class TestNetMetering:
    def test_so_far_is_priced_for_what_is_left_after_setting_off(self, november: Cast) -> None:
        publish_tariff(definition=WITH_BANK, author="board", published_at=NOW)

        ahead = ahead_of(november)

        assert (ahead.so_far, ahead.given_so_far) == (Decimal("289.000"), Decimal("36.000"))
        # 253 kWh: 13.20 + 2.00 + 10.37 + 19.48 + 0.95 + 0.81
        assert ahead.cost_so_far == Money(46_81)

    def test_the_range_goes_from_little_taken_and_much_given_to_the_other(
        self, november: Cast
    ) -> None:
        publish_tariff(definition=WITH_BANK, author="board", published_at=NOW)

        ahead = ahead_of(november)

        assert ahead.projection is not None
        assert ahead.given is not None
        # Eighteen days go on as so far, a quarter to either side: 289 + 433.5, and 36 + 54.
        assert (ahead.projection.low, ahead.projection.high) == pytest.approx((614.125, 830.875))
        assert (ahead.given.low, ahead.given.high) == pytest.approx((76.5, 103.5))
        # 614.125 - 103.5 = 510.625 kWh: 38.00 + 20.94 + 39.32 + 1.91 + 1.63
        assert ahead.low == Money(101_80)
        # 830.875 - 76.5 = 754.375 kWh: 38.00 + 30.93 + 58.09 + 2.83 + 2.41
        assert ahead.high == Money(132_26)

    def test_the_bank_of_the_bill_before_is_used_up_first(self, november: Cast) -> None:
        publish_tariff(definition=WITH_BANK, author="board", published_at=NOW)
        ground = ground_of(november)
        billing = get_billing(ground=ground)

        # 253 - 100 = 153 kWh: 15.20 + 6.27 + 11.78 + 0.57 + 0.49
        assert _with_bank(ground, billing, Decimal(100)) == Money(34_31)
        # more in the bank than is needed leaves what counts no use
        assert _with_bank(ground, billing, Decimal(300)) == Money(15_20)


def _with_bank(ground: Ground, billing: Billing, kwh: Decimal) -> Money | None:
    periods = [replace(each, leaves=History(bank={"": kwh})) for each in billing.billing.periods]
    held = Billing(replace(billing.billing, periods=tuple(periods)), billing.prices)
    opened = find_open_period(ground=ground, billing=held)
    assert opened is not None
    steps = steps_so_far(ground=ground, opened=opened)
    assert steps is not None
    return price_both(
        opened=opened,
        billing=held,
        steps=steps,
        flows=BothFlows(Decimal(289), Decimal(36)),
        period=KNOWN,
    )


class TestNetBilling:
    def test_what_is_given_back_is_paid_for(self, november: Cast) -> None:
        publish_tariff(definition=PAYS, author="board", published_at=NOW)

        # 15.20 + 11.85 + 22.25 + 1.08 + 0.92, less 36 x 0.0335 = 1.21
        assert ahead_of(november).cost_so_far == Money(50_09)


class TestWhatNoTotalTells:
    def test_hours_set_off_against_each_other_are_told_in_the_meter_unit_alone(
        self, november: Cast
    ) -> None:
        by_hour = {**PAYS, "netting": {"kind": "hour"}}
        publish_tariff(definition=by_hour, author="board", published_at=NOW)

        ahead = ahead_of(november)

        assert (ahead.cost_so_far, ahead.low, ahead.high) == (None, None, None)
        assert ahead.projection is not None
