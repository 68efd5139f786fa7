"""Values of money that comes another way: what was handed over, drawers, files and rows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from smarthub.kernel.money import Money
from smarthub.members.types import PersonId
from smarthub.payments.types.paying import PaymentId


class TenderKind(StrEnum):
    """What was handed over; the value is stored."""

    CASH = "cash"
    CHECK = "check"
    MONEY_ORDER = "money_order"
    CARD = "card"
    BANK = "bank"


class UndoneBecause(StrEnum):
    """Why money that came another way did not stay; the value is stored."""

    BOUNCED = "bounced"
    MISTAKE = "mistake"


@dataclass(frozen=True, slots=True)
class ReceivedPayment:
    """Money that reached the co-op by other ways than its pages (R28).

    Args:
        source_key: What it comes from: the same key twice is one payment.
        account_number: For which account.
        amount: How much.
        channel: ``office``, ``mail``, ``phone``, ``store`` or ``agency``.
        received_on: The day it reached the co-op or its agent (domain rule 52).
        tender: What was handed over, where that is known.
        reference: The check's number, the store's receipt, the phone company's confirmation.
        taken_by: Whose drawer it lies in, for money taken at the counter.
    """

    source_key: str
    account_number: str
    amount: Money
    channel: str
    received_on: dt.date
    tender: TenderKind | None = None
    reference: str = ""
    taken_by: PersonId | None = None


@dataclass(frozen=True, slots=True)
class AgencyItem:
    """What an agency paid for one account; ``voucher`` is its own number for it, once."""

    line: int
    voucher: str
    account: str
    name: str
    amount: Money


@dataclass(frozen=True, slots=True)
class ReadAgency:
    """A payment of an agency for many accounts, once the count and the total were found right."""

    agency: str
    paid_on: dt.date
    check_number: str
    total: Money
    items: tuple[AgencyItem, ...]


class RowOutcome(StrEnum):
    """What one row of a file about money came to; the value is stored."""

    RETURNED = "returned"
    PRENOTE_RETURNED = "prenote_returned"
    CHANGED = "changed"
    PAID = "paid"
    SUSPENSE = "suspense"
    UNKNOWN_ENTRY = "unknown_entry"
    UNKNOWN_CODE = "unknown_code"
    DIFFERS = "differs"
    FOR_STAFF = "for_staff"
    KNOWN = "known"

    @property
    def is_parked(self) -> bool:
        """Whether a person must look: it waits among what does not fit, or in suspense."""
        return self in {
            RowOutcome.SUSPENSE,
            RowOutcome.UNKNOWN_ENTRY,
            RowOutcome.UNKNOWN_CODE,
            RowOutcome.DIFFERS,
            RowOutcome.FOR_STAFF,
        }


@dataclass(frozen=True, slots=True)
class FileRow:
    """One row of a file about money, and what it comes or came to."""

    line: int
    outcome: RowOutcome
    code: str
    about: str
    amount: Money
    account_number: str = ""


@dataclass(frozen=True, slots=True)
class DrawerLine:
    """Money a clerk took at the counter; what was undone is no longer in the drawer."""

    payment_id: PaymentId
    account_number: str
    amount: Money
    tender: TenderKind
    reference: str
    receipt_number: str
    is_undone: bool


@dataclass(frozen=True, slots=True)
class MoneyFileView:
    """A file about money as staff see it."""

    id: int
    kind: str
    name: str
    rows_expected: int
    rows_taken: int
    total: Money
    given_by: str
    given_at: dt.datetime

    @property
    def is_cut_off(self) -> bool:
        """Whether it stopped before its last row, or is being taken in just now."""
        return self.rows_taken < self.rows_expected
