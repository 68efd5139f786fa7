"""Values of arrears: what is late, what it costs, and how far a process has gone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, NewType
from uuid import UUID

from smarthub.accounts.types import AccountId
from smarthub.cooperative.catalogue import value_in
from smarthub.kernel.money import ZERO, Money
from smarthub.ledger.types import RECEIVABLE

ProcessId = NewType("ProcessId", int)
HoldId = NewType("HoldId", int)
ArrangementId = NewType("ArrangementId", UUID)
WriteOffId = NewType("WriteOffId", UUID)
PledgeId = NewType("PledgeId", UUID)

METERED = frozenset({"electric", "gas", "water"})
"""Services that can be disconnected; each only for its own debt (rule 89)."""
NOT_LATE = frozenset({"ar:fees", "ar:deposit", "ar:returned", "ar:round_up"})
"""Receivables that are no service: no late fee is charged on them (rule 53)."""


class Step(StrEnum):
    """What happens to an account in arrears, in this order; the last three end it (rule 82)."""

    REMINDER = "reminder"
    PAST_DUE = "past_due"
    NOTICE = "notice"
    LAST_CALL = "last_call"
    STOPPED = "stopped"
    CUT = "cut"
    RESTORED = "restored"


class Why(StrEnum):
    """Why a process was stopped."""

    PAID = "paid"
    HELD = "held"
    STAFF = "staff"


class HoldKind(StrEnum):
    """What keeps an account from being followed, and until when (rules 53, 79, 87, 91, 92)."""

    MEDICAL = "medical"
    DISPUTED = "disputed"
    EXTENSION = "extension"
    PLEDGE = "pledge"
    """Set by a pledge that is written down; one set by hand before there were pledges stays."""
    DECEASED = "deceased"
    BANKRUPTCY = "bankruptcy"
    ARRANGEMENT = "arrangement"
    """Set by an arrangement that is made, and by nobody's hand."""


class AgencyKind(StrEnum):
    """What an agency does: it helps members to pay, or collects what was written off."""

    ASSISTANCE = "assistance"
    COLLECTION = "collection"


@dataclass(frozen=True, slots=True)
class AgencyView:
    """An agency of the co-op's list; ``code`` is what its files call it."""

    code: str
    kind: AgencyKind
    name: str
    is_ended: bool


class PledgeEnding(StrEnum):
    """How a pledge stopped being one (rule 92)."""

    FULFILLED = "fulfilled"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class PledgeView:
    """What an agency promised, and what of it has come; ``last_day`` is the last it holds.

    ``received`` leaves out what was taken back, or moved to another account.
    """

    id: PledgeId
    account_id: AccountId
    account_number: str
    agency_code: str
    agency: str
    amount: Money
    received: Money
    pledged_on: dt.date
    last_day: dt.date
    reference: str
    ended: PledgeEnding | None
    ended_on: dt.date | None

    @property
    def left(self) -> Money:
        """What was promised and has not come."""
        return max(self.amount - self.received, ZERO)


class ArrangementEnding(StrEnum):
    """How an arrangement stopped being one (rules 78 and 79)."""

    KEPT = "kept"
    BROKEN = "broken"
    CANCELLED = "cancelled"
    AMENDED = "amended"


@dataclass(frozen=True, slots=True)
class Instalment:
    """A part of an arrangement, and the local day it is due."""

    due_on: dt.date
    amount: Money


@dataclass(frozen=True, slots=True)
class WriteOffView:
    """A debt that was written off, and the day it was asked for again, if it was (rule 60)."""

    id: WriteOffId
    account_id: AccountId
    account_number: str
    amount: Money
    on: dt.date
    reason: str
    taken_up_on: dt.date | None
    recovered: Money = ZERO
    placed_with: str = ""
    """The collection agency that has it now; nothing while the co-op has it itself."""

    @property
    def left(self) -> Money:
        """What has not been recovered of it."""
        return self.amount - self.recovered


@dataclass(frozen=True, slots=True)
class PlacementView:
    """A debt in an agency's hands; ``code`` is what the agency's files call it."""

    id: int
    write_off_id: WriteOffId
    account_id: AccountId
    account_number: str
    agency_code: str
    agency: str
    placed_on: dt.date
    placed: Money
    left: Money
    written_off_on: dt.date
    is_ended: bool

    @property
    def code(self) -> str:
        """``P`` and the row's number, filled with zeros."""
        return placement_code(self.id)


@dataclass(frozen=True, slots=True)
class AgencyFileView:
    """A file for a collection agency: debts handed over, or called back."""

    id: UUID
    agency: str
    agency_code: str
    is_recall: bool
    on: dt.date
    placements: tuple[PlacementView, ...]

    @property
    def total(self) -> Money:
        """What is left of them now."""
        return Money.sum(each.left for each in self.placements)


def placement_code(placement_id: int) -> str:
    """Return what files call a placement."""
    return f"P{placement_id:06}"


@dataclass(frozen=True, slots=True)
class ArrangementRule:
    """What may be agreed on: percent down at least, months at most, and how often in 12 months.

    In winter, from the first day of ``first_month`` to the last of ``last_month``, a down payment
    is at most ``winter_percent``, there are at least ``winter_least_months`` instalments and none
    after November; nothing is disconnected before an arrangement was offered, and where
    ``winter_forbids`` nothing at all. A ``first_month`` of nothing: the co-op has no winter rules.

    Source: domain rules 78 and 86.
    """

    least_percent: Decimal
    most_months: int
    most_in_a_year: int
    grace_days: int
    first_month: int
    last_month: int
    winter_percent: Decimal
    winter_least_months: int
    winter_forbids: bool

    @classmethod
    def from_policies(cls, policies: Mapping[str, Any]) -> ArrangementRule:
        """Read it from the policies in force on a day."""

        def of(name: str) -> Any:
            return value_in(policies, name)

        return cls(
            least_percent=Decimal(of("arrangement.down_percent")),
            most_months=int(of("arrangement.most_months")),
            most_in_a_year=int(of("arrangement.most_in_a_year")),
            grace_days=int(of("bill.delinquent_after_days")),
            first_month=int(of("winter.first_month")),
            last_month=int(of("winter.last_month")),
            winter_percent=Decimal(of("winter.most_down_percent")),
            winter_least_months=int(of("winter.least_months")),
            winter_forbids=bool(of("winter.forbids")),
        )


@dataclass(frozen=True, slots=True)
class BackBillingOffer:
    """What corrected bills ask more, in as many monthly parts as it is for (rule 45).

    ``disputed`` says that the member disputes it, so that nothing of it is due, and ``arranged``
    that another arrangement stands.
    """

    amount: Money
    bills: tuple[str, ...]
    due_date: dt.date
    instalments: tuple[Instalment, ...]
    disputed: bool
    arranged: bool

    @property
    def months(self) -> int:
        """How many parts there are, one a month."""
        return len(self.instalments)

    @property
    def may_be_taken(self) -> bool:
        """Whether nothing stands against it."""
        return not self.disputed and not self.arranged


@dataclass(frozen=True, slots=True)
class LowIncomeRule:
    """Terms of an arrangement for an account with a mark, from one month to another of a year.

    ``first_month`` of nothing: the co-op has no such terms.

    Source: domain rule 78; 83 Ill. Adm. Code 280.125.
    """

    first_month: int
    last_month: int
    most_percent: Decimal
    least_months: int
    most_months: int
    amend_after: int

    @classmethod
    def from_policies(cls, policies: Mapping[str, Any]) -> LowIncomeRule:
        """Read it from the policies in force on a day."""

        def of(name: str) -> Any:
            return value_in(policies, f"low_income.{name}")

        return cls(
            first_month=int(of("first_month")),
            last_month=int(of("last_month")),
            most_percent=Decimal(of("most_down_percent")),
            least_months=int(of("least_months")),
            most_months=int(of("most_months")),
            amend_after=int(of("amend_after")),
        )


@dataclass(frozen=True, slots=True)
class IncomeMark:
    """That somebody showed that a household's income is low; ``last_day`` is the last it counts."""

    id: int
    verified_on: dt.date
    last_day: dt.date
    how: str
    set_by: str


@dataclass(frozen=True, slots=True)
class ArrangementView:
    """An arrangement as it stands: ``left`` is what is unpaid of its debt now, by the ledger."""

    id: ArrangementId
    account_id: AccountId
    account_number: str
    total: Money
    agreed_on: dt.date
    bill_date: dt.date
    instalments: tuple[Instalment, ...]
    left: Money
    ended: ArrangementEnding | None
    ended_on: dt.date | None
    back_billed: bool = False
    low_income: bool = False
    is_amendment: bool = False

    @property
    def months_paid(self) -> int:
        """How many monthly instalments are paid in full; a down payment is none."""
        monthly = [left for part, left in self.still_to_pay if part.due_on > self.agreed_on]
        return sum(1 for left in monthly if not left)

    @property
    def still_to_pay(self) -> tuple[tuple[Instalment, Money], ...]:
        """Each instalment, and how much of it is unpaid; money pays the oldest first."""
        paid = self.total - self.left
        parts = []
        for each in self.instalments:
            covered = max(min(paid, each.amount), ZERO)
            paid -= covered
            parts.append((each, each.amount - covered))
        return tuple(parts)

    @property
    def next_due(self) -> Instalment | None:
        """The first instalment that is not paid in full, with what is left of it."""
        for each, left in self.still_to_pay:
            if left:
                return Instalment(each.due_on, left)
        return None


@dataclass(frozen=True, slots=True)
class LateFeeRule:
    """How a late fee is reckoned: percent of what is overdue and a flat part, within bounds.

    ``maximum`` of nothing is no bound. ``grace_days`` are days after the due date.
    """

    percent: Decimal
    flat: Money
    minimum: Money
    maximum: Money
    grace_days: int
    excluded_accounts: frozenset[str]

    @classmethod
    def from_policies(cls, policies: Mapping[str, Any]) -> LateFeeRule:
        """Read it from the policies in force on a day."""
        return cls(
            percent=Decimal(value_in(policies, "late_fee.percent")),
            flat=Money(value_in(policies, "late_fee.flat_cents")),
            minimum=Money(value_in(policies, "late_fee.minimum_cents")),
            maximum=Money(value_in(policies, "late_fee.maximum_cents")),
            grace_days=int(value_in(policies, "bill.delinquent_after_days")),
            excluded_accounts=frozenset(value_in(policies, "late_fee.excluded_accounts")),
        )


@dataclass(frozen=True, slots=True)
class StepRule:
    """When each step comes, in days from the due date, and below which debt none does."""

    reminder_days: int
    past_due_days: int
    notice_days: int
    notice_period_days: int
    threshold: Money
    latest_hour: int
    cold_fahrenheit: int
    heat_fahrenheit: int

    @classmethod
    def from_policies(cls, policies: Mapping[str, Any]) -> StepRule:
        """Read it from the policies in force on a day."""

        def of(name: str) -> int:
            return int(value_in(policies, f"arrears.{name}"))

        return cls(
            reminder_days=of("reminder_days"),
            past_due_days=of("past_due_days"),
            notice_days=of("notice_days"),
            notice_period_days=of("notice_period_days"),
            threshold=Money(of("threshold_cents")),
            latest_hour=of("latest_hour"),
            cold_fahrenheit=of("cold_fahrenheit"),
            heat_fahrenheit=of("heat_fahrenheit"),
        )


@dataclass(frozen=True, slots=True)
class DebtOfBill:
    """What is unpaid of an account up to one bill: services by receivable, and when it was due."""

    account_id: AccountId
    account_number: str
    bill_date: dt.date
    due_date: dt.date
    by_receivable: Mapping[str, Money]

    @property
    def overdue(self) -> Money:
        """What is unpaid of all services."""
        return Money.sum(self.by_receivable.values())

    def to_cut_for(self, threshold: Money) -> dict[str, Money]:
        """Return each metered service whose own debt is above a threshold (rules 83 and 89)."""
        return {
            gl.removeprefix(RECEIVABLE): owed
            for gl, owed in self.by_receivable.items()
            if gl.removeprefix(RECEIVABLE) in METERED and owed > threshold
        }


@dataclass(frozen=True, slots=True)
class ProcessView:
    """A process as it stands: the steps taken, and what the last notice said."""

    id: ProcessId
    account_id: AccountId
    account_number: str
    bill_date: dt.date
    due_date: dt.date
    steps: Mapping[Step, dt.date]
    amount: Money
    services: tuple[str, ...]
    cut_on: dt.date | None

    @property
    def last_step(self) -> Step:
        """How far it has gone."""
        return max(self.steps, key=list(Step).index)

    @property
    def threatens(self) -> bool:
        """Whether a notice of disconnection stands."""
        ended = self.steps.keys() & {Step.STOPPED, Step.CUT, Step.RESTORED}
        return Step.NOTICE in self.steps and not ended


@dataclass(frozen=True, slots=True)
class HoldView:
    """A hold in force; ``ends_on`` is the first day it no longer is.

    ``ends_with_pledge``: it was set by a pledge, and ends with it alone. ``reason`` is what was
    said; of a medical one only named staff see it (rule 88), and that they did is left behind.
    """

    id: HoldId
    account_id: AccountId
    kind: HoldKind
    starts_on: dt.date
    ends_on: dt.date | None
    set_by: str
    reason: str
    ends_with_pledge: bool = False


@dataclass(frozen=True, slots=True)
class FeeView:
    """A fee of the co-op's own, and the day it was given up, if it was."""

    source_key: str
    kind: str
    amount: Money
    on: dt.date
    waived_on: dt.date | None
