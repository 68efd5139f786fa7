"""Pay what is asked: doors, attempt, gateway, ledger and receipt, in an order that survives.

The attempt is committed before the gateway is called, and the answer after it
(``charge_payment``); so a card is charged once at most, and what was charged reaches the ledger.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from smarthub.accounts.access import open_account
from smarthub.accounts.types import VisibleAccount
from smarthub.cooperative.queries import get_zone
from smarthub.kernel.errors import NotVisible, Refused
from smarthub.kernel.fault_points import reach
from smarthub.kernel.money import ZERO, Money
from smarthub.kernel.period import local_day
from smarthub.members.queries import get_person_of_user
from smarthub.payments import operations, queries
from smarthub.payments.ports import PaymentGateway
from smarthub.payments.types import AttemptState, MethodId, Part, Payment, PaymentId, PaymentOutcome
from smarthub.workflows.money.charge_payment import send_payment


class MayNotPay(Refused):
    """The member may see the account but not pay for it."""

    code = "may_not_pay"


class CardDeclined(Refused):
    """The gateway refused, and nothing was charged. To try again takes a new payment id.

    Values: ``reason``: ``card_declined``, ``insufficient_funds``, ``expired_card`` or another
    code of the gateway.
    """

    code = "card_declined"


def pay_balance(
    *,
    payment_id: UUID,
    user_id: int,
    parts: Mapping[str, Money],
    method_id: UUID,
    now: dt.datetime,
    gateway: PaymentGateway,
    allow_credit: bool = False,
    fee: Money = ZERO,
) -> PaymentOutcome:
    """Charge a member's card once for one or several accounts, and settle what they owe.

    Must not be called inside a transaction.

    Args:
        payment_id: Made when the form is shown, so that a double click pays once: the same id
            again returns the first outcome, and never charges.
        user_id: The login that pays.
        parts: Account numbers, and how much is paid for each.
        method_id: One of the person's stored methods.
        now: The moment of paying; its local day is the receipt date (domain rule 52).
        gateway: Who moves the money.
        allow_credit: Whether the member agreed that what exceeds the amount due waits on the
            account as a credit; without it, more than is due is refused.
        fee: What the member agreed that paying costs besides.

    Returns:
        The outcome: ``SUCCESS``, or ``UNKNOWN`` when the gateway did not answer in time, or
        ``PENDING`` for a second click while the first is on its way.

    Raises:
        NotVisible: an account is not theirs to see, or does not exist.
        MayNotPay: they may see it, not pay for it.
        NothingToPay, AmountNotPositive, AmountTooLarge, MoreThanDue, MethodGone, FeeNotAgreed:
            see ``payments.operations``; nothing was charged.
        CardDeclined: the gateway refused, now or the first time; nothing was charged.
        PaymentConflict: the id was used with other values, or by somebody else.

    Source: domain rules 48 to 52; issue 2, part 5.
    """
    on = local_day(now, get_zone())
    person = get_person_of_user(user_id=user_id)
    payment = Payment(
        id=PaymentId(payment_id),
        channel="web",
        parts=tuple(
            Part(open_to_pay(user_id, number, on).id, number, amount)
            for number, amount in sorted(parts.items())
        ),
        received_at=now,
        clearing=f"clearing:{gateway.name}:card",
        person_id=person.id,
        method_id=MethodId(method_id),
        fee=fee,
    )
    is_new = operations.begin_payment(
        payment=payment,
        gateway=gateway.name,
        maximum=queries.get_maximum(on=on),
        allow_credit=allow_credit,
        now=now,
        fees=queries.get_fee_rule(on=on),
    )
    if is_new:
        reach("payment.attempt_recorded")
        send_payment(payment_id=payment.id, now=now, gateway=gateway)
    return outcome_of(payment.id)


def get_receipt(*, user_id: int, payment_id: UUID) -> PaymentOutcome:
    """Return a payment to the person who made it, and to nobody else.

    Raises:
        NotVisible: it is somebody else's, or there is none.
    """
    person = get_person_of_user(user_id=user_id)
    payment = queries.get_payment(payment_id=PaymentId(payment_id))
    if payment.person_id != person.id:
        raise NotVisible
    return queries.get_outcome(payment_id=payment_id)


def open_to_pay(user_id: int, number: str, on: dt.date) -> VisibleAccount:
    """Return an account the login may pay.

    Raises:
        NotVisible: it is not theirs to see.
        MayNotPay: they may see it, not pay for it.
    """
    account = open_account(user_id=user_id, number=number, on=on)
    if not account.may_pay:
        raise MayNotPay(account_number=number)
    return account


def outcome_of(payment_id: PaymentId) -> PaymentOutcome:
    """Return how a payment stands.

    Raises:
        CardDeclined: the gateway refused.
    """
    outcome = queries.get_outcome(payment_id=payment_id)
    if outcome.state is AttemptState.FAILED:
        raise CardDeclined(reason=outcome.reason)
    return outcome
