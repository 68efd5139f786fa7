"""Give a member's credit back: asked for by a clerk, allowed by a second above the co-op's limit.

As with a payment, that it is about to be sent is committed first, so that a crash leaves a question
that ``repair_refunds`` asks again under the same key, and never a second refund.
"""

from __future__ import annotations

import datetime as dt
import logging
from uuid import UUID

from django.db import transaction

from smarthub.accounts.access import open_for_staff
from smarthub.cooperative.queries import get_policy, get_zone
from smarthub.kernel.fault_points import reach
from smarthub.kernel.money import Money
from smarthub.kernel.period import local_day
from smarthub.members.queries import get_person_of_user
from smarthub.payments import operations, queries
from smarthub.payments.ports import ChargeAnswer, GatewayUnavailable, PaymentGateway
from smarthub.payments.types import AttemptState, NewRefund, PaymentId, RefundId, WaitingRefund
from smarthub.workflows.money.charge_payment import KEY_LIFE, SILENCE

SECOND_PERSON = "refund.second_person_above_cents"

log = logging.getLogger(__name__)


def ask_refund(
    *,
    refund_id: UUID,
    user_id: int,
    payment_id: UUID,
    account_number: str,
    amount: Money,
    reason: str,
    now: dt.datetime,
    gateway: PaymentGateway,
) -> None:
    """Ask for a refund to the payer's own method; below the limit it is sent at once.

    Must not be called inside a transaction.

    Args:
        refund_id: Made when the form is shown, so that a double click refunds once.
        user_id: The clerk's login.
        payment_id: The payment it goes back on; never more than that brought.
        account_number: Whose credit it is; never more than waits there.
        amount: How much.
        reason: Why, for those who come after.
        now: The moment.
        gateway: Who sends it.

    Raises:
        NotVisible: no such account, or the login is no clerk's.
        AmountNotPositive, NotRefundable, RefundTooLarge, NothingWritten, RefundConflict: see
            ``payments.operations``; nothing is sent.

    Source: domain rule 57.
    """
    account = open_for_staff(user_id=user_id, number=account_number, now=now)
    limit = Money(get_policy(key=SECOND_PERSON, on=local_day(now, get_zone())))
    refund = NewRefund(
        id=RefundId(refund_id),
        payment_id=PaymentId(payment_id),
        account_id=account.id,
        amount=amount,
        reason=reason,
    )
    by = get_person_of_user(user_id=user_id).id
    operations.ask_refund(refund=refund, by=by, limit=limit, now=now)
    reach("refund.asked")
    send_refund(refund_id=refund.id, now=now, gateway=gateway)


def decide_refund(
    *, refund_id: UUID, user_id: int, allow: bool, now: dt.datetime, gateway: PaymentGateway
) -> None:
    """Allow or refuse a refund above the limit; one that is allowed is sent at once.

    Raises:
        NotVisible, SecondPersonNeeded, AlreadyDecided: see ``payments.operations``.
    """
    by = get_person_of_user(user_id=user_id).id
    operations.decide_refund(refund_id=RefundId(refund_id), allow=allow, by=by, now=now)
    if allow:
        send_refund(refund_id=RefundId(refund_id), now=now, gateway=gateway)


def send_refund(*, refund_id: RefundId, now: dt.datetime, gateway: PaymentGateway) -> bool:
    """Send a refund that may go, once; return whether its outcome is known now."""
    if not operations.begin_refund(refund_id=refund_id, now=now):
        return False
    reach("refund.sent")
    waiting = queries.get_waiting_refund(refund_id=refund_id)
    return _settle(waiting, _send(waiting, gateway), now)


def repair_refunds(*, now: dt.datetime, gateway: PaymentGateway) -> int:
    """Send what was never sent and ask about what got no answer; return how many were settled."""
    settled = 0
    for waiting in queries.list_waiting_refunds(sent_before=now - SILENCE):
        if waiting.sent_at is None:
            settled += send_refund(refund_id=waiting.id, now=now, gateway=gateway)
            continue
        answer = _ask_again(waiting, gateway, now)
        if answer is None:
            log.warning("refund %s is still unknown", waiting.id)
            continue
        settled += _settle(waiting, answer, now)
    return settled


def _send(waiting: WaitingRefund, gateway: PaymentGateway) -> ChargeAnswer:
    try:
        return gateway.refund(
            charge_reference=waiting.charge_reference,
            amount=waiting.amount,
            key=f"refund:{waiting.id}",
        )
    except GatewayUnavailable:
        return ChargeAnswer(AttemptState.UNKNOWN, reference="", reason="")


def _ask_again(
    waiting: WaitingRefund, gateway: PaymentGateway, now: dt.datetime
) -> ChargeAnswer | None:
    try:
        found = gateway.lookup_refund(
            charge_reference=waiting.charge_reference, key=f"refund:{waiting.id}"
        )
    except GatewayUnavailable:
        return None
    if found is None and waiting.sent_at and now - waiting.sent_at < KEY_LIFE:
        return _send(waiting, gateway)
    return found


def _settle(waiting: WaitingRefund, answer: ChargeAnswer, now: dt.datetime) -> bool:
    reach("refund.gateway_answered")
    with transaction.atomic(durable=True):
        settled = operations.record_refund_answer(
            refund_id=waiting.id,
            state=answer.state,
            reference=answer.reference,
            reason=answer.reason,
            now=now,
        )
    reach("refund.result_recorded")
    return settled
