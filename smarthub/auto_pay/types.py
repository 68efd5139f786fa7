"""Values of Auto Pay: plans, drafts and why one was left out; credits and proposals."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from smarthub.accounts.types import AccountId
from smarthub.kernel.money import ZERO, Money
from smarthub.members.types import PersonId
from smarthub.payments.types import MethodId, PaymentId, PaymentStatus

PlanId = NewType("PlanId", uuid.UUID)
DraftId = NewType("DraftId", uuid.UUID)
ProgrammeId = NewType("ProgrammeId", uuid.UUID)


class PlanEventKind(StrEnum):
    """What happened to a plan after it was made; the value is stored."""

    PAUSED = "paused"
    RESUMED = "resumed"
    SUSPENDED = "suspended"
    STOPPED = "stopped"


class PlanState(StrEnum):
    """How a plan stands: only an active one drafts."""

    ACTIVE = "active"
    PAUSED = "paused"
    SUSPENDED = "suspended"
    STOPPED = "stopped"


class DraftEventKind(StrEnum):
    """What happened to a draft beside its payments; the value is stored."""

    ASKED = "asked"
    APPROVED = "approved"
    LEFT_OUT = "left_out"
    GIVEN_UP = "given_up"


class LeftOut(StrEnum):
    """Why a bill was not drafted; the value is stored and told to the member."""

    NOTHING_DUE = "nothing_due"
    BY_HAND = "by_hand"
    """What is open of it was billed before Auto Pay was turned on."""
    ABOVE_CAP = "above_cap"
    ABOVE_MAXIMUM = "above_maximum"
    """It asks for more than the co-op lets one payment move."""
    PAUSED = "paused"
    SUSPENDED = "suspended"
    STOPPED = "stopped"
    BILL_CANCELLED = "bill_cancelled"
    METHOD_GONE = "method_gone"
    GUARANTEED_FUNDS = "guaranteed_funds"
    """Payments came back too often, so that no bank account is drawn on for now."""
    TAKEN_BACK = "taken_back"
    """It was drawn by a mistake of ours, and given back."""


class DraftState(StrEnum):
    """How a draft stands, all its tries included; what a member is told."""

    PLANNED = "planned"
    ASKED = "asked"
    ON_ITS_WAY = "on_its_way"
    PAID = "paid"
    TO_BE_TRIED_AGAIN = "to_be_tried_again"
    FAILED = "failed"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class OnBill:
    """What a bill says of Auto Pay, by what was announced with it; nothing where it was off.

    ``draft_on`` is the local day it is taken, and None where it is to be paid by hand, unless its
    member says otherwise.
    ``credit`` is what turning Auto Pay on earned, where it went on this bill.
    """

    is_announced: bool = False
    draft_on: dt.date | None = None
    credit: Money = ZERO


@dataclass(frozen=True, slots=True)
class DraftTerms:
    """What the co-op's policies say of drafts on a day; told before anything is agreed to.

    ``days_before`` the due date they are made, ``moves_back`` where banks are closed that day;
    ``takes_up_to_cap``: a bill above a member's limit is taken up to it, else not without a word.
    """

    days_before: int
    moves_back: bool
    takes_up_to_cap: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """A standing consent to draft one account's bills.

    ``enrolled_at`` is when Auto Pay was first turned on; a bill made before it is never drafted.
    ``by_hand`` is what the account owed then: it is left to the member. ``cap`` is the most one
    draft takes without being asked; with ``takes_up_to_cap`` a bill above it is taken up to it,
    for that is what was agreed to, whatever the policy says since.
    """

    id: PlanId
    account_id: AccountId
    account_number: str
    person_id: PersonId
    method_id: MethodId
    cap: Money | None
    by_hand: Money
    enrolled_at: dt.datetime
    state: PlanState
    takes_up_to_cap: bool = False

    @property
    def at_most(self) -> Money | None:
        """The most one draft takes whatever its bill asks for; none where it is asked instead."""
        return self.cap if self.takes_up_to_cap else None

    def coming(self, billed: Money) -> Money:
        """Return the most a draft of a bill can take."""
        return billed if self.at_most is None else min(billed, self.at_most)


@dataclass(frozen=True, slots=True)
class NewPlan:
    """A plan about to be made; the id is made when the form is shown, so that it is made once."""

    id: PlanId
    account_id: AccountId
    person_id: PersonId
    method_id: MethodId
    cap: Money | None
    by_hand: Money
    takes_up_to_cap: bool = False


@dataclass(frozen=True, slots=True)
class BillToDraft:
    """A bill as it was written: how much it asks and when it is due."""

    account_id: AccountId
    number: str
    asked: Money
    due_date: dt.date


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft that was announced: which bill, how much at the most, and on which day."""

    id: DraftId
    plan_id: PlanId
    account_id: AccountId
    account_number: str
    bill_number: str
    billed: Money
    due_date: dt.date
    planned_on: dt.date
    announced_at: dt.datetime
    asked: bool = False
    approved: bool = False
    left_out: LeftOut | None = None
    given_up: bool = False


@dataclass(frozen=True, slots=True)
class Try:
    """One try of a draft: a payment, the local day it was sent, and how it stands."""

    payment_id: PaymentId
    on: dt.date
    status: PaymentStatus
    reason: str
    amount: Money


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft with its tries, as it is shown."""

    draft: Draft
    tries: tuple[Try, ...]
    state: DraftState
    next_try_on: dt.date | None

    @property
    def waits_for_word(self) -> bool:
        """Whether its member was asked, and has not answered while it can still be taken."""
        may_be_taken = self.state in {DraftState.ASKED, DraftState.TO_BE_TRIED_AGAIN}
        return may_be_taken and self.draft.asked and not self.draft.approved

    @property
    def last(self) -> Try | None:
        """The newest try, if there was one."""
        return self.tries[-1] if self.tries else None

    @property
    def next_number(self) -> int:
        """The number of the next try; the first is 1."""
        return len(self.tries) + 1


class CreditState(StrEnum):
    """How a credit for signing up stands: earned and waiting for its bill, on a bill, or lapsed."""

    PENDING = "pending"
    POSTED = "posted"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class CreditProgramme:
    """A credit for each service of an account whose Auto Pay is turned on within some days.

    Sign-ups count on local days of ``[starts_on, ends_on)``; ``ends_on`` is none while nobody
    ended it. ``for_migrated`` says whether members who had Auto Pay in the old system get it too.
    """

    id: ProgrammeId
    amount: Money
    starts_on: dt.date
    ends_on: dt.date | None
    services: tuple[str, ...]
    for_migrated: bool
    source_note: str

    def holds(self, on: dt.date) -> bool:
        """Return whether a sign-up on a local day counts."""
        return self.starts_on <= on and (self.ends_on is None or on < self.ends_on)


@dataclass(frozen=True, slots=True)
class ProgrammeRow:
    """A programme as the desk lists it: who set it, and what it came to so far."""

    programme: CreditProgramme
    set_by: str
    set_at: dt.datetime
    pending: Money
    posted: Money
    lapsed: Money


@dataclass(frozen=True, slots=True)
class SignUpCredit:
    """A credit earned for one service; ``ended_on`` is the day of the bill it went on."""

    id: int
    account_id: AccountId
    service: str
    service_point_number: str
    amount: Money
    earned_at: dt.datetime
    state: CreditState
    ended_on: dt.date | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What Auto Pay was in the old system: nothing is drafted by it, it is only proposed anew.

    ``drew_on`` is what a member knows the old method by, such as ``Visa 4242``; may be empty.
    """

    account_id: AccountId
    cap: Money | None
    drew_on: str


@dataclass(frozen=True, slots=True)
class NewProposal:
    """A proposal about to be kept, with where it came from."""

    account_id: AccountId
    cap: Money | None
    drew_on: str
    source_system: str
    source_id: str
