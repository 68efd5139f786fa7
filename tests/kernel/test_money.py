"""Money: whole cents, half away from zero, splits that add up."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthub.kernel.money import Money, split

CENTS = st.integers(-(10**12), 10**12)


class TestMoney:
    @pytest.mark.parametrize(
        ("dollars", "cents"),
        [
            ("3.045", 305),  # half a cent goes away from zero (domain rules 9.2, R1)
            ("-15.075", -1508),  # and so does half a cent of credit (NB)
            ("0.004999", 0),
        ],
    )
    def test_rounds_half_away_from_zero(self, dollars: str, cents: int) -> None:
        assert Money.rounded(Decimal(dollars)) == Money(cents)

    @pytest.mark.parametrize(
        ("cents", "words"),
        [(0, "$0.00"), (-1234, "-$12.34"), (123456789, "$1,234,567.89"), (5, "$0.05")],
    )
    def test_reads_as_dollars(self, cents: int, words: str) -> None:
        assert str(Money(cents)) == words

    @given(CENTS, CENTS)
    def test_takes_back_what_it_gave(self, one: int, other: int) -> None:
        assert Money(one) + Money(other) - Money(other) == Money(one)

    @given(CENTS)
    def test_keeps_every_cent_through_dollars(self, cents: int) -> None:
        assert Money.rounded(Money(cents).dollars) == Money(cents)


class TestSplit:
    def test_matches_the_worked_example(self) -> None:
        # rule 62: 480.35 with 10 % down is 48.04, then four parts of the rest by cumulative
        # rounding: 432.31 / 4 = 108.0775 -> 108.08, 216.155 -> 108.08, 324.2325 -> 108.07, 108.08
        down = Money.rounded(Decimal("480.35") * Decimal("0.10"))
        parts = split(Money(48035) - down, [Decimal(1)] * 4)

        assert down == Money(4804)
        assert [part.cents for part in parts] == [10808, 10808, 10807, 10808]

    @given(CENTS, st.lists(st.decimals(0, 1000, places=3), min_size=1, max_size=12))
    def test_adds_up_to_the_whole(self, cents: int, shares: list[Decimal]) -> None:
        if not any(shares):
            shares[0] = Decimal(1)

        assert Money.sum(split(Money(cents), shares)) == Money(cents)

    @pytest.mark.parametrize("shares", [[], [Decimal(0)], [Decimal(1), Decimal(-1)]])
    def test_refuses_shares_that_share_nothing(self, shares: list[Decimal]) -> None:
        with pytest.raises(ValueError, match="shares"):
            split(Money(100), shares)
