"""What a member can pay, what a chosen payment would do, and how one went: the pages' reads.

Writes nothing; the payment itself is ``pay_balance``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from smarthub.accounts.access import list_visible_accounts
from smarthub.accounts.types import VisibleAccount
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import ZERO, Money
from smarthub.payments.types import PaymentOutcome, StoredMethod
from smarthub.workflows.account_overview import AccountDue, list_accounts_due
from smarthub.workflows.pay_balance import get_receipt, list_methods


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
    def in_flight(self) -> Money:
        """What is on its way to it."""
        return self.due.in_flight


@dataclass(frozen=True, slots=True)
class PlannedPart:
    """What one account would get."""

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
class PaymentPlan:
    """A payment about to be made: its parts, and the methods it can be made with."""

    parts: tuple[PlannedPart, ...]
    methods: tuple[StoredMethod, ...]

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


def list_payable_accounts(*, user_id: int, on: dt.date) -> tuple[PayableAccount, ...]:
    """Return the accounts a person may pay, those with nothing due included: three queries."""
    visible = list_visible_accounts(user_id=user_id, on=on)
    accounts = tuple(account for account in visible if account.may_pay)
    return tuple(PayableAccount(due) for due in list_accounts_due(accounts=accounts, on=on))


def plan_payment(*, user_id: int, amounts: Mapping[str, Money], on: dt.date) -> PaymentPlan:
    """Return what paying these amounts, by account number, would do.

    Raises:
        NotVisible: one of the accounts is not this person's to pay.
    """
    payable = {p.account.number: p for p in list_payable_accounts(user_id=user_id, on=on)}
    if amounts.keys() - payable.keys():
        raise NotVisible
    return PaymentPlan(
        parts=tuple(PlannedPart(payable[number], amount) for number, amount in amounts.items()),
        methods=tuple(list_methods(user_id=user_id)),
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
