"""Entries by COPY: the same promises as posting them one by one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from smarthub.accounts.types import AccountId
from smarthub.kernel.money import Money
from smarthub.ledger.copying import copy_entries
from smarthub.ledger.models import Entry, PostingRow
from smarthub.ledger.operations import EntryConflict, EntryUnbalanced, post_entries
from smarthub.ledger.queries import get_balances, get_entry
from smarthub.ledger.types import NewEntry, Posting
from tests.ledger.accounts import POSTED_AT, a_charge, an_account


@pytest.fixture
def account(db: None) -> AccountId:
    return an_account("1001")


class TestCopyEntries:
    def test_makes_the_rows_that_posting_makes(self, account: AccountId) -> None:
        copy_this = a_charge(account, 12_50, "bill:1")

        (copied,) = copy_entries(entries=[copy_this], posted_at=POSTED_AT)
        (posted,) = post_entries(
            entries=[replace(copy_this, source_key="bill:2")], posted_at=POSTED_AT
        )

        by_copy, by_post = get_entry(entry_id=copied), get_entry(entry_id=posted)
        assert replace(by_copy, source_key="bill:2") == by_post
        assert get_balances(account_ids=[account])[account].owed == Money(25_00)

    def test_again_changes_nothing_whoever_posted_it(self, account: AccountId) -> None:
        charge, other = a_charge(account, 12_50, "bill:1"), a_charge(account, 5_00, "bill:2")
        post_entries(entries=[charge], posted_at=POSTED_AT)

        copy_entries(entries=[charge, other], posted_at=POSTED_AT)
        copy_entries(entries=[charge, other], posted_at=POSTED_AT)

        assert (Entry.objects.count(), PostingRow.objects.count()) == (2, 4)

    def test_a_key_used_with_other_values_posts_nothing(self, account: AccountId) -> None:
        post_entries(entries=[a_charge(account, 12_50, "bill:1")], posted_at=POSTED_AT)
        wrong = [a_charge(account, 5_00, "bill:2"), a_charge(account, 13_50, "bill:1")]

        with pytest.raises(EntryConflict):
            copy_entries(entries=wrong, posted_at=POSTED_AT)

        assert Entry.objects.count() == 1

    def test_what_does_not_balance_is_refused(self, account: AccountId) -> None:
        lame = NewEntry("bill:1", "bill", POSTED_AT.date(), (Posting("ar:gas", Money(1), account),))

        with pytest.raises(EntryUnbalanced):
            copy_entries(entries=[lame], posted_at=POSTED_AT)
