"""Send a payment whose attempt is committed, record the answer, and ask again where none came.

Killed anywhere in between, the payment is a question that ``repair_unknown_attempts`` asks again
under the same key.
"""

from __future__ import annotations

import datetime as dt
import logging

from django.db import transaction

from smarthub.kernel.fault_points import reach
from smarthub.payments import operations, queries
from smarthub.payments.ports import ChargeAnswer, GatewayUnavailable, KeyConflict, PaymentGateway
from smarthub.payments.types import AttemptState, PaymentId, WaitingAttempt
from smarthub.workflows.debts.follow_arrears import stop_if_paid
from smarthub.workflows.messages.payment_messages import tell_of_payment

SILENCE = dt.timedelta(seconds=60)
"""So long an attempt may be on its way; after it, whoever sent it is taken to be dead."""
KEY_LIFE = dt.timedelta(hours=23)
"""So long a gateway keeps our keys; an older charge is only looked up, never sent again."""
log = logging.getLogger(__name__)


def send_payment(
    *, payment_id: PaymentId, now: dt.datetime, gateway: PaymentGateway, tell_failure: bool = False
) -> None:
    """Send a payment whose attempt is recorded to the gateway, and record its answer.

    One from a bank account the co-op draws on itself waits for the next bank file.

    ``tell_failure``: a refusal is told by mail, where nobody sits before the page.
    """
    attempt = queries.get_waiting_attempt(payment_id=payment_id)
    if not attempt.waits_for_bank_file:
        settle(attempt, charge(attempt, gateway), now, gateway, tell_failure=tell_failure)


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


def _forget_at(gateway: PaymentGateway, attempt: WaitingAttempt) -> None:
    try:
        gateway.detach(token=attempt.token)
    except GatewayUnavailable:
        log.warning("the gateway was not told to forget what paid %s", attempt.payment_id)
