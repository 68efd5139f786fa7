"""The ledger's promises: once, balanced, never changed, held by the database as well."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from django.db import IntegrityError, InternalError, connection, connections, transaction

from smarthub.accounts.types import AccountId
from smarthub.kernel.money import Money
from smarthub.ledger.models import Entry, PostingRow
from smarthub.ledger.operations import (
    AllocationTooLarge,
    AlreadyReversed,
    EntryConflict,
    EntryUnbalanced,
    allocate,
    entry_id_for,
    post_entries,
    post_entry,
    reverse_entry,
)
from smarthub.ledger.queries import get_balances, list_open_charges
from smarthub.ledger.types import Asked, Balance, EntryId, NewEntry, Posting
from tests.ledger.accounts import POSTED_AT, a_charge, a_payment, an_account

LATER = dt.date(2026, 12, 1)


@pytest.fixture
def account(db: None) -> AccountId:
    return an_account("1001")


def post(*entries: NewEntry) -> list[EntryId]:
    return post_entries(entries=entries, posted_at=POSTED_AT)


def balance_of(account: AccountId) -> Balance:
    return get_balances(account_ids=[account])[account]


class TestPostEntry:
    def test_an_entry_changes_what_is_owed_and_what_is_asked(self, account: AccountId) -> None:
        post_entry(
            source_key="bill:1001-261103",
            kind="bill",
            effective_date=dt.date(2026, 11, 3),
            postings=[
                Posting("ar:electric", Money(12_50), account),
                Posting("revenue:electric", Money(-12_50)),
            ],
            asked=[Asked(account, Money(10_00))],
            posted_at=POSTED_AT,
        )

        assert balance_of(account) == Balance(owed=Money(12_50), asked=Money(10_00))

    def test_the_same_key_and_values_count_once_whatever_the_order_of_the_legs(
        self, account: AccountId
    ) -> None:
        charge = a_charge(account, 12_50, "bill:1")

        first = post(charge)
        again = post(replace(charge, postings=charge.postings[::-1]))

        assert again == first == [entry_id_for("bill:1")]
        assert balance_of(account).owed == Money(12_50)

    @pytest.mark.parametrize(
        "change",
        [
            lambda entry: replace(entry, effective_date=LATER),
            lambda entry: replace(entry, kind="fee"),
            lambda entry: replace(entry, asked=()),
            lambda entry: a_charge(entry.asked[0].account_id, 12_51, "bill:1"),
        ],
        ids=["another day", "another kind", "another amount asked", "another amount"],
    )
    def test_the_same_key_with_other_values_is_refused(
        self, account: AccountId, change: Callable[[NewEntry], NewEntry]
    ) -> None:
        charge = a_charge(account, 12_50, "bill:1")
        post(charge)

        with pytest.raises(EntryConflict):
            post(change(charge))

        assert balance_of(account).owed == Money(12_50)

    @pytest.mark.parametrize("cents", [[], [0], [100, -99], [100, -50, -51]])
    def test_what_does_not_balance_is_refused(self, account: AccountId, cents: list[int]) -> None:
        legs = tuple(Posting("ar:electric", Money(each), account) for each in cents if each)

        with pytest.raises(EntryUnbalanced):
            post(replace(a_charge(account, 1, "bill:1"), postings=legs))

    def test_a_batch_with_one_conflict_posts_nothing(self, account: AccountId) -> None:
        post(a_charge(account, 10_00, "bill:1"))

        with pytest.raises(EntryConflict):
            post(a_charge(account, 20_00, "bill:2"), a_charge(account, 99_00, "bill:1"))

        assert balance_of(account).owed == Money(10_00)

    def test_a_batch_with_one_key_twice_and_two_amounts_posts_nothing(
        self, account: AccountId
    ) -> None:
        with pytest.raises(EntryConflict):
            post(a_charge(account, 10_00, "bill:1"), a_charge(account, 20_00, "bill:1"))

        assert balance_of(account).owed == Money(0)

    def test_a_leg_that_moves_nothing_cannot_be_made(self, account: AccountId) -> None:
        with pytest.raises(ValueError, match="must move something"):
            Posting("ar:electric", Money(0), account)


class TestReverseEntry:
    def reverse(self, entry: EntryId, key: str = "void:bill:1") -> EntryId:
        return reverse_entry(
            source_key=key, reverses=entry, effective_date=LATER, posted_at=POSTED_AT
        )

    def test_a_reversal_is_equal_and_opposite_and_counts_once(self, account: AccountId) -> None:
        (bill,) = post(a_charge(account, 12_50, "bill:1"))

        first = self.reverse(bill)
        again = self.reverse(bill)

        assert first == again
        assert balance_of(account) == Balance()
        assert list_open_charges(account_id=account) == []

    def test_a_second_reversal_is_refused(self, account: AccountId) -> None:
        (bill,) = post(a_charge(account, 12_50, "bill:1"))
        self.reverse(bill)

        with pytest.raises(AlreadyReversed):
            self.reverse(bill, key="void:again")

        assert balance_of(account) == Balance()

    def test_a_reversal_is_not_itself_reversed(self, account: AccountId) -> None:
        (bill,) = post(a_charge(account, 12_50, "bill:1"))
        reversal = self.reverse(bill)

        with pytest.raises(AlreadyReversed):
            self.reverse(reversal, key="void:void")

    def test_reversing_a_payment_opens_what_it_paid(self, account: AccountId) -> None:
        bill, payment = post(a_charge(account, 12_50, "bill:1"), a_payment(account, 10_00, "p:1"))
        allocate(amounts={(payment, bill): Money(10_00)})

        self.reverse(payment, key="return:p:1")

        assert [charge.amount for charge in list_open_charges(account_id=account)] == [Money(12_50)]


class TestAllocate:
    @pytest.mark.parametrize(
        ("paid", "allocated"),
        [(20_00, 12_51), (5_00, 5_01), (20_00, -1)],
        ids=["more than the charge", "more than the payment", "less than nothing"],
    )
    def test_too_much_or_too_little_is_refused(
        self, account: AccountId, paid: int, allocated: int
    ) -> None:
        bill, payment = post(a_charge(account, 12_50, "bill:1"), a_payment(account, paid, "p:1"))

        with pytest.raises(AllocationTooLarge):
            allocate(amounts={(payment, bill): Money(allocated)})

    def test_two_payments_together_cannot_pass_the_charge(self, account: AccountId) -> None:
        bill, one, two = post(
            a_charge(account, 12_50, "bill:1"),
            a_payment(account, 10_00, "p:1"),
            a_payment(account, 10_00, "p:2"),
        )
        allocate(amounts={(one, bill): Money(10_00)})

        with pytest.raises(AllocationTooLarge):
            allocate(amounts={(two, bill): Money(2_51)})

        allocate(amounts={(two, bill): Money(2_50)})
        assert list_open_charges(account_id=account) == []


class TestTheDatabaseItself:
    @pytest.mark.parametrize(
        "table", ["ledger_entry", "ledger_postingrow", "ledger_askedchange", "ledger_allocation"]
    )
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE {table} SET {column} = {column}",
            "DELETE FROM {table}",
            "TRUNCATE {table} CASCADE",
        ],
    )
    def test_nothing_changes_or_goes_even_by_sql(
        self, account: AccountId, table: str, statement: str
    ) -> None:
        bill, payment = post(a_charge(account, 12_50, "bill:1"), a_payment(account, 10_00, "p:1"))
        allocate(amounts={(payment, bill): Money(10_00)})
        column = "kind" if table == "ledger_entry" else "amount_cents"
        command = statement.format(table=table, column=column)

        with pytest.raises((IntegrityError, InternalError), match="append-only"):
            self.run(command)

        assert balance_of(account).owed == Money(2_50)

    def test_an_entry_without_its_other_leg_is_refused_at_commit(self, account: AccountId) -> None:
        (bill,) = post(a_charge(account, 12_50, "bill:1"))

        with pytest.raises(IntegrityError, match=r"entry .* has 3 legs that sum to 100"):
            self.add_leg(bill, account)

    def test_an_entry_with_no_legs_is_refused_at_commit(self, account: AccountId) -> None:
        with pytest.raises(IntegrityError, match="has 0 legs"):
            self.add_bare_entry()

        assert balance_of(account) == Balance()

    def run(self, command: str) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # TRUNCATE waits for no pending check
            cursor.execute(command)

    def add_leg(self, entry: EntryId, account: AccountId) -> None:
        with transaction.atomic():
            PostingRow.objects.create(
                entry_id=entry, gl="ar:electric", account_id=account, amount_cents=100
            )
            self.check_now()

    def add_bare_entry(self) -> None:
        with transaction.atomic():
            Entry.objects.create(
                source_key="bare", kind="bill", effective_date=LATER, posted_at=POSTED_AT
            )
            self.check_now()

    def check_now(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.usefixtures("committing_database")
class TestTwoConnections:
    def test_both_post_the_same_key_and_it_counts_once(self) -> None:
        account = an_account("1001")

        ids = self.at_once([a_charge(account, 12_50, "bill:1")] * 4)

        assert set(ids) == {entry_id_for("bill:1")}
        assert balance_of(account).owed == Money(12_50)

    def test_payments_of_one_account_at_once_are_all_recorded(self) -> None:
        account = an_account("1001")
        post(a_charge(account, 100_00, "bill:1"))

        self.at_once([a_payment(account, 10_00, f"p:{n}") for n in range(4)])

        assert balance_of(account).owed == Money(60_00)

    def at_once(self, entries: list[NewEntry]) -> list[EntryId]:
        with ThreadPoolExecutor(len(entries)) as pool:
            return list(pool.map(self.post_alone, entries))

    def post_alone(self, entry: NewEntry) -> EntryId:
        try:
            return post(entry)[0]
        finally:
            connections.close_all()
