"""Drive the ledger with random acts, and hold it against a ledger kept in a dictionary.

The numbers in the names are those of the list of invariants this follows: 1 sums are zero,
2 rows stay, 3 twice is once, 4 one reversal, 5 receivables agree, 6 allocations stay within,
15 whole cents. Number 14, two connections at once, is in test_operations.py.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
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

from smarthub.accounts.types import AccountId
from smarthub.kernel.money import Money
from smarthub.ledger.models import Allocation, AskedChange, Entry, PostingRow
from smarthub.ledger.operations import (
    AllocationTooLarge,
    AlreadyReversed,
    EntryConflict,
    allocate,
    post_entries,
    reverse_entry,
)
from smarthub.ledger.queries import get_balances, get_entry, list_open_charges
from smarthub.ledger.types import Balance, EntryId, NewEntry
from tests.ledger.accounts import POSTED_AT, a_charge, a_payment, an_account

TABLES = (Entry, PostingRow, AskedChange, Allocation)
WHICH = st.integers(0, 1)
CENTS = st.integers(1, 30_000)
PICK = st.integers(0, 99)


class LedgerMachine(RuleBasedStateMachine):
    """Two accounts; charges, payments, repeats, reversals, allocations and attempts at fraud."""

    def __init__(self) -> None:
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()
        self.accounts = [an_account("1001"), an_account("1002")]
        self.posted: dict[EntryId, NewEntry] = {}
        self.reversals: dict[EntryId, EntryId] = {}
        self.allocated: Counter[tuple[EntryId, EntryId]] = Counter()
        self.rows_seen: set[Any] = set()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    def keep(self, entry: NewEntry) -> None:
        (entry_id,) = post_entries(entries=[entry], posted_at=POSTED_AT)
        self.posted[entry_id] = entry

    def pick(self, number: int) -> EntryId:
        return list(self.posted)[number % len(self.posted)]

    @rule(which=WHICH, cents=CENTS)
    def charge(self, which: int, cents: int) -> None:
        self.keep(a_charge(self.accounts[which], cents, f"bill:{len(self.posted)}"))

    @rule(which=WHICH, cents=CENTS)
    def pay(self, which: int, cents: int) -> None:
        self.keep(a_payment(self.accounts[which], cents, f"payment:{len(self.posted)}"))

    @precondition(lambda self: self.posted)
    @rule(number=PICK)
    def twice_is_once_3(self, number: int) -> None:
        entry_id = self.pick(number)

        again = post_entries(entries=[self.posted[entry_id]], posted_at=POSTED_AT)

        assert again == [entry_id]

    @precondition(lambda self: self.posted)
    @rule(number=PICK)
    def other_values_are_refused_3(self, number: int) -> None:
        other = replace(self.posted[self.pick(number)], effective_date=dt.date(2027, 1, 1))

        with pytest.raises(EntryConflict), transaction.atomic():
            post_entries(entries=[other], posted_at=POSTED_AT)

    @precondition(lambda self: self.posted)
    @rule(number=PICK, tries=st.integers(1, 2))
    def reverse_once_4(self, number: int, tries: int) -> None:
        entry_id = self.pick(number)
        key = f"reversal:{len(self.posted)}:{tries}"
        if entry_id in self.reversals or entry_id in self.reversals.values():
            with pytest.raises(AlreadyReversed), transaction.atomic():
                self.reverse(key, entry_id)
            return

        reversal = {self.reverse(key, entry_id) for _ in range(tries)}.pop()

        given, opposite = self.posted[entry_id], get_entry(entry_id=reversal)
        assert sorted((leg.gl, -leg.amount) for leg in opposite.postings) == sorted(
            (leg.gl, leg.amount) for leg in given.postings
        )
        self.posted[reversal] = opposite
        self.reversals[entry_id] = reversal
        self.allocated = Counter(
            {pair: cents for pair, cents in self.allocated.items() if entry_id not in pair}
        )

    def reverse(self, key: str, entry_id: EntryId) -> EntryId:
        return reverse_entry(
            source_key=key,
            reverses=entry_id,
            effective_date=dt.date(2026, 12, 1),
            posted_at=POSTED_AT,
        )

    @precondition(lambda self: self.posted)
    @rule(payer=PICK, charged=PICK, cents=CENTS)
    def allocate_within_6(self, payer: int, charged: int, cents: int) -> None:
        payment, charge = self.pick(payer), self.pick(charged)
        undone = {*self.reversals, *self.reversals.values()}
        used = sum(n for (one, _), n in self.allocated.items() if one == payment)
        paid = sum(n for (_, one), n in self.allocated.items() if one == charge)
        fits = (
            cents <= min(-self.receivable(payment) - used, self.receivable(charge) - paid)
            and not undone & {payment, charge}
            and self.account_of(payment) == self.account_of(charge)
        )

        try:
            with transaction.atomic():
                allocate(amounts={(payment, charge): Money(cents)})
        except AllocationTooLarge:
            assert not fits
        else:
            assert fits
            self.allocated[payment, charge] += cents

    @precondition(lambda self: self.posted)
    @rule(
        statement=st.sampled_from(
            [
                "UPDATE ledger_postingrow SET amount_cents = amount_cents + 1",
                "DELETE FROM ledger_entry",
                "TRUNCATE ledger_askedchange",
            ]
        )
    )
    def fraud_is_refused_2(self, statement: str) -> None:
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            run_sql(f"SET CONSTRAINTS ALL IMMEDIATE; {statement}")

    @invariant()
    def every_entry_sums_to_zero_1(self) -> None:
        sums = PostingRow.objects.values_list("entry").annotate(Sum("amount_cents"))
        assert dict(sums) == dict.fromkeys(self.posted, 0)

    @invariant()
    def no_row_changes_or_vanishes_2(self) -> None:
        rows = {(table, row) for table in TABLES for row in table.objects.values_list()}
        assert self.rows_seen <= rows
        self.rows_seen = rows

    @invariant()
    def balances_agree_with_the_model_5_and_15(self) -> None:
        balances = get_balances(account_ids=self.accounts)
        for account in self.accounts:
            cents = sum(self.moved(entry, account) for entry in self.posted.values())
            assert balances[account] == Balance(owed=Money(cents), asked=Money(cents))
            assert isinstance(balances[account].owed.cents, int)

    @invariant()
    def open_charges_are_charges_less_allocations_6(self) -> None:
        for account in self.accounts:
            charged = sum(
                max(self.moved(entry, account), 0)
                for entry_id, entry in self.posted.items()
                if entry_id not in self.reversals and entry.reverses is None
            )
            paid = sum(
                cents
                for (_, charge), cents in self.allocated.items()
                if self.moved(self.posted[charge], account)
            )
            still_open = list_open_charges(account_id=account)
            assert Money.sum(charge.amount for charge in still_open) == Money(charged - paid)

    def moved(self, entry: NewEntry, account: AccountId) -> int:
        return sum(leg.amount.cents for leg in entry.postings if leg.account_id == account)

    def account_of(self, entry_id: EntryId) -> AccountId:
        (account,) = {leg.account_id for leg in self.posted[entry_id].postings} - {None}
        assert account is not None
        return account

    def receivable(self, entry_id: EntryId) -> int:
        return sum(leg.amount.cents for leg in self.posted[entry_id].postings if leg.account_id)


def run_sql(commands: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(commands)


@pytest.mark.django_db
def test_the_ledger_keeps_its_invariants_whatever_is_done_to_it() -> None:
    run_state_machine_as_test(
        LedgerMachine,
        settings=settings(
            max_examples=20,
            stateful_step_count=20,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
