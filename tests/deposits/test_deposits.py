"""Deposits: asked for, paid, earning interest and given back, by figures worked by hand."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthub.deposits import operations, queries
from smarthub.deposits.engine import deposit_amount, parts_of, simple_interest
from smarthub.deposits.operations import (
    DepositConflict,
    DepositEnded,
    DepositNotPaid,
    DepositPaid,
)
from smarthub.deposits.types import (
    DepositEnd,
    DepositId,
    DepositTerms,
    DepositView,
    WaiverEnding,
)
from smarthub.kernel.money import Money
from smarthub.ledger.queries import get_unapplied_cash
from smarthub.payments.engine import AmountNotPositive
from tests.arrears.bills import at, write_bill
from tests.arrears.test_operations import assert_judged_right
from tests.cast import TODAY, Cast
from tests.workflows.both_books import on
from tests.workflows.receiving import record_received_payment
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

    def test_never_pass_the_most_by_a_fraction_of_a_cent(self) -> None:
        # A sixth of 100.05 is 16.675: rounded it would be 16.68, above the sixth.
        most = {"months": 2, "most_months": 2}

        year = Money(100_05)
        assert deposit_amount(expected_year=year, minimum=Money(0), **most) == Money(16_67)
        year = Money(1_860_00)
        assert deposit_amount(expected_year=year, minimum=Money(350_00), **most) == Money(310_00)

    def test_parts_are_a_month_apart_and_add_up(self) -> None:
        # Rule 62: 310.00 in three is 103.33, 103.34 (206.67 - 103.33), 103.33.
        parts = parts_of(
            amount=Money(310_00),
            instalments=3,
            asked_on=dt.date(2026, 11, 22),
            first_due=dt.date(2026, 12, 31),
        )

        assert parts == [
            (dt.date(2026, 11, 22), dt.date(2026, 12, 31), Money(103_33)),
            (dt.date(2026, 12, 31), dt.date(2027, 1, 31), Money(103_34)),
            (dt.date(2027, 1, 31), dt.date(2027, 2, 28), Money(103_33)),
        ]

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
        give = {"how": DepositEnd.REFUNDED, "percent": PERCENT, "on": TODAY, "by": None}

        with pytest.raises(DepositNotPaid):
            operations.give_back(deposit_id=ID, now=at(TODAY), **give)  # type: ignore[arg-type]
        pay(1, TODAY)
        with pytest.raises(DepositPaid):
            operations.take_back(deposit_id=ID, on=TODAY, by=cast.dana.person_id, now=at(TODAY))

    def test_paid_in_part_goes_back_as_far_as_it_was_paid(self, cast: Cast) -> None:
        ask(cast)
        pay(100_00, TODAY)
        write_bill(cast.account_1001, electric=150_00)

        operations.give_back(
            deposit_id=ID,
            how=DepositEnd.APPLIED,
            percent=PERCENT,
            on=TODAY,
            by=None,
            now=at(TODAY),
        )

        # 210.00 is no longer asked for, and the 100.00 that came pay the bill: 50.00 of it is left.
        assert (on("deposit_liability"), on("ar:deposit"), on("ar:electric")) == (0, 0, 50_00)
        assert owed(cast.account_1001) == Money(50_00)
        assert_judged_right()

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


class TestParts:
    TERMS = DepositTerms(instalments=3, first_due=dt.date(2026, 12, 13))
    SECOND = dt.date(2026, 12, 13)

    def ask(self, cast: Cast, *, is_waived: bool = False) -> bool:
        return operations.ask_deposit(
            deposit_id=ID,
            account_id=cast.account_1001,
            amount=Money(310_00),
            reason="New service",
            on=TODAY,
            by=cast.dana.person_id,
            now=at(TODAY),
            terms=self.TERMS,
            is_waived=is_waived,
        )

    def test_are_on_the_account_one_at_a_time(self, cast: Cast) -> None:
        assert (self.ask(cast), self.ask(cast)) == (True, False)
        write_bill(cast.account_1001, electric=100_00)
        assert owed(cast.account_1001) == Money(203_33)
        # What pays the first part and the bill is not swallowed by parts that have time.
        pay(203_33, TODAY)
        assert (on("ar:electric"), on("ar:deposit")) == (0, 0)

        day_before = self.SECOND - dt.timedelta(days=1)
        days = (day_before, self.SECOND, self.SECOND)
        asked = [operations.ask_parts(deposit_id=ID, on=day, now=at(day)) for day in days]

        assert [[part.number for part in parts] for parts in asked] == [[], [2], []]
        assert (owed(cast.account_1001), the_deposit().unpaid) == (Money(103_34), Money(206_67))
        assert on("deposit_liability") == -206_67
        assert_judged_right()

    def test_paid_ahead_are_paid_by_the_credit_that_waits(self, cast: Cast) -> None:
        self.ask(cast)
        pay(310_00, TODAY)
        assert owed(cast.account_1001) == Money(-206_67)

        late = dt.date(2027, 3, 1)
        asked = operations.ask_parts(deposit_id=ID, on=late, now=at(late))

        assert [part.number for part in asked] == [2, 3]
        assert (the_deposit().is_held, the_deposit().paid_on) == (True, late)
        assert (on("unapplied_cash"), owed(cast.account_1001)) == (0, Money(0))
        assert_judged_right()

    def test_too_many_for_the_amount_are_refused(self, cast: Cast) -> None:
        with pytest.raises(AmountNotPositive):
            operations.ask_deposit(
                deposit_id=ID,
                account_id=cast.account_1001,
                amount=Money(2),
                reason="x",
                on=TODAY,
                by=cast.dana.person_id,
                now=at(TODAY),
                terms=self.TERMS,
            )

    def test_waived_ask_for_nothing_and_again_for_all_of_it_once(self, cast: Cast) -> None:
        self.ask(cast, is_waived=True)
        assert (owed(cast.account_1001), the_deposit().is_waived) == (Money(0), True)

        day = TODAY + dt.timedelta(days=40)
        due = day + dt.timedelta(days=21)
        again = [
            operations.ask_again(deposit_id=ID, first_due=due, on=day, now=at(day))
            for _ in range(2)
        ]

        assert again[0] is not None
        assert again[1] is None
        anew = queries.get_deposit(deposit_id=again[0])
        assert [part.due_on for part in anew.parts][:1] == [due]
        assert (anew.amount, anew.asked, len(anew.parts)) == (Money(310_00), Money(103_33), 3)
        assert the_deposit().waiver_ended is WaiverEnding.ASKED_AGAIN
        assert owed(cast.account_1001) == Money(103_33)
        assert_judged_right()

    def test_waived_after_a_part_was_paid_give_it_back(self, cast: Cast) -> None:
        self.ask(cast)
        pay(150_00, TODAY)
        operations.ask_parts(deposit_id=ID, on=self.SECOND, now=at(self.SECOND))

        waived = [
            operations.waive(deposit_id=ID, on=self.SECOND, by=None, now=at(self.SECOND))
            for _ in range(2)
        ]

        # 46.67 had waited and paid of the second part; both parts' 150.00 are the member's again.
        assert waived == [True, False]
        assert (on("deposit_liability"), on("ar:deposit")) == (0, 0)
        assert owed(cast.account_1001) == Money(-150_00)
        assert_judged_right()

    def test_held_are_not_waived(self, cast: Cast) -> None:
        ask(cast)
        pay(310_00, TODAY)

        assert not operations.waive(deposit_id=ID, on=TODAY, by=None, now=at(TODAY))
        assert the_deposit().is_held

    def test_asked_again_cannot_come_to_rest(self, cast: Cast) -> None:
        self.ask(cast, is_waived=True)
        rest = {"deposit_id": ID, "on": TODAY, "now": at(TODAY)}

        with pytest.raises(ValueError, match="ask_again"):
            operations.end_waiver(how=WaiverEnding.ASKED_AGAIN, **rest)  # type: ignore[arg-type]
        done = [
            operations.end_waiver(how=WaiverEnding.GOOD_MONTHS, **rest)  # type: ignore[arg-type]
            for _ in range(2)
        ]

        assert done == [True, False]
        assert operations.ask_again(first_due=TODAY, **rest) is None  # type: ignore[arg-type]
