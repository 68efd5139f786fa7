"""Balances, histories and open charges, against figures worked by hand."""

from __future__ import annotations

import datetime as dt

import pytest
from pytest_django import DjangoAssertNumQueries

from smarthub.accounts.types import AccountId
from smarthub.kernel.money import Money
from smarthub.ledger.operations import allocate, post_entries, reverse_entry
from smarthub.ledger.queries import (
    get_balances,
    get_unapplied_cash,
    list_entries,
    list_open_charges,
    sum_changes,
    sum_changes_by_kind,
)
from smarthub.ledger.types import Asked, Balance, EntryId, NewEntry, Posting
from tests.ledger.accounts import POSTED_AT, a_charge, a_payment, an_account

OCTOBER, NOVEMBER, PAID = dt.date(2026, 10, 3), dt.date(2026, 11, 3), dt.date(2026, 11, 20)


@pytest.fixture
def account(db: None) -> AccountId:
    return an_account("1001")


def post(*entries: NewEntry) -> list[EntryId]:
    return post_entries(entries=entries, posted_at=POSTED_AT)


class TestGetBalances:
    def test_one_query_for_any_number_of_accounts_and_both_balances(
        self, account: AccountId, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        other, empty = an_account("1002"), an_account("1003")
        post(
            a_charge(account, 142_36, "bill:1"),
            a_payment(account, 42_36, "p:1"),
            a_charge(other, 9_99, "bill:2"),
        )

        with django_assert_num_queries(1):
            balances = get_balances(account_ids=[account, other, empty])

        assert balances == {
            account: Balance(owed=Money(100_00), asked=Money(100_00)),  # 142.36 - 42.36
            other: Balance(owed=Money(9_99), asked=Money(9_99)),
            empty: Balance(),
        }

    def test_unapplied_cash_lowers_what_is_owed_and_other_books_do_not(
        self, account: AccountId
    ) -> None:
        post(
            a_charge(account, 10_00, "bill:1"),
            NewEntry(
                "p:1",
                "payment",
                PAID,
                (
                    Posting("clearing:sandbox:card", Money(15_00)),
                    Posting("unapplied_cash", Money(-15_00), account),
                ),
                (Asked(account, Money(-15_00)),),
            ),
            NewEntry(
                "deposit:1",
                "deposit",
                PAID,
                (Posting("bank", Money(7_00)), Posting("deposit_liability", Money(-7_00), account)),
            ),
        )

        assert get_balances(account_ids=[account])[account] == Balance(Money(-5_00), Money(-5_00))
        assert get_unapplied_cash(account_ids=[account]) == {account: Money(15_00)}


class TestSumChanges:
    def test_counts_only_the_kinds_and_the_days_asked_for(self, account: AccountId) -> None:
        post(
            a_charge(account, 100_00, "bill:1", on=OCTOBER),
            a_payment(account, 60_00, "p:1", on=dt.date(2026, 10, 31)),
            a_payment(account, 40_00, "p:2", on=NOVEMBER),
        )

        in_october = sum_changes(
            account_id=account, kinds=["payment"], since=OCTOBER, until=NOVEMBER
        )
        by_kind = sum_changes_by_kind(account_ids=[account], since=OCTOBER)

        assert in_october == Money(-60_00)  # the payment on the last day counts for the next bill
        assert by_kind == {account: {"bill": Money(100_00), "payment": Money(-100_00)}}


class TestListEntries:
    def test_newest_first_with_what_each_changed_and_what_was_reversed(
        self, account: AccountId
    ) -> None:
        bill, payment = post(
            a_charge(account, 12_50, "bill:1"), a_payment(account, 12_50, "p:1", on=PAID)
        )
        reverse_entry(
            source_key="return:p:1",
            reverses=payment,
            effective_date=dt.date(2026, 11, 25),
            posted_at=POSTED_AT,
        )

        lines = list_entries(account_id=account, limit=2)

        assert [(line.kind, line.owed, line.asked, line.is_reversed) for line in lines] == [
            ("payment_reversal", Money(12_50), Money(12_50), False),
            ("payment", Money(-12_50), Money(-12_50), True),
        ]
        assert bill not in [line.id for line in lines]


class TestListOpenCharges:
    def test_a_credit_of_one_service_is_taken_off_another_of_the_same_bill(
        self, account: AccountId
    ) -> None:
        sunny = NewEntry(
            "bill:1",
            "bill",
            OCTOBER,
            (
                Posting("ar:electric", Money(-66), account),
                Posting("ar:light", Money(8_79), account),
                Posting("revenue:electric", Money(66)),
                Posting("revenue:light", Money(-8_79)),
            ),
        )
        bill, payment = post(sunny, a_payment(account, 8_13, "p:1"))

        assert [(each.gl, each.amount) for each in list_open_charges(account_id=account)] == [
            ("ar:light", Money(8_13))  # 8.79 less .66
        ]
        allocate(amounts={(payment, bill): Money(8_13)})
        assert list_open_charges(account_id=account) == []

    def test_oldest_first_and_within_a_bill_by_name_less_what_was_paid(
        self, account: AccountId
    ) -> None:
        two_services = NewEntry(
            "bill:1",
            "bill",
            OCTOBER,
            (
                Posting("ar:gas", Money(30_00), account),
                Posting("ar:electric", Money(50_00), account),
                Posting("revenue:gas", Money(-30_00)),
                Posting("revenue:electric", Money(-50_00)),
            ),
        )
        newer, older, payment = post(
            a_charge(account, 20_00, "bill:2", on=NOVEMBER),
            two_services,
            a_payment(account, 60_00, "p:1"),
        )
        allocate(amounts={(payment, older): Money(60_00)})

        charges = list_open_charges(account_id=account)

        # 60.00 pays electric 50.00 and 10.00 of gas 30.00; November's bill is untouched
        assert [(charge.entry_id, charge.gl, charge.amount) for charge in charges] == [
            (older, "ar:gas", Money(20_00)),
            (newer, "ar:electric", Money(20_00)),
        ]
