"""What a bill says a late payment costs is what arrears charges for it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthub.arrears.engine import late_fee
from smarthub.arrears.types import LateFeeRule
from smarthub.billing.engine.late import LateCharge
from smarthub.kernel.money import ZERO, Money

HALF = {"late_fee.percent": "1.5"}
CENTS = st.integers(0, 20_000)


@pytest.mark.parametrize(
    ("unpaid", "charge"),
    [
        (13247, 199),  # 132.47 x 1.5 % = 1.98705
        (0, 0),
        (-5000, 0),  # a credit is never late
    ],
)
def test_is_a_part_of_what_is_unpaid(unpaid: int, charge: int) -> None:
    rule = LateCharge.from_policies(HALF)

    assert rule.of(unpaid=Money(unpaid), account_number="1001") == Money(charge)


def test_is_nothing_where_no_policy_asks_for_it_or_the_account_is_excluded() -> None:
    excluded = LateCharge.from_policies(HALF | {"late_fee.excluded_accounts": ["1001"]})

    assert LateCharge.from_policies({}).of(unpaid=Money(5000), account_number="1001") == ZERO
    assert excluded.of(unpaid=Money(5000), account_number="1001") == ZERO


@given(
    percent=st.decimals(0, 10, places=1),
    flat=CENTS,
    minimum=CENTS,
    maximum=CENTS,
    unpaid=st.integers(-100, 100_000),
)
def test_is_what_arrears_charges(
    percent: Decimal, flat: int, minimum: int, maximum: int, unpaid: int
) -> None:
    policies = {
        "late_fee.percent": str(percent),
        "late_fee.flat_cents": flat,
        "late_fee.minimum_cents": minimum,
        "late_fee.maximum_cents": maximum,
    }
    said = LateCharge.from_policies(policies).of(unpaid=Money(unpaid), account_number="1001")

    charged = late_fee(rule=LateFeeRule.from_policies(policies), overdue=Money(unpaid))
    assert said == charged
