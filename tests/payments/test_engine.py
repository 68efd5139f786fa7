"""What a person may write for an amount, and which debt a payment pays first."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthub.kernel.errors import Refused
from smarthub.kernel.money import ZERO, Money
from smarthub.ledger.types import EntryId, OpenCharge
from smarthub.payments.engine import (
    AmountMissing,
    AmountNotPositive,
    AmountNotUnderstood,
    AmountTooLarge,
    AmountTooPrecise,
    Distribution,
    distribute,
    parse_amount,
    receipt_number,
)

OCTOBER, NOVEMBER = (EntryId(uuid.UUID(int=n)) for n in (10, 11))


def charge(entry: EntryId, gl: str, cents: int) -> OpenCharge:
    return OpenCharge(entry, dt.date(2026, 10, 3), gl, Money(cents))


class TestParseAmount:
    @pytest.mark.parametrize(
        ("text", "cents"),
        [
            ("50", 50_00),
            ("50.", 50_00),
            ("12.3", 12_30),
            ("1234.50", 1_234_50),
            ("1,234.50", 1_234_50),
            ("$1,234,567.89", 1_234_567_89),
            (" $ 1 234.50 ", 1_234_50),
            (".75", 75),
            ("007.00", 7_00),
            ("9,999,999,999.99", 999_999_999_999),
        ],
    )
    def test_reads_what_people_write(self, text: str, cents: int) -> None:
        assert parse_amount(text) == Money(cents)

    @pytest.mark.parametrize(
        ("text", "error"),
        [
            ("", AmountMissing),
            ("  $ ", AmountMissing),
            ("0", AmountNotPositive),
            ("0.00", AmountNotPositive),
            ("-5", AmountNotPositive),
            ("$-5.00", AmountNotPositive),
            ("5.00-", AmountNotPositive),
            ("\N{MINUS SIGN}5", AmountNotPositive),
            ("1.005", AmountTooPrecise),
            ("1,234.500", AmountTooPrecise),
            ("10000000000", AmountTooLarge),
            ("1000000000000", AmountTooLarge),
            ("9" * 400, AmountTooLarge),
            ("+5", AmountNotUnderstood),
            ("1e3", AmountNotUnderstood),
            ("1,23", AmountNotUnderstood),
            ("12,34.50", AmountNotUnderstood),
            ("1.234,50", AmountNotUnderstood),
            ("fifty", AmountNotUnderstood),
            ("5 USD", AmountNotUnderstood),
            (".", AmountNotUnderstood),
            ("5..0", AmountNotUnderstood),
            ("$$5", AmountNotUnderstood),
            ("\N{ARABIC-INDIC DIGIT FIVE}", AmountNotUnderstood),
            ("NaN", AmountNotUnderstood),
        ],
    )
    def test_refuses_the_rest_and_says_why(self, text: str, error: type[Refused]) -> None:
        with pytest.raises(error):
            parse_amount(text)

    @given(cents=st.integers(1, 10**12 - 1))
    def test_reads_every_amount_as_it_is_printed(self, cents: int) -> None:
        assert parse_amount(str(Money(cents))) == Money(cents)

    @given(text=st.text(max_size=30))
    def test_never_fails_in_another_way(self, text: str) -> None:
        try:
            amount = parse_amount(text)
        except Refused:
            return
        assert amount > ZERO


class TestDistribute:
    def test_pays_oldest_first_and_keeps_the_rest_as_credit(self) -> None:
        charges = [
            charge(OCTOBER, "ar:electric", 30_00),
            charge(OCTOBER, "ar:gas", 10_00),
            charge(NOVEMBER, "ar:electric", 50_00),
        ]

        shared = distribute(amount=Money(100_00), open_charges=charges)

        assert shared == Distribution(
            receivables={"ar:electric": Money(80_00), "ar:gas": Money(10_00)},
            charges={OCTOBER: Money(40_00), NOVEMBER: Money(50_00)},
            credit=Money(10_00),
        )

    def test_a_part_payment_stops_where_the_money_ends(self) -> None:
        charges = [
            charge(OCTOBER, "ar:electric", 30_00),
            charge(NOVEMBER, "ar:electric", 50_00),
        ]

        shared = distribute(amount=Money(30_01), open_charges=charges)

        assert shared.charges == {OCTOBER: Money(30_00), NOVEMBER: Money(1)}
        assert shared.credit == ZERO

    def test_a_waiting_credit_pays_along(self) -> None:
        charges = [charge(OCTOBER, "ar:electric", 30_00)]

        shared = distribute(amount=Money(15_00), open_charges=charges, waiting_credit=Money(20_00))

        # 15.00 and the 20.00 waiting pay 30.00; 5.00 wait on, so 15.00 less than before
        assert shared.receivables == {"ar:electric": Money(30_00)}
        assert shared.credit == Money(-15_00)

    @given(
        amount=st.integers(1, 10_000),
        waiting=st.integers(0, 10_000),
        cents=st.lists(st.integers(1, 5_000), max_size=6),
    )
    def test_no_cent_is_lost_or_made(self, amount: int, waiting: int, cents: list[int]) -> None:
        charges = [charge(OCTOBER, f"ar:{n}", each) for n, each in enumerate(cents)]

        shared = distribute(
            amount=Money(amount), open_charges=charges, waiting_credit=Money(waiting)
        )

        assert Money.sum(shared.receivables.values()) + shared.credit == Money(amount)
        assert Money.sum(shared.charges.values()) == Money(min(amount + waiting, sum(cents)))
        assert shared.credit + Money(waiting) >= ZERO


def test_a_receipt_number_is_ten_characters_of_the_id_to_be_read_aloud() -> None:
    payment_id = uuid.UUID("7f3a291c-04d5-4c1e-9b57-0c1d2e3f4a5b")

    assert receipt_number(payment_id) == "7F3A2-91C04"
