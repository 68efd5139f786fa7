"""Drive deposits, bills, payments and late fees at random, and hold the ledger against a model.

The numbers in the names are those of the list of invariants this follows: 1 sums are zero, 5 what
is owed agrees, 11 the liability of deposits is never negative.
"""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from smarthub.deposits import operations
from smarthub.deposits.operations import DepositEnded, DepositNotPaid, DepositPaid
from smarthub.deposits.queries import get_deposit
from smarthub.deposits.types import DepositEnd, DepositId, DepositTerms
from smarthub.kernel.money import Money
from smarthub.ledger.models import PostingRow
from smarthub.ledger.operations import post_entries
from tests.arrears.bills import at
from tests.cast import NOW, TODAY, Cast
from tests.deposits.test_deposits import PERCENT
from tests.ledger.accounts import a_charge
from tests.workflows.both_books import on
from tests.workflows.receiving import record_received_payment
from tests.workflows.wallet import owed

CENTS = st.integers(1, 30_000)
PICK = st.integers(0, 99)
MONTH = dt.timedelta(days=30)


class DepositMachine(RuleBasedStateMachine):
    """One account: deposits in every state, beside bills and money that comes in."""

    cast: Cast

    def __init__(self) -> None:
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()
        self.account = self.cast.account_1001
        self.asked: dict[DepositId, int] = {}
        self.ended: dict[DepositId, DepositEnd] = {}
        self.owed = 0
        self.day = TODAY

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    def pick(self, number: int) -> DepositId:
        return list(self.asked)[number % len(self.asked)]

    @rule(days=st.integers(1, 400))
    def time_passes(self, days: int) -> None:
        self.day += dt.timedelta(days=days)

    @rule(cents=CENTS, times=st.integers(1, 2), instalments=st.integers(1, 3))
    def ask(self, cents: int, times: int, instalments: int = 1) -> None:
        deposit_id = DepositId(uuid.uuid4())
        instalments = min(instalments, cents)
        for _ in range(times):
            operations.ask_deposit(
                deposit_id=deposit_id,
                account_id=self.account,
                amount=Money(cents),
                reason="x",
                on=self.day,
                by=self.cast.dana.person_id,
                now=at(self.day),
                terms=DepositTerms(instalments=instalments, first_due=self.day + MONTH),
            )
        self.asked[deposit_id] = get_deposit(deposit_id=deposit_id).parts[0].amount.cents
        self.owed += self.asked[deposit_id]

    @precondition(lambda self: self.asked)
    @rule(number=PICK, times=st.integers(1, 2))
    def ask_parts(self, number: int, times: int) -> None:
        deposit_id = self.pick(number)
        for _ in range(times):
            for part in operations.ask_parts(deposit_id=deposit_id, on=self.day, now=at(self.day)):
                assert deposit_id not in self.ended
                self.asked[deposit_id] += part.amount.cents
                self.owed += part.amount.cents

    @precondition(lambda self: self.asked)
    @rule(number=PICK)
    def waive_11(self, number: int) -> None:
        deposit_id = self.pick(number)
        before = get_deposit(deposit_id=deposit_id)
        if operations.waive(deposit_id=deposit_id, on=self.day, by=None, now=at(self.day)):
            assert deposit_id not in self.ended
            assert not before.is_held
            self.ended[deposit_id] = DepositEnd.WAIVED
            self.owed -= self.asked[deposit_id]

    @precondition(lambda self: self.asked)
    @rule(number=PICK)
    def ask_again(self, number: int) -> None:
        deposit_id = self.pick(number)
        again = operations.ask_again(
            deposit_id=deposit_id, first_due=self.day + MONTH, on=self.day, now=at(self.day)
        )
        if again is not None:
            assert again not in self.asked
            assert self.ended[deposit_id] is DepositEnd.WAIVED
            self.asked[again] = get_deposit(deposit_id=again).parts[0].amount.cents
            self.owed += self.asked[again]

    @rule(cents=CENTS)
    def charge(self, cents: int) -> None:
        entry = a_charge(self.account, cents, f"fee:test:{uuid.uuid4()}")
        post_entries(entries=[entry], posted_at=NOW)
        self.owed += cents

    @rule(cents=CENTS)
    def pay(self, cents: int) -> None:
        record_received_payment(
            source_key=f"lockbox:{uuid.uuid4()}",
            account_number="1001",
            amount=Money(cents),
            channel="mail",
            received_on=self.day,
            now=at(self.day),
        )
        self.owed -= cents

    @precondition(lambda self: self.asked)
    @rule(number=PICK, times=st.integers(1, 2))
    def earn(self, number: int, times: int) -> None:
        for _ in range(times):
            earned = operations.credit_interest(
                deposit_id=self.pick(number), percent=PERCENT, until=self.day, now=at(self.day)
            )
            self.owed -= earned.cents

    @precondition(lambda self: self.asked)
    @rule(number=PICK, how=st.sampled_from([DepositEnd.REFUNDED, DepositEnd.APPLIED]))
    def give_back_11(self, number: int, how: DepositEnd) -> None:
        deposit_id = self.pick(number)
        before = get_deposit(deposit_id=deposit_id)
        try:
            operations.give_back(
                deposit_id=deposit_id,
                how=how,
                percent=PERCENT,
                on=self.day,
                by=None,
                now=at(self.day),
            )
        except DepositEnded:
            assert deposit_id in self.ended
        except DepositNotPaid:
            assert before.unpaid == before.amount
        else:
            assert deposit_id not in self.ended
            self.ended[deposit_id] = how
            after = get_deposit(deposit_id=deposit_id)
            self.owed -= self.asked[deposit_id] + (after.interest - before.interest).cents

    @rule(cents=CENTS, how=st.sampled_from([DepositEnd.REFUNDED, DepositEnd.APPLIED]))
    def live_and_end_twice_11(self, cents: int, how: DepositEnd) -> None:
        """Ask for one, pay all there is, and give it back as often as somebody presses."""
        self.ask(cents, 1)
        self.pay(max(self.owed, 0) + 1)
        newest = len(self.asked) - 1
        self.give_back_11(newest, how)
        assert self.pick(newest) in self.ended
        self.give_back_11(newest, how)

    @precondition(lambda self: self.asked)
    @rule(number=PICK)
    def take_back_11(self, number: int) -> None:
        deposit_id = self.pick(number)
        unpaid = get_deposit(deposit_id=deposit_id).unpaid
        try:
            operations.take_back(
                deposit_id=deposit_id,
                on=self.day,
                by=self.cast.dana.person_id,
                now=at(self.day),
            )
        except DepositEnded:
            assert deposit_id in self.ended
        except DepositPaid:
            assert unpaid.cents < get_deposit(deposit_id=deposit_id).amount.cents
        else:
            self.ended[deposit_id] = DepositEnd.TAKEN_BACK
            self.owed -= self.asked[deposit_id]

    @invariant()
    def everything_sums_to_zero_1(self) -> None:
        assert not PostingRow.objects.aggregate(total=Sum("amount_cents"))["total"]

    @invariant()
    def what_is_owed_agrees_5(self) -> None:
        assert owed(self.account) == Money(self.owed)

    @invariant()
    def the_liability_is_what_was_asked_and_not_ended_11(self) -> None:
        standing = sum(
            cents for deposit_id, cents in self.asked.items() if deposit_id not in self.ended
        )
        assert on("deposit_liability") == -standing
        assert on("deposit_liability") <= 0
        assert on("ar:deposit") >= 0


@pytest.mark.django_db
def test_deposits_keep_their_invariants_whatever_is_done(cast: Cast) -> None:
    DepositMachine.cast = cast
    run_state_machine_as_test(
        DepositMachine,
        settings=settings(
            max_examples=12,
            stateful_step_count=15,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
