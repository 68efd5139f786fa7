"""Begin payments: recorded with their attempts before a gateway is asked, one or many at once.

Whoever asks a gateway commits this first. What is due is read here, under the locks of the
accounts, so that two payments at once never take the same money twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from smarthub.accounts.types import AccountId
from smarthub.cooperative.queries import get_zone
from smarthub.kernel.errors import Conflict, ExpectedError, Refused
from smarthub.kernel.money import ZERO, Money
from smarthub.kernel.period import local_day
from smarthub.ledger.operations import lock_accounts
from smarthub.members.types import PersonId
from smarthub.payments import queries
from smarthub.payments.engine import AmountNotPositive, AmountTooLarge, FeeRule
from smarthub.payments.models import Attempt, BankAccount
from smarthub.payments.operations.paying import insert_payments, is_known
from smarthub.payments.types import (
    BANK_FILE,
    MethodId,
    MethodKind,
    Part,
    Payment,
    PaymentId,
    Schedule,
    StoredMethod,
)


class NothingToPay(Refused):
    """No account was chosen."""

    code = "nothing_to_pay"


class MoreThanDue(Refused):
    """More than is due, and the member did not say that the rest may wait as a credit.

    Values: ``account_number``, and ``due``, what is still to be paid on it.
    """

    code = "more_than_due"


class FeeNotAgreed(Refused):
    """Paying costs another fee than the member agreed to; ``fee`` is what it costs."""

    code = "fee_not_agreed"


class MethodGone(Refused):
    """The method was removed, or is not this person's."""

    code = "method_gone"


class GuaranteedFundsNeeded(MethodGone):
    """Payments of the account came back too often: it is paid by card or at the office.

    Values: ``until``: from that day on a bank account is taken again.
    """

    code = "guaranteed_funds_needed"


class BankAccountBeingChecked(Refused):
    """The co-op draws on the account itself, and its bank has not let it pass yet.

    Values: ``usable_on``: from that day on it may be used; None while the question waits for the
    next bank file.
    """

    code = "bank_account_being_checked"


def begin_payment(
    *,
    payment: Payment,
    gateway: str,
    maximum: Money,
    allow_credit: bool,
    now: dt.datetime,
    fees: FeeRule | None = None,
) -> bool:
    """Record a payment and its attempt, about to be sent to the gateway; false if it was before.

    Must not be called inside a transaction: what it writes has to survive what comes next.

    Args:
        payment: Who pays what with which method; its id makes it once. Its fee is what the
            member agreed to.
        gateway: The name of the gateway it goes to.
        maximum: The most one payment may move.
        allow_credit: Whether the member agreed that more than is due waits as a credit.
        now: When it is made.
        fees: What paying costs on the day; None where it costs nothing, as for Auto Pay.

    Raises:
        PaymentConflict: the id was used with other values.
        NothingToPay, AmountNotPositive, AmountTooLarge, MethodGone, MoreThanDue, FeeNotAgreed:
            refused, and nothing is written.

    Source: domain rules 50 and 51.
    """
    with transaction.atomic(durable=True):
        begun = begin_payments(
            payments=[payment],
            gateway=gateway,
            maximum=maximum,
            allow_credit=allow_credit,
            now=now,
            fees=fees,
        )
        refusal = begun.get(payment.id)
        if refusal is not None:
            raise refusal
    return payment.id in begun


def begin_payments(
    *,
    payments: Sequence[Payment],
    gateway: str,
    maximum: Money,
    allow_credit: bool,
    now: dt.datetime,
    fees: FeeRule | None = None,
) -> dict[PaymentId, ExpectedError | None]:
    """Record many payments with their attempts, as ``begin_payment`` each; call in a transaction.

    They are judged in the given order: each leaves the less to be paid by the next of its account.

    Returns:
        By id, nothing for a payment that was begun, or why it was refused, of which nothing is
        written. One that was begun before is absent.

    Raises:
        PaymentConflict: an id was taken for other accounts at the same moment.

    Source: domain rules 50 and 51.
    """
    accounts = {part.account_id for payment in payments for part in payment.parts}
    lock_accounts(account_ids=accounts)
    known = queries.list_digests(payment_ids=[payment.id for payment in payments])
    usable = list_usable(payments, now)
    due = {} if allow_credit else list_due(accounts)
    judged: dict[PaymentId, ExpectedError | None] = {}
    begun = []
    for payment in payments:
        try:
            refuse_amounts(payment, maximum)
            if is_known(payment, known):
                continue
            refuse_other_fee(payment, refuse_method(payment, usable), fees or FeeRule())
            if not allow_credit:
                _take_from_due(payment.parts, due)
        except (Refused, Conflict) as refusal:
            judged[payment.id] = refusal
        else:
            judged[payment.id] = None
            begun.append(payment)
    insert_attempts(begun, gateway, now)
    return judged


def insert_attempts(payments: Sequence[Payment], gateway: str, now: dt.datetime) -> None:
    """Write payments and their attempts, under the locks of their accounts."""
    if not payments:
        return
    insert_payments(payments)
    own = BankAccount.objects.filter(method__in={payment.method_id for payment in payments})
    by_file = set(own.values_list("method_id", flat=True))
    Attempt.objects.bulk_create(
        Attempt(
            key=f"payment:{payment.id}",
            payment_id=payment.id,
            gateway=BANK_FILE if payment.method_id in by_file else gateway,
            made_at=now,
        )
        for payment in payments
    )


def refuse_amounts(payment: Payment | Schedule, maximum: Money) -> None:
    """Refuse what no payment can be.

    Raises:
        NothingToPay, AmountNotPositive, AmountTooLarge: see there.
    """
    if not payment.parts:
        raise NothingToPay
    for part in payment.parts:
        if part.amount <= ZERO:
            raise AmountNotPositive(account_number=part.account_number)
    if payment.amount > maximum:
        raise AmountTooLarge(maximum=maximum)


def refuse_other_fee(payment: Payment | Schedule, kind: MethodKind, fees: FeeRule) -> None:
    """Refuse a fee that is another than the member agreed to.

    Raises:
        FeeNotAgreed: it is so.
    """
    fee = fees.fee(kind=kind, amount=payment.amount)
    if payment.fee != fee:
        raise FeeNotAgreed(fee=fee)


@dataclass(frozen=True, slots=True)
class Usable:
    """What may be drawn on today: methods with whose they are, and accounts that take no bank.

    ``checked`` says of accounts of the co-op's own files from which day their bank lets them pass.
    """

    on: dt.date
    methods: Mapping[tuple[MethodId, PersonId | None], StoredMethod]
    guaranteed: Mapping[AccountId, dt.date]
    checked: Mapping[MethodId, dt.date | None]


def list_usable(payments: Sequence[Payment | Schedule], now: dt.datetime) -> Usable:
    """Return what ``refuse_method`` needs for these payments: one query, and four for banks.

    Accounts of the co-op's own files take a few more each.
    """
    wanted = {each.method_id for each in payments if each.method_id is not None}
    methods = queries.list_methods_in_use(method_ids=wanted)
    from_banks = {method.id for method in methods.values() if method.kind is MethodKind.BANK}
    accounts = {
        part.account_id for each in payments if each.method_id in from_banks for part in each.parts
    }
    on = local_day(now, get_zone())
    guaranteed = queries.list_guaranteed_funds(account_ids=accounts, on=on) if accounts else {}
    checked = queries.list_usable_from(method_ids=from_banks) if from_banks else {}
    return Usable(on, methods, guaranteed, checked)


def refuse_method(payment: Payment | Schedule, usable: Usable) -> MethodKind:
    """Refuse a method that may not be drawn on; return what it draws on.

    Raises:
        MethodGone: it is not this person's, or no longer.
        GuaranteedFundsNeeded: it is a bank account, and one of the accounts takes none for now.
        BankAccountBeingChecked: its bank was asked less than three banking days before the day.

    Source: domain rule 55; payments reference, section 2.3 (validation before the first use).
    """
    if payment.method_id is None:
        raise MethodGone
    method = usable.methods.get((payment.method_id, payment.person_id))
    if method is None:
        raise MethodGone
    if method.kind is MethodKind.BANK:
        until = [
            usable.guaranteed[part.account_id]
            for part in payment.parts
            if part.account_id in usable.guaranteed
        ]
        if until:
            raise GuaranteedFundsNeeded(until=max(until))
    if method.id in usable.checked:
        since = usable.checked[method.id]
        day = payment.pay_on if isinstance(payment, Schedule) else usable.on
        if since is None or day < since:
            raise BankAccountBeingChecked(usable_on=since)
    return method.kind


def list_due(account_ids: Collection[AccountId]) -> dict[AccountId, Money]:
    """Return what is still to be paid on each account, what is on its way taken off."""
    dues = queries.list_dues(account_ids=account_ids)
    return {each: max(due.asked - due.in_flight, ZERO) for each, due in dues.items()}


def _take_from_due(parts: Sequence[Part], due: dict[AccountId, Money]) -> None:
    """Take a payment off what is due, which the next payment of the account finds so.

    Raises:
        MoreThanDue: it is more than that; nothing is taken off.
    """
    for part in parts:
        if part.amount > due[part.account_id]:
            raise MoreThanDue(account_number=part.account_number, due=due[part.account_id])
    for part in parts:
        due[part.account_id] -= part.amount
