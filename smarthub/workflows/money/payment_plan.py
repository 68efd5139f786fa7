"""What a member can pay, what a chosen payment would do, and how one went: the pages' reads.

Writes nothing; the payment itself is ``pay_balance``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from smarthub.accounts.access import list_visible_accounts
from smarthub.accounts.types import VisibleAccount
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import ZERO, Money
from smarthub.members.queries import get_person_of_user
from smarthub.payments.engine import FeeRule
from smarthub.payments.queries import (
    get_fee_rule,
    list_guaranteed_funds,
    list_payments,
    list_schedules,
    list_usable_from,
)
from smarthub.payments.types import (
    MethodKind,
    PaymentLine,
    PaymentOutcome,
    ScheduleState,
    ScheduleView,
    StoredMethod,
)
from smarthub.workflows.accounts.account_overview import AccountDue, is_past_due, list_accounts_due
from smarthub.workflows.money.pay_balance import get_receipt
from smarthub.workflows.money.store_method import list_methods

MOST_SHOWN = 200
"""So many payments of one person are listed; the ledger keeps all."""
NEVER_MADE = {ScheduleState.CANCELLED, ScheduleState.NOTHING_DUE, ScheduleState.REFUSED}


@dataclass(frozen=True, slots=True)
class PayableAccount:
    """An account somebody may pay, and what is on its way to it already."""

    due: AccountDue

    @property
    def account(self) -> VisibleAccount:
        """The account."""
        return self.due.account

    @property
    def to_pay(self) -> Money:
        """What is not taken care of yet; never negative."""
        return self.due.to_pay

    @property
    def past_due(self) -> Money:
        """How much of that is late."""
        return self.due.past_due

    @property
    def by_hand(self) -> Money:
        """How much of it is asked for now: what Auto Pay does not take."""
        return self.due.by_hand

    @property
    def in_flight(self) -> Money:
        """What is on its way to it."""
        return self.due.in_flight

    @property
    def has_late_part(self) -> bool:
        """Whether a part of what is due is late and another is not, so that one may choose."""
        return ZERO < self.past_due < self.to_pay

    @property
    def has_part_by_hand(self) -> bool:
        """Whether Auto Pay leaves a part of what is due, other than what is late."""
        return ZERO < self.by_hand < self.to_pay and self.by_hand != self.past_due


@dataclass(frozen=True, slots=True)
class PlannedPart:
    """What one account would get, now or on a day."""

    payable: PayableAccount
    amount: Money

    @property
    def account(self) -> VisibleAccount:
        """The account."""
        return self.payable.account

    @property
    def credit(self) -> Money:
        """How much of it is more than is due, and would wait for the next bill."""
        return max(self.amount - self.payable.to_pay, ZERO)


@dataclass(frozen=True, slots=True)
class PlannedMethod:
    """A method a payment could be made with, and what that would cost besides."""

    method: StoredMethod
    fee: Money
    charged: Money


@dataclass(frozen=True, slots=True)
class PaymentPlan:
    """A payment about to be made: its parts, and the methods it can be made with.

    ``late`` are the parts that would come after their due date, ``coming`` what is scheduled
    for these accounts already, ``drafts`` what Auto Pay takes of them by itself. Until
    ``guaranteed_until`` one of them takes no bank account, and none is offered.
    """

    parts: tuple[PlannedPart, ...]
    methods: tuple[PlannedMethod, ...]
    new_card_fee: Money = ZERO
    pay_on: dt.date | None = None
    late: tuple[PlannedPart, ...] = ()
    coming: tuple[ScheduleView, ...] = ()
    drafts: tuple[AccountDue, ...] = ()
    guaranteed_until: dt.date | None = None
    being_checked: tuple[StoredMethod, ...] = ()
    """Bank accounts that are not offered, for their bank is still asked about them."""

    @property
    def has_fee(self) -> bool:
        """Whether a method that is offered costs a fee."""
        return any(each.fee for each in self.methods)

    @property
    def total(self) -> Money:
        """What would be paid in all."""
        return Money.sum(part.amount for part in self.parts)

    @property
    def credit(self) -> Money:
        """How much of it is more than is due."""
        return Money.sum(part.credit for part in self.parts)


@dataclass(frozen=True, slots=True)
class PaymentAndDues:
    """How a payment went, and what is due on its accounts now."""

    outcome: PaymentOutcome
    accounts: tuple[AccountDue, ...]


@dataclass(frozen=True, slots=True)
class OwnPayments:
    """What somebody ordered for a day and paid: to come, made, and ordered but never made."""

    coming: tuple[ScheduleView, ...]
    made: tuple[PaymentLine, ...]
    ended: tuple[ScheduleView, ...]


def list_payable_accounts(*, user_id: int, on: dt.date) -> tuple[PayableAccount, ...]:
    """Return the accounts a person may pay, those with nothing due included."""
    visible = list_visible_accounts(user_id=user_id, on=on)
    accounts = tuple(account for account in visible if account.may_pay)
    return tuple(PayableAccount(due) for due in list_accounts_due(accounts=accounts, on=on))


def plan_payment(
    *,
    user_id: int,
    amounts: Mapping[str, Money],
    on: dt.date,
    pay_on: dt.date | None = None,
    replaces: UUID | None = None,
) -> PaymentPlan:
    """Return what paying these amounts, by account number, would do.

    Args:
        user_id: Who pays.
        amounts: How much for each account.
        on: The co-op's local day.
        pay_on: The day it is to be paid; None for now.
        replaces: The scheduled payment it would take the place of.

    Raises:
        NotVisible: one of the accounts is not this person's to pay.
    """
    payable = {p.account.number: p for p in list_payable_accounts(user_id=user_id, on=on)}
    if amounts.keys() - payable.keys():
        raise NotVisible
    parts = tuple(PlannedPart(payable[number], amount) for number, amount in amounts.items())
    person_id = get_person_of_user(user_id=user_id).id
    total = Money.sum(amounts.values())
    until = list_guaranteed_funds(account_ids=[part.account.id for part in parts], on=on)
    guaranteed = max(until.values(), default=None)
    fees = get_fee_rule(on=pay_on or on)
    methods = list_methods(user_id=user_id)
    waiting = _list_being_checked(methods, pay_on or on)
    return PaymentPlan(
        parts=parts,
        methods=tuple(
            _with_fee(each, total, fees)
            for each in methods
            if each not in waiting and (guaranteed is None or each.kind is not MethodKind.BANK)
        ),
        being_checked=() if guaranteed else waiting,
        guaranteed_until=guaranteed,
        new_card_fee=fees.fee(kind=MethodKind.CARD, amount=total),
        pay_on=pay_on,
        late=tuple(part for part in parts if pay_on is not None and _is_late(part, pay_on)),
        coming=tuple(
            view
            for view in list_schedules(person_id=person_id)
            if view.is_open and view.schedule.id != replaces and _is_about(view, amounts)
        ),
        drafts=tuple(part.payable.due for part in parts if part.payable.due.drafted),
    )


def list_own_payments(*, user_id: int) -> OwnPayments:
    """Return what a login ordered and paid on the pages, the next and the newest first."""
    person_id = get_person_of_user(user_id=user_id).id
    ordered = list_schedules(person_id=person_id)
    return OwnPayments(
        coming=tuple(view for view in ordered if view.is_open),
        made=tuple(list_payments(limit=MOST_SHOWN, person_id=person_id)),
        ended=tuple(view for view in reversed(ordered) if view.state in NEVER_MADE),
    )


def get_payment_and_dues(*, user_id: int, payment_id: UUID, on: dt.date) -> PaymentAndDues:
    """Return how a payment went, to the person who made it, and what its accounts owe now.

    Raises:
        NotVisible: somebody else made it, or there is none.
    """
    outcome = get_receipt(user_id=user_id, payment_id=payment_id)
    paid = {part.account_number for part in outcome.parts}
    visible = list_visible_accounts(user_id=user_id, on=on)
    accounts = tuple(account for account in visible if account.number in paid)
    return PaymentAndDues(outcome, list_accounts_due(accounts=accounts, on=on))


def _list_being_checked(methods: Sequence[StoredMethod], day: dt.date) -> tuple[StoredMethod, ...]:
    usable = list_usable_from(method_ids=[each.id for each in methods])
    return tuple(
        each
        for each in methods
        if each.id in usable and ((since := usable[each.id]) is None or day < since)
    )


def _with_fee(method: StoredMethod, total: Money, fees: FeeRule) -> PlannedMethod:
    fee = fees.fee(kind=method.kind, amount=total)
    return PlannedMethod(method, fee, total + fee)


def _is_late(part: PlannedPart, pay_on: dt.date) -> bool:
    """Return whether what is due on the account is late by that day."""
    due = part.payable.due
    return bool(due.past_due) or (
        due.due_date is not None and is_past_due(due_date=due.due_date, on=pay_on)
    )


def _is_about(view: ScheduleView, amounts: Mapping[str, Money]) -> bool:
    return any(part.account_number in amounts for part in view.schedule.parts)
