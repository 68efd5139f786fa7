"""What a bill is rounded up by (rule 61)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthub.kernel.money import ZERO, Money
from smarthub.round_up.engine import gift_on

CENTS = st.integers(-1_000_00, 10_000_00)
A_YEAR = st.integers(0, 20_00)


@pytest.mark.parametrize(
    ("asked", "gift"),
    [
        (139_47, 53),  # to 140.00
        (284_67, 33),
        (140_00, 0),  # whole dollars already
        (140_01, 99),
        (0, 0),
        (-12_34, 0),  # a credit gives nothing
        (1, 99),
    ],
)
def test_rounds_up_to_the_next_whole_dollar(asked: int, gift: int) -> None:
    assert gift_on(asked=Money(asked), given=ZERO, most=Money(12_00)) == Money(gift)


@pytest.mark.parametrize(("given_before", "gift"), [(11_47, 53), (11_48, 0), (12_00, 0)])
def test_gives_to_the_cent_of_the_year_and_then_nothing(given_before: int, gift: int) -> None:
    found = gift_on(asked=Money(139_47), given=Money(given_before), most=Money(12_00))

    assert found == Money(gift)


@given(asked=CENTS, before=A_YEAR, most=A_YEAR)
def test_never_passes_the_year_nor_a_dollar_and_leaves_whole_dollars(
    asked: int, before: int, most: int
) -> None:
    gift = gift_on(asked=Money(asked), given=Money(before), most=Money(most))

    assert ZERO <= gift < Money(100)
    assert not gift or ((asked + gift.cents) % 100 == 0 and before + gift.cents <= most)
