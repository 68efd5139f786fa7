"""Deposits: asked for, paid, earning interest and given back, by figures worked by hand."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthub.deposits import operations, queries
from smarthub.deposits.engine import deposit_amount, simple_interest
from smarthub.deposits.operations import (
    DepositConflict,
    DepositEnded,
    DepositNotPaid,
    DepositPaid,
)
from smarthub.deposits.types import DepositEnd, DepositId, DepositView
from smarthub.kernel.money import Money
from smarthub.ledger.queries import get_unapplied_cash
from smarthub.payments.engine import AmountNotPositive
from smarthub.workflows.pay_balance import record_received_payment
from tests.arrears.bills import at
from tests.arrears.test_operations import assert_judged_right
from tests.cast import TODAY, Cast
from tests.workflows.money import on
from tests.workflows.wallet import bill, owed

ID = DepositId(uuid.UUID("00000000-0000-4000-8000-00000000d001"))
PERCENT = Decimal("1.5")


def ask(cast: Cast, cents: int = 310_00) -> None:
    operations.ask_deposit(
        deposit_id=ID,
        account_id=cast.account_1001,
        amount=Money(cents),
        reason="New service, no history",
        on=TODAY,
        by=cast.dana.person_id,
        now=at(TODAY),
    )


def pay(cents: int, day: dt.date, key: str = "lockbox:1") -> None:
    record_received_payment(
        source_key=key,
        account_number="1001",
        amount=Money(cents),
        channel="mail",
        received_on=day,
        now=at(day),
    )


def the_deposit() -> DepositView:
    return queries.get_deposit(deposit_id=ID)


class TestAmounts:
    def test_two_months_of_a_year_are_a_sixth(self) -> None:
        # Rule 58: 1,860.00 a year is 310.00.
        year = Money(1_860_00)

        assert deposit_amount(expected_year=year, months=2, minimum=Money(0)) == Money(310_00)
        assert deposit_amount(expected_year=year, months=2, minimum=Money(350_00)) == Money(350_00)

    @pytest.mark.parametrize(
        ("held", "percent", "start", "end", "earned"),
        [
            (200_00, "1.5", dt.date(2026, 1, 1), dt.date(2027, 1, 1), 3_00),  # rule 59
            (200_00, "1.5", dt.date(2028, 1, 1), dt.date(2029, 1, 1), 3_00),  # 366 days, a year
            (200_00, "5", dt.date(2026, 1, 1), dt.date(2026, 8, 3), 5_86),  # 10.00 x 214/365
            (200_00, "1.5", dt.date(2028, 2, 29), dt.date(2029, 2, 28), 3_00),  # to its last day
            (200_00, "1.5", dt.date(2026, 1, 1), dt.date(2026, 1, 1), 0),
        ],
    )
    def test_interest_is_simple(
        self, held: int, percent: str, start: dt.date, end: dt.date, earned: int
    ) -> None:
        found = simple_interest(held=Money(held), percent=Decimal(percent), start=start, end=end)

        assert found == Money(earned)

    @given(days=st.integers(0, 3000), more=st.integers(0, 400))
    def test_interest_never_falls_with_time(self, days: int, more: int) -> None:
        start = dt.date(2024, 2, 29)
        ends = [start + dt.timedelta(days=n) for n in (days, days + more)]

        first, later = (
            simple_interest(held=Money(310_00), percent=PERCENT, start=start, end=end)
            for end in ends
        )

        assert first <= later


class TestADeposit:
    def test_is_asked_for_once_and_held_when_all_of_it_came(self, cast: Cast) -> None:
        ask(cast)
        ask(cast)
        pay(100_00, TODAY)
        assert (the_deposit().unpaid, the_deposit().is_held) == (Money(210_00), False)
        pay(210_00, TODAY + dt.timedelta(days=5), "lockbox:2")

        held = the_deposit()
        assert (held.is_held, held.paid_on) == (True, TODAY + dt.timedelta(days=5))
        assert (on("deposit_liability"), on("ar:deposit"), owed(cast.account_1001)) == (
            -310_00,
            0,
            Money(0),
        )
        assert_judged_right()

    def test_earns_interest_that_pays_what_is_open(self, cast: Cast) -> None:
        ask(cast, 200_00)
        pay(200_00, TODAY)
        bill(cast.account_1001, 50_00)
        year = TODAY.replace(year=2027)

        earned = [
            operations.credit_interest(deposit_id=ID, percent=PERCENT, until=year, now=at(year))
            for _ in range(2)
        ]

        assert earned == [Money(3_00), Money(0)]
        assert (on("deposit_interest"), on("ar:electric")) == (3_00, 47_00)
        assert on("deposit_liability") == -200_00

    def test_goes_back_with_its_interest_first_to_what_is_owed(self, cast: Cast) -> None:
        ask(cast, 200_00)
        pay(200_00, TODAY)
        bill(cast.account_1001, 150_00)
        year = TODAY.replace(year=2027)

        operations.give_back(
            deposit_id=ID,
            how=DepositEnd.APPLIED,
            percent=PERCENT,
            on=year,
            by=cast.dana.person_id,
            now=at(year),
        )

        # 200.00 and 3.00 of interest against 150.00: 53.00 waits for the member.
        assert (on("deposit_liability"), on("ar:electric")) == (0, 0)
        credit = get_unapplied_cash(account_ids=[cast.account_1001])[cast.account_1001]
        assert (credit, owed(cast.account_1001)) == (Money(53_00), Money(-53_00))
        assert the_deposit().ended is DepositEnd.APPLIED
        assert operations.credit_interest(
            deposit_id=ID, percent=PERCENT, until=year.replace(year=2028), now=at(year)
        ) == Money(0)

    def test_goes_back_once(self, cast: Cast) -> None:
        ask(cast)
        pay(310_00, TODAY)
        back = {"how": DepositEnd.REFUNDED, "percent": PERCENT, "on": TODAY, "by": None}
        operations.give_back(deposit_id=ID, now=at(TODAY), **back)  # type: ignore[arg-type]

        with pytest.raises(DepositEnded):
            operations.give_back(deposit_id=ID, now=at(TODAY), **back)  # type: ignore[arg-type]

        assert on("deposit_liability") == 0

    def test_never_goes_back_before_it_came(self, cast: Cast) -> None:
        ask(cast)
        pay(309_99, TODAY)
        give = {"how": DepositEnd.REFUNDED, "percent": PERCENT, "on": TODAY, "by": None}

        with pytest.raises(DepositNotPaid):
            operations.give_back(deposit_id=ID, now=at(TODAY), **give)  # type: ignore[arg-type]
        with pytest.raises(DepositPaid):
            operations.take_back(deposit_id=ID, on=TODAY, by=cast.dana.person_id, now=at(TODAY))

    def test_nobody_paid_is_taken_back(self, cast: Cast) -> None:
        ask(cast)

        operations.take_back(deposit_id=ID, on=TODAY, by=cast.dana.person_id, now=at(TODAY))

        assert (on("deposit_liability"), owed(cast.account_1001)) == (0, Money(0))
        assert_judged_right()

    def test_with_other_values_or_of_nothing_is_refused(self, cast: Cast) -> None:
        ask(cast)

        with pytest.raises(DepositConflict):
            ask(cast, 311_00)
        with pytest.raises(AmountNotPositive):
            ask(cast, 0)
