"""Values of the ledger: what is posted, and what it adds up to. Debit is positive, everywhere."""

from __future__ import annotations

import datetime as dt
import heapq
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NewType

from smarthub.accounts.types import AccountId
from smarthub.kernel.money import ZERO, Money

EntryId = NewType("EntryId", uuid.UUID)

RECEIVABLE = "ar:"
"""How the names of receivables begin: ``ar:electric``, ``ar:gas``, ..."""
UNAPPLIED_CASH = "unapplied_cash"
"""A member's money that pays no charge yet."""


@dataclass(frozen=True, slots=True)
class Posting:
    """One leg of an entry, on general-ledger account ``gl``; debit positive, credit negative.

    Raises:
        ValueError: the leg moves nothing.
    """

    gl: str
    amount: Money
    account_id: AccountId | None = None

    def __post_init__(self) -> None:
        if not self.amount:
            raise ValueError(f"a posting on {self.gl} must move something")


@dataclass(frozen=True, slots=True)
class Asked:
    """A change of what the member is asked to pay, kept apart from what is owed (rule 49).

    Raises:
        ValueError: it changes nothing.
    """

    account_id: AccountId
    amount: Money

    def __post_init__(self) -> None:
        if not self.amount:
            raise ValueError("a change of the amount asked must move something")


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry about to be posted; ``source_key`` names the fact it comes from, once."""

    source_key: str
    kind: str
    effective_date: dt.date
    postings: tuple[Posting, ...]
    asked: tuple[Asked, ...] = ()
    reverses: EntryId | None = None


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account owes by its postings, and what its member is asked to pay now.

    Negative means the co-op owes the member.
    """

    owed: Money = ZERO
    asked: Money = ZERO


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One entry as a line of an account's history: how it changed both balances."""

    id: EntryId
    source_key: str
    kind: str
    effective_date: dt.date
    posted_at: dt.datetime
    owed: Money
    asked: Money
    is_reversed: bool


@dataclass(frozen=True, slots=True)
class ClosedMonth:
    """A closed month: ``month`` is its first day; ``balances`` are by general-ledger account."""

    month: dt.date
    entries: int
    balances: Mapping[str, Money]
    closed_by: str
    closed_at: dt.datetime


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """What a month comes to: its entries, and every balance at its end, ``ends_at``."""

    month: dt.date
    ends_at: dt.datetime
    entries: int
    balances: Mapping[str, Money]


@dataclass(frozen=True, slots=True)
class OpenCharge:
    """What is still unpaid of one charge on one receivable."""

    entry_id: EntryId
    effective_date: dt.date
    gl: str
    amount: Money


@dataclass(frozen=True, slots=True)
class LedgerAccount:
    """An account of the general ledger, or a member's share of it, by the member's number."""

    gl: str
    account_number: str = ""


@dataclass(frozen=True, slots=True)
class ExportedEntry:
    """One entry as it is handed to another program, its legs by account."""

    source_key: str
    kind: str
    effective_date: dt.date
    legs: tuple[tuple[LedgerAccount, Money], ...]


@dataclass(frozen=True, slots=True)
class ExpectedBalance:
    """What an account must hold when a day begins, known from elsewhere than the ledger.

    With an ``account_number`` it is all that this member owes, over every receivable and what
    waits unapplied; without one it is a single account of the general ledger.
    """

    on: dt.date
    account: LedgerAccount
    amount: Money


@dataclass(frozen=True, slots=True)
class LedgerExport:
    """The whole ledger in order of days, and what it must come to by other records."""

    accounts: tuple[LedgerAccount, ...]
    entries: Iterable[ExportedEntry]
    expected: tuple[ExpectedBalance, ...]

    def in_order(self) -> Iterator[ExportedEntry | ExpectedBalance]:
        """Yield both by day; what is expected as a day begins comes before its entries."""
        looked_at = sorted(self.expected, key=lambda each: (each.on, each.account.account_number))
        return heapq.merge(looked_at, self.entries, key=_place)


def _place(each: ExportedEntry | ExpectedBalance) -> tuple[dt.date, int]:
    if isinstance(each, ExpectedBalance):
        return each.on, 0
    return each.effective_date, 1
