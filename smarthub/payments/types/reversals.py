"""Values of entries that were a mistake of ours: why one goes back, and why it cannot."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from smarthub.accounts.types import AccountId
from smarthub.kernel.money import Money
from smarthub.members.types import PersonId
from smarthub.payments.types.paying import PaymentId

DAYS_TO_PAY_AGAIN = 14
"""So long whoever got a payment back by our mistake has to pay again, and is not late by it."""


class ReversalReason(StrEnum):
    """What was wrong with an entry; nothing else lets one go back. The value is stored.

    Source: Nacha operating rules, reversing entries.
    """

    DUPLICATE = "duplicate"
    WRONG_AMOUNT = "wrong_amount"
    WRONG_ACCOUNT = "wrong_account"
    TOO_EARLY = "too_early"


class EntryKind(StrEnum):
    """What an entry of a bank file is about."""

    PAYMENT = "payment"
    REFUND = "refund"
    QUESTION = "question"
    REVERSAL = "reversal"


class EntryStands(StrEnum):
    """How an entry of a bank file stands."""

    SENT = "sent"
    BOOKED = "booked"
    RETURNED = "returned"
    TO_GO_BACK = "to_go_back"
    """It waits for the next bank file."""
    WENT_BACK = "went_back"
    NOT_GONE_BACK = "not_gone_back"
    """It was to, and could not any more when the next file was made."""


class WhyNot(StrEnum):
    """Why an entry cannot be taken back."""

    NO_PAYMENT = "no_payment"
    """A prenote, a refund, or what takes something back itself."""
    ASKED_BEFORE = "asked_before"
    RETURNED = "returned"
    REFUNDED = "refunded"
    ACCOUNT_CLOSED = "account_closed"
    TOO_LATE = "too_late"


@dataclass(frozen=True, slots=True)
class SentFileView:
    """A file made for the bank, as staff see it."""

    id: int
    made_at: dt.datetime
    effective_on: dt.date
    entries: int
    debits: Money
    credits: Money


@dataclass(frozen=True, slots=True)
class SentEntryView:
    """One entry of such a file; ``why_not`` is none where it can be taken back."""

    id: int
    name: str
    bank: str
    last4: str
    kind: EntryKind
    amount: Money
    stands: EntryStands
    why_not: WhyNot | None
    payment_id: PaymentId | None


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A payment that goes back with a bank file, to be told to its payer.

    ``account_ids`` are those that owe again: where its money stood, it may have been moved.
    """

    payment_id: PaymentId
    account_ids: frozenset[AccountId]
    asked_by: PersonId
    reason: ReversalReason
    back_on: dt.date
