"""Pay what is asked: doors, attempt, gateway, ledger and receipt, in an order that survives.

The attempt is committed before the gateway is called, and the answer after it. Killed anywhere
in between, the payment is a question that ``repair_unknown_attempts`` asks again under the same
key; so a card is charged once at most, and what was charged reaches the ledger.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping
from uuid import UUID, uuid4

from django.db import transaction

from smarthub.accounts.access import open_account
from smarthub.accounts.types import VisibleAccount
from smarthub.cooperative.queries import get_policy, get_zone
from smarthub.kernel.errors import NotVisible, Refused
from smarthub.kernel.fault_points import reach
from smarthub.kernel.money import ZERO, Money
from smarthub.kernel.period import local_day
from smarthub.members.queries import get_person_of_user
from smarthub.members.types import PersonId
from smarthub.payments import operations, queries
from smarthub.payments.ports import ChargeAnswer, GatewayUnavailable, KeyConflict, PaymentGateway
from smarthub.payments.types import (
    AttemptState,
    MethodId,
    MethodKind,
    Part,
    Payment,
    PaymentId,
    PaymentOutcome,
    ReceivedPayment,
    StoredMethod,
    WaitingAttempt,
)
from smarthub.workflows.debts.follow_arrears import stop_if_paid
from smarthub.workflows.messages.method_messages import MethodChange, tell_of_method
from smarthub.workflows.messages.payment_messages import tell_of_payment

MAXIMUM = "payment.maximum_cents"
SILENCE = dt.timedelta(seconds=60)
"""So long an attempt may be on its way; after it, whoever sent it is taken to be dead."""
KEY_LIFE = dt.timedelta(hours=23)
"""So long a gateway keeps our keys; an older charge is only looked up, never sent again."""

log = logging.getLogger(__name__)


class MayNotPay(Refused):
    """The member may see the account but not pay for it."""

    code = "may_not_pay"


class CardDeclined(Refused):
    """The gateway refused, and nothing was charged. To try again takes a new payment id.

    Values: ``reason``: ``card_declined``, ``insufficient_funds``, ``expired_card`` or another
    code of the gateway.
    """

    code = "card_declined"


class CardNotGiven(Refused):
    """The member came back from the gateway's form without giving a card."""

    code = "card_not_given"


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
        maximum=Money(get_policy(key=MAXIMUM, on=on)),
        allow_credit=allow_credit,
        now=now,
        fees=queries.get_fee_rule(on=on),
    )
    if is_new:
        reach("payment.attempt_recorded")
        send_payment(payment_id=payment.id, now=now, gateway=gateway)
    return outcome_of(payment.id)


def send_payment(
    *,
    payment_id: PaymentId,
    now: dt.datetime,
    gateway: PaymentGateway,
    tell_failure: bool = False,
) -> None:
    """Send a payment whose attempt is recorded to the gateway, and record its answer.

    One from a bank account the co-op draws on itself waits for the next bank file.

    ``tell_failure``: a refusal is told by mail, where nobody sits before the page.
    """
    attempt = queries.get_waiting_attempt(payment_id=payment_id)
    if not attempt.waits_for_bank_file:
        settle(attempt, charge(attempt, gateway), now, gateway, tell_failure=tell_failure)


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


def list_methods(*, user_id: int) -> list[StoredMethod]:
    """Return the methods the login's person may pay with, the newest first."""
    return queries.list_methods(person_id=get_person_of_user(user_id=user_id).id)


def start_method_setup(
    *,
    user_id: int,
    kind: MethodKind,
    return_to: str,
    language: str,
    now: dt.datetime,
    gateway: PaymentGateway,
) -> str:
    """Begin a visit to the gateway's form and return its address.

    Args:
        user_id: Whose method it will be.
        kind: A card, or a bank account with its mandate.
        return_to: Our page at which the visit ends, as a whole address; the gateway adds
            ``setup=<reference>`` to it.
        language: ``en`` or ``es``: what the form speaks.
        now: When it begins.
        gateway: Whose form it is; numbers are given to it alone.

    Raises:
        GatewayUnavailable: no answer; may be tried again.
    """
    person = get_person_of_user(user_id=user_id)
    return start_setup_of(
        person_id=person.id,
        member_ref=f"person:{person.id}",
        kind=kind,
        return_to=return_to,
        language=language,
        now=now,
        gateway=gateway,
    )


def start_setup_of(
    *,
    person_id: PersonId | None,
    member_ref: str,
    kind: MethodKind,
    return_to: str,
    language: str,
    now: dt.datetime,
    gateway: PaymentGateway,
) -> str:
    """Begin a visit to the gateway's form for a person, or a guest, and return its address.

    Raises:
        GatewayUnavailable: no answer; may be tried again.
    """
    session = gateway.create_setup(
        member_ref=member_ref,
        kind=kind,
        return_to=return_to,
        language=language,
        key=f"setup:{uuid4()}",
    )
    operations.start_setup(
        reference=session.reference, person_id=person_id, return_to=return_to, now=now
    )
    return session.url


def open_setup(*, user_id: int | None, reference: str) -> None:
    """Make sure that a visit to the gateway's form is this login's own, or a guest's without one.

    Raises:
        NotVisible: it is somebody else's, or never was.
    """
    person_id = None if user_id is None else get_person_of_user(user_id=user_id).id
    queries.get_setup(reference=reference, person_id=person_id)


def finish_method_setup(
    *, user_id: int, reference: str, now: dt.datetime, gateway: PaymentGateway
) -> StoredMethod:
    """Keep the method a visit to the gateway's form gave, and tell of it; again changes nothing.

    Raises:
        NotVisible: the visit was another person's, or never was.
        CardNotGiven: the member left the form without giving a card.
        GatewayUnavailable: no answer; may be tried again.
    """
    person = get_person_of_user(user_id=user_id)
    with transaction.atomic():
        method = finish_setup_of(person_id=person.id, reference=reference, now=now, gateway=gateway)
        tell_of_method(
            user_id=user_id,
            method=method,
            change=MethodChange.ADDED,
            about=f"method_added:{method.id}",
            now=now,
        )
    return method


def finish_setup_of(
    *, person_id: PersonId | None, reference: str, now: dt.datetime, gateway: PaymentGateway
) -> StoredMethod:
    """Keep the method a visit to the gateway's form gave; again changes nothing.

    Raises:
        NotVisible: the visit was another person's, or never was.
        CardNotGiven: the form was left without giving a card.
        GatewayUnavailable: no answer; may be tried again.
    """
    _, kept = queries.get_setup(reference=reference, person_id=person_id)
    if kept is not None:
        return kept
    state = gateway.get_setup(reference=reference)
    if not state.token:
        raise CardNotGiven
    return operations.finish_setup(state=state, person_id=person_id, gateway=gateway.name, now=now)


def record_received_payment(
    *,
    source_key: str,
    account_number: str,
    amount: Money,
    channel: str,
    received_on: dt.date,
    now: dt.datetime,
) -> PaymentOutcome:
    """Record money that reached the co-op at the office, by mail or by phone, once (R28).

    For many at once call ``payments.operations.record_received_payments``.

    Args:
        source_key: What it comes from, e.g. ``lockbox:2026-11-20:17``; 80 characters at most.
        account_number: For which account.
        amount: How much; what exceeds the open charges waits on the account as a credit.
        channel: ``office``, ``mail`` or ``phone``.
        received_on: The day it reached the co-op or its agent, not the bank (domain rule 52).
        now: When it is recorded.

    Raises:
        AmountNotPositive, AccountUnknown: refused; nothing is recorded.
        PaymentConflict: the source key was used with other values.
    """
    received = ReceivedPayment(source_key, account_number, amount, channel, received_on)
    with transaction.atomic():
        (payment_id,) = operations.record_received_payments(payments=[received], now=now)
        stop_if_paid(payment_id=payment_id, now=now)
    return queries.get_outcome(payment_id=payment_id)


def repair_unknown_attempts(*, now: dt.datetime, gateway: PaymentGateway) -> int:
    """Ask the gateway about every attempt whose answer was lost; return how many were settled.

    A charge that never arrived is sent again under its first key, while the gateway still keeps
    that key. Whoever waited is told by mail how it ended. Safe to run at any time, twice at once,
    and beside the page that still waits for its answer. An attempt that cannot be settled, by a
    fault of ours, stops no other: the first such error is raised at the end.

    Source: payments rules 2 and 4 of the gateway's port.
    """
    settled, faults = 0, []
    for attempt in queries.list_waiting_attempts(made_before=now - SILENCE):
        try:
            answer = _ask_again(attempt, gateway, now)
            if answer is None:
                log.warning("payment attempt %s is still unknown", attempt.key)
                continue
            settled += settle(attempt, answer, now, gateway, tell_failure=True)
        except Exception as fault:  # whatever it is, the other payers must not wait for it
            log.exception("payment attempt %s could not be settled", attempt.key)
            faults.append(fault)
    if faults:
        raise faults[0]
    return settled


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


def charge(attempt: WaitingAttempt, gateway: PaymentGateway) -> ChargeAnswer:
    """Return the gateway's answer; no answer in time is ``UNKNOWN``, never a failure.

    It reads and writes nothing of ours, so it may be called in any thread.
    """
    try:
        return gateway.charge(
            token=attempt.token,
            amount=attempt.amount,
            key=attempt.key,
            memo=str(attempt.payment_id),
            initiator=attempt.initiator,
            network_reference=attempt.network_reference,
        )
    except GatewayUnavailable:
        return ChargeAnswer(AttemptState.UNKNOWN, reference="", reason="")


def _ask_again(
    attempt: WaitingAttempt, gateway: PaymentGateway, now: dt.datetime
) -> ChargeAnswer | None:
    try:
        found = gateway.lookup(key=attempt.key, token=attempt.token)
        if found is None and now - attempt.made_at < KEY_LIFE:
            return charge(attempt, gateway)
    except (GatewayUnavailable, KeyConflict):
        return None
    return found


def settle(
    attempt: WaitingAttempt,
    answer: ChargeAnswer,
    now: dt.datetime,
    gateway: PaymentGateway,
    *,
    tell_failure: bool = False,
) -> bool:
    """Record the answer, the ledger's entries and the message in one transaction.

    A success also stops a disconnection it pays for (domain rule 83), and what a guest paid with
    is forgotten, here and at the gateway.
    """
    reach("payment.gateway_answered")
    with transaction.atomic(durable=True):
        is_news = operations.record_answer(
            key=attempt.key,
            state=answer.state,
            reference=answer.reference,
            reason=answer.reason,
            now=now,
        )
        if is_news and (answer.state is AttemptState.SUCCESS or tell_failure):
            tell_of_payment(payment_id=attempt.payment_id, now=now)
        if is_news and answer.state is AttemptState.SUCCESS:
            stop_if_paid(payment_id=attempt.payment_id, now=now)
        if is_news and attempt.is_guest:
            operations.forget_guest_method(payment_id=attempt.payment_id, now=now)
    reach("payment.result_recorded")
    if is_news and attempt.is_guest:
        _forget_at(gateway, attempt)
    return is_news


def _forget_at(gateway: PaymentGateway, attempt: WaitingAttempt) -> None:
    try:
        gateway.detach(token=attempt.token)
    except GatewayUnavailable:
        log.warning("the gateway was not told to forget what paid %s", attempt.payment_id)


def outcome_of(payment_id: PaymentId) -> PaymentOutcome:
    """Return how a payment stands.

    Raises:
        CardDeclined: the gateway refused.
    """
    outcome = queries.get_outcome(payment_id=payment_id)
    if outcome.state is AttemptState.FAILED:
        raise CardDeclined(reason=outcome.reason)
    return outcome
