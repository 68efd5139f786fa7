"""Values of payments: who pays how much for what, by which means, and how it went."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from smarthub.accounts.types import AccountId
from smarthub.kernel.money import Money
from smarthub.members.types import PersonId

PaymentId = NewType("PaymentId", uuid.UUID)
MethodId = NewType("MethodId", uuid.UUID)


class MethodKind(StrEnum):
    """What a stored method draws on."""

    CARD = "card"
    BANK = "bank"


class AttemptState(StrEnum):
    """What is known of a payment's attempt; the value is stored."""

    PENDING = "pending"
    SUCCESS = "success"
    FAILED = "failed"
    UNKNOWN = "unknown"

    @property
    def is_final(self) -> bool:
        """Whether nothing more is expected: the money moved, or it surely did not."""
        return self in {AttemptState.SUCCESS, AttemptState.FAILED}


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a payment meant for one account."""

    account_id: AccountId
    account_number: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Payment:
    """One intent to pay; its id is given by the form, or made of a source key.

    ``clearing`` is the ledger's account on which the money stands until the bank has it.
    """

    id: PaymentId
    channel: str
    parts: tuple[Part, ...]
    received_at: dt.datetime
    clearing: str
    person_id: PersonId | None = None
    method_id: MethodId | None = None
    source_key: str = ""

    @property
    def amount(self) -> Money:
        """What is paid for all accounts together."""
        return Money.sum(part.amount for part in self.parts)


@dataclass(frozen=True, slots=True)
class ReceivedPayment:
    """Money that reached the co-op by other ways than its pages: office, mail or phone (R28)."""

    source_key: str
    account_number: str
    amount: Money
    channel: str
    received_on: dt.date


@dataclass(frozen=True, slots=True)
class StoredMethod:
    """A card or bank account as it may be shown; the gateway keeps the number."""

    id: MethodId
    kind: MethodKind
    brand: str
    last4: str
    expires_on: dt.date | None


@dataclass(frozen=True, slots=True)
class PaymentOutcome:
    """A payment and what is known of it now.

    ``reason`` is empty but for ``FAILED``: ``card_declined``, ``insufficient_funds``,
    ``expired_card``, or another code of the gateway. ``PENDING`` and ``UNKNOWN`` mean that the
    answer is awaited, and that the member must not pay again.
    """

    payment_id: PaymentId
    state: AttemptState
    reason: str
    amount: Money
    parts: tuple[Part, ...]
    receipt_number: str
    method_brand: str
    method_last4: str
    received_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Due:
    """What an account is asked to pay, and how much of that is on its way already."""

    asked: Money
    in_flight: Money


@dataclass(frozen=True, slots=True)
class WaitingAttempt:
    """An attempt whose outcome is not known, with all that asking again takes."""

    key: str
    payment_id: PaymentId
    token: str
    amount: Money
    made_at: dt.datetime
