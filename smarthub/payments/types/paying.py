"""Values of payments: who pays how much for what, by which means, and how it went."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NewType

from smarthub.accounts.types import AccountId
from smarthub.kernel.money import ZERO, Money
from smarthub.members.types import PersonId

PaymentId = NewType("PaymentId", uuid.UUID)
MethodId = NewType("MethodId", uuid.UUID)
RefundId = NewType("RefundId", uuid.UUID)


BANK_FILE = "bank_file"
"""The gateway of what the co-op draws by bank files of its own."""
WITHDRAWN = "withdrawn"
"""Why a payment failed that was taken back before any bank heard of it."""


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


class PaymentStatus(StrEnum):
    """How a payment stands, all that became of it included; what a member and a clerk are told."""

    PENDING = "pending"
    UNKNOWN = "unknown"
    PAID = "paid"
    FAILED = "failed"
    RETURNED = "returned"
    DISPUTED = "disputed"
    REFUNDED = "refunded"
    PART_REFUNDED = "part_refunded"
    UNDONE = "undone"


class DisputeStage(StrEnum):
    """How far a dispute has come; the value is the gateway port's."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class FactKind(StrEnum):
    """What became of a charge after it had succeeded; the value is stored."""

    RETURNED = "returned"
    DISPUTED = "disputed"
    DISPUTE_WON = "dispute_won"
    DISPUTE_LOST = "dispute_lost"
    TAKEN_BACK = "taken_back"
    """The co-op drew it by mistake, and gave it back itself."""


class LineKind(StrEnum):
    """What a line of a settlement is about; the value is stored."""

    CHARGE = "charge"
    REFUND = "refund"
    RETURN = "return"
    DISPUTE = "dispute"
    DISPUTE_WON = "dispute_won"


class ScheduleState(StrEnum):
    """Where an order to pay on a day stands; ``TAKEN`` is a payment by now, under the same id."""

    SCHEDULED = "scheduled"
    TAKEN = "taken"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    NOTHING_DUE = "nothing_due"
    REFUSED = "refused"


class RefundState(StrEnum):
    """What is known of a refund that was sent; the value is stored."""

    SENT = "sent"
    UNKNOWN = "unknown"
    SUCCESS = "success"
    FAILED = "failed"


class InboxOutcome(StrEnum):
    """What a gateway's event came to; the value is stored."""

    APPLIED = "applied"
    NO_NEWS = "no_news"
    PARKED = "parked"


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a payment meant for one account."""

    account_id: AccountId
    account_number: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Payment:
    """One intent to pay; its id is given by the form, or made of a source key.

    ``clearing`` is the ledger's account on which the money stands until the bank has it, ``fee``
    what paying costs besides: it is charged with the parts and pays for none of them.
    """

    id: PaymentId
    channel: str
    parts: tuple[Part, ...]
    received_at: dt.datetime
    clearing: str
    person_id: PersonId | None = None
    method_id: MethodId | None = None
    source_key: str = ""
    fee: Money = ZERO

    @property
    def amount(self) -> Money:
        """What is paid for all accounts together."""
        return Money.sum(part.amount for part in self.parts)


@dataclass(frozen=True, slots=True)
class StoredMethod:
    """A card or bank account as it may be shown; the gateway keeps the number."""

    id: MethodId
    kind: MethodKind
    brand: str
    last4: str
    expires_on: dt.date | None
    name: str = ""
    """What its owner calls it, or nothing."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """An order to pay on a local day; ``id`` is the payment's that comes of it.

    Each part is the most that is taken. Unless ``keeps_amount``, it is never more than is due
    on that day (domain rule 51). ``fee`` is the most that paying may cost besides.
    """

    id: PaymentId
    person_id: PersonId
    method_id: MethodId
    pay_on: dt.date
    keeps_amount: bool
    parts: tuple[Part, ...]
    fee: Money = ZERO

    @property
    def amount(self) -> Money:
        """The most that is taken in all."""
        return Money.sum(part.amount for part in self.parts)


LESS_DUE = "less_due"
"""Why a payment is not presented again: its amount may not change, and less is due by now."""


@dataclass(frozen=True, slots=True)
class ReturnedPayment:
    """A member's payment that the bank returned, and what it was: the first, or one again.

    ``first_id`` and ``first_sent_on`` are those of the first; ``made`` says how often it was
    presented again, ``returned_on`` when the newest came back, and with which ``code``.
    """

    payment: Payment
    first_id: PaymentId
    first_sent_on: dt.date
    made: int
    code: str
    returned_on: dt.date


@dataclass(frozen=True, slots=True)
class ScheduleView:
    """An order as its member sees it, with the method it draws on and how it stands.

    ``is_again``: it presents a payment once more that the bank returned.
    """

    schedule: Schedule
    method: StoredMethod
    state: ScheduleState
    reason: str
    is_again: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it still waits for its day."""
        return self.state is ScheduleState.SCHEDULED


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
    method_kind: str = ""
    fee: Money = ZERO

    @property
    def charged(self) -> Money:
        """What the gateway takes: what is paid, and the fee for paying."""
        return self.amount + self.fee


@dataclass(frozen=True, slots=True)
class Due:
    """What an account is asked to pay, and how much of that is on its way already."""

    asked: Money
    in_flight: Money


class Initiator(StrEnum):
    """Who lets a stored card be charged, in the words of the card networks.

    Source: payments reference, section 4 (stored credential).
    """

    CUSTOMER = "customer"
    """Its holder, on a page or on the phone, now."""
    MERCHANT = "merchant"
    """The co-op, by what its holder agreed to before: Auto Pay, or a payment ordered for a day."""


@dataclass(frozen=True, slots=True)
class WaitingAttempt:
    """An attempt whose outcome is not known, with all that asking again takes."""

    key: str
    payment_id: PaymentId
    token: str
    amount: Money
    made_at: dt.datetime
    is_guest: bool = False
    """Whether nobody's stored method is charged, but one given for this payment alone."""
    initiator: Initiator = Initiator.CUSTOMER
    network_reference: str = ""
    """What the card's network calls the storing of the card; empty where nobody told it."""

    @property
    def waits_for_bank_file(self) -> bool:
        """Whether it goes out with the next bank file, and to no gateway."""
        return self.token.startswith(f"{BANK_FILE}:")


@dataclass(frozen=True, slots=True)
class NewRefund:
    """A refund about to be asked for: so much of a payment, from one account's credit."""

    id: RefundId
    payment_id: PaymentId
    account_id: AccountId
    amount: Money
    reason: str


@dataclass(frozen=True, slots=True)
class NewMove:
    """A payment about to be moved from one account to another."""

    id: uuid.UUID
    payment_id: PaymentId
    from_account_id: AccountId
    to_account_id: AccountId
    reason: str


@dataclass(frozen=True, slots=True)
class ChargedAttempt:
    """A charge the gateway took, found by its reference there."""

    id: int
    payment_id: PaymentId
    amount: Money
    clearing: str


@dataclass(frozen=True, slots=True)
class WaitingEvent:
    """A gateway's event nobody has dealt with yet."""

    inbox_id: int
    event_id: str
    kind: str
    charge_reference: str
    method_token: str = ""


@dataclass(frozen=True, slots=True)
class WaitingRefund:
    """A refund that is to be sent, or whose outcome is not known."""

    id: RefundId
    charge_reference: str
    amount: Money
    sent_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """A payment as a line of a list.

    ``tender`` and ``reference`` are what was handed over for it, where it came another way than by
    a page: a kind of ``TenderKind``, and the number of the check or of whoever took it.
    """

    id: PaymentId
    received_at: dt.datetime
    amount: Money
    accounts: tuple[str, ...]
    channel: str
    status: PaymentStatus
    receipt_number: str
    tender: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class PaymentFate:
    """How a payment stands; ``reason`` is the gateway's or the bank's code where it went wrong."""

    id: PaymentId
    received_at: dt.datetime
    amount: Money
    status: PaymentStatus
    reason: str


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One thing that happened to a payment: what an attempt came to, a fact, a move, a note."""

    at: dt.datetime
    what: str
    words: str = ""
    amount: Money | None = None
    by: str = ""
    accounts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RefundView:
    """A refund as staff see it.

    ``stands`` is ``waiting`` for a second person, ``refused`` by one, or what is known of sending.
    """

    id: RefundId
    payment_id: PaymentId
    account_number: str
    amount: Money
    reason: str
    asked_by: str
    asked_at: dt.datetime
    decided_by: str
    stands: str


@dataclass(frozen=True, slots=True)
class PaymentStory:
    """A payment with all that became of it; ``stands`` is where its money is booked now."""

    outcome: PaymentOutcome
    status: PaymentStatus
    channel: str
    payer: str
    is_refundable: bool
    is_undoable: bool
    stands: tuple[tuple[str, Money], ...]
    lines: tuple[StoryLine, ...]
    refunds: tuple[RefundView, ...]


@dataclass(frozen=True, slots=True)
class ExceptionView:
    """Something about money that needs a person."""

    id: int
    kind: str
    values: Mapping[str, Any]
    found_at: dt.datetime

    @property
    def payment_id(self) -> str:
        """The payment it is about, where it is about one of ours."""
        return str(self.values.get("payment", ""))

    @property
    def amount(self) -> Money | None:
        """How much it is about, where that is known."""
        cents = self.values.get("cents")
        return None if cents is None else Money(cents)

    @property
    def reference(self) -> str:
        """The gateway's own name of it, to look it up there."""
        return str(self.values.get("charge", "") or self.values.get("attempt", ""))

    @property
    def reason(self) -> str:
        """The code the gateway or the bank gave."""
        return str(self.values.get("reason", ""))


@dataclass(frozen=True, slots=True)
class SuspenseView:
    """Money that came in for nobody we know."""

    id: int
    amount: Money
    channel: str
    told: str
    received_on: dt.date


@dataclass(frozen=True, slots=True)
class SettlementView:
    """A pay-out as staff see it: before fees, the fees, and what reached the bank."""

    gateway: str
    reference: str
    paid_on: dt.date
    gross: Money
    fees: Money
    net: Money
    lines: int
    unknown_lines: int
