"""Refunds: asked for, allowed by a second person where the co-op wants one, sent once, booked.

The credit is set aside when the refund is asked for, so nothing else can use it; refused or
failed, it waits on the account again. The gateway is called only after ``sent`` is committed.
"""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction

from smarthub.accounts.types import AccountId
from smarthub.cooperative.queries import get_zone
from smarthub.kernel.errors import Conflict, NotVisible, Refused
from smarthub.kernel.money import ZERO, Money
from smarthub.kernel.period import local_day
from smarthub.ledger.operations import entry_id_for, lock_accounts, post_entry, reverse_entry
from smarthub.ledger.queries import get_unapplied_cash
from smarthub.ledger.types import UNAPPLIED_CASH, Asked, Posting
from smarthub.members.types import PersonId
from smarthub.payments import queries
from smarthub.payments.engine import AmountNotPositive
from smarthub.payments.models import Attempt, Refund, RefundDecision, RefundEvent
from smarthub.payments.operations.exceptions import find_exception
from smarthub.payments.types import (
    BANK_FILE,
    AttemptState,
    NewRefund,
    PaymentId,
    RefundId,
    RefundState,
)

REFUND_PAYABLE = "refund_payable"
"""What the co-op has promised to give back and the gateway has not sent yet."""
NAME = "refund:{}"
PAYMENT_RETURNED = "payment_returned"
"""Why a refund was given up whose payment came back itself: nobody is owed anything for it."""


class RefundTooLarge(Refused):
    """More than may go back; ``most`` is what may, and ``because`` says what limits it.

    ``charge``: that much of the payment is left. ``credit``: that much waits on the account;
    money that has paid a bill is not refunded, the bill is corrected first.
    """

    code = "refund_too_large"


class NotRefundable(Refused):
    """The payment did not come by a gateway, or never succeeded: there is nothing to send back."""

    code = "not_refundable"


class SecondPersonNeeded(Refused):
    """Who asked for a refund above the limit cannot allow it as well."""

    code = "second_person_needed"


class AlreadyDecided(Conflict):
    """Somebody has allowed or refused the refund before, or it needs nobody's word."""

    code = "already_decided"


class RefundConflict(Conflict):
    """The refund's id was used before, with other values."""

    code = "refund_conflict"


def ask_refund(*, refund: NewRefund, by: PersonId, limit: Money, now: dt.datetime) -> None:
    """Ask for a refund, once by its id, and set its credit aside.

    Args:
        refund: What is to go back; its id comes from the form.
        by: The clerk.
        limit: Above this a second person must allow it.
        now: When it is asked for.

    Raises:
        AmountNotPositive, NotRefundable, RefundTooLarge: refused; nothing is written.
        RefundConflict: the id was used with other values.

    Source: domain rule 57; ASVS 2.3.5.
    """
    if refund.amount <= ZERO:
        raise AmountNotPositive
    with transaction.atomic():
        _lock_accounts_of(refund)
        known = Refund.objects.filter(pk=refund.id).first()
        if known is not None:
            _refuse_other_values(known, refund)
            return
        attempt = _refundable(refund.payment_id)
        if queries.is_to_go_back(attempt_id=attempt.pk, on=local_day(now, get_zone())):
            raise RefundTooLarge(most=ZERO, because="charge")
        _refuse_too_large(refund, attempt)
        Refund.objects.create(
            id=refund.id,
            attempt=attempt,
            account_id=refund.account_id,
            amount_cents=refund.amount.cents,
            reason=refund.reason,
            needs_second=refund.amount > limit,
            asked_by_id=by,
            asked_at=now,
        )
        post_entry(
            source_key=NAME.format(refund.id),
            kind="refund",
            effective_date=local_day(now, get_zone()),
            postings=[
                Posting(UNAPPLIED_CASH, refund.amount, refund.account_id),
                Posting(REFUND_PAYABLE, -refund.amount),
            ],
            asked=[Asked(refund.account_id, refund.amount)],
            posted_at=now,
        )


def decide_refund(*, refund_id: RefundId, allow: bool, by: PersonId, now: dt.datetime) -> None:
    """Allow or refuse a refund above the limit, as another person than who asked for it.

    Raises:
        NotVisible: there is no such refund.
        SecondPersonNeeded: the same person asked for it.
        AlreadyDecided: somebody decided it before, or it is below the limit.
    """
    with transaction.atomic():
        refund = _get(refund_id)
        if not refund.needs_second:
            raise AlreadyDecided
        if refund.asked_by_id == by:
            raise SecondPersonNeeded
        _, created = RefundDecision.objects.get_or_create(
            refund=refund,
            defaults={"is_allowed": allow, "decided_by_id": by, "decided_at": now},
        )
        if not created:
            raise AlreadyDecided
        if not allow:
            _put_credit_back(refund, now)


def begin_refund(*, refund_id: RefundId, now: dt.datetime) -> bool:
    """Note that a refund is about to be sent; false if it was sent before, or may not be yet.

    One of a payment that came by a bank file of ours waits for the next such file.

    Must not be called inside a transaction: what it writes has to survive what comes next.
    """
    with transaction.atomic(durable=True):
        refund = _get(refund_id)
        if refund.attempt.gateway == BANK_FILE:
            return False
        decision = RefundDecision.objects.filter(refund=refund).first()
        if refund.needs_second and not (decision and decision.is_allowed):
            return False
        return _learn(refund, RefundState.SENT, now)


def note_refund_sent(*, refund: Refund, reference: str, now: dt.datetime) -> None:
    """Note that a refund stands in a bank file; call it in the transaction that writes the file."""
    _learn(refund, RefundState.SENT, now, reference=reference)


def record_refund_answer(
    *, refund_id: RefundId, state: AttemptState, reference: str, reason: str, now: dt.datetime
) -> bool:
    """Record what the gateway said of a refund and book it, once; return whether it settled it."""
    with transaction.atomic():
        refund = _get(refund_id)
        lock_accounts(account_ids=[AccountId(refund.account_id)])
        final = {RefundState.SUCCESS, RefundState.FAILED}
        if refund.events.filter(state__in=final).exists():
            return False
        if state is AttemptState.PENDING:
            state = AttemptState.UNKNOWN
        if not _learn(refund, RefundState(state.value), now, reference=reference, reason=reason):
            return False
        if state is AttemptState.SUCCESS:
            _book_sent(refund, now)
        if state is AttemptState.FAILED:
            _put_credit_back(refund, now)
    return state.is_final


def give_up_refund(*, refund_id: RefundId, reason: str, now: dt.datetime) -> bool:
    """Let a refund fail that no bank file can bring: its credit waits again, and staff are told."""
    with transaction.atomic():
        is_news = record_refund_answer(
            refund_id=refund_id, state=AttemptState.FAILED, reference="", reason=reason, now=now
        )
        if is_news:
            refund = _get(refund_id)
            find_exception(
                key=f"refund_returned:{refund_id}",
                kind="refund_of_returned" if reason == PAYMENT_RETURNED else "refund_returned",
                now=now,
                reason=reason,
                cents=refund.amount_cents,
                payment=str(refund.attempt.payment_id),
            )
    return is_news


def _lock_accounts_of(refund: NewRefund) -> None:
    """Lock whose credit it is, and the payment's own: what asks that back waits for the same."""
    account_ids = {refund.account_id}
    for payment in queries.list_payments_by_id(payment_ids=[refund.payment_id]).values():
        account_ids |= queries.list_touched_accounts(payment=payment)
    lock_accounts(account_ids=account_ids)


def _refundable(payment_id: PaymentId) -> Attempt:
    attempt = Attempt.objects.filter(payment=payment_id, events__state=AttemptState.SUCCESS).first()
    if attempt is None:
        raise NotRefundable
    return attempt


def _refuse_too_large(refund: NewRefund, attempt: Attempt) -> None:
    gone = queries.sum_gone_back(attempt_id=attempt.pk)
    left = Money(attempt.payment.amount_cents) - gone
    if refund.amount > left:
        raise RefundTooLarge(most=max(left, ZERO), because="charge")
    credit = get_unapplied_cash(account_ids=[refund.account_id])[refund.account_id]
    if refund.amount > credit:
        raise RefundTooLarge(most=max(credit, ZERO), because="credit")


def _refuse_other_values(known: Refund, given: NewRefund) -> None:
    same = (known.attempt.payment_id, known.account_id, known.amount_cents) == (
        given.payment_id,
        given.account_id,
        given.amount.cents,
    )
    if not same:
        raise RefundConflict


def _get(refund_id: RefundId) -> Refund:
    refund = Refund.objects.select_related("attempt").filter(pk=refund_id).first()
    if refund is None:
        raise NotVisible
    return refund


def _learn(
    refund: Refund, state: RefundState, now: dt.datetime, *, reference: str = "", reason: str = ""
) -> bool:
    try:
        with transaction.atomic():
            RefundEvent.objects.create(
                refund=refund,
                state=state,
                reference=reference,
                reason=reason,
                on=local_day(now, get_zone()),
                learnt_at=now,
            )
    except IntegrityError:  # known already: the database keeps each state once
        return False
    return True


def _book_sent(refund: Refund, now: dt.datetime) -> None:
    payment = queries.get_payment(payment_id=PaymentId(refund.attempt.payment_id))
    amount = Money(refund.amount_cents)
    post_entry(
        source_key=f"refund_sent:{refund.pk}",
        kind="refund_sent",
        effective_date=local_day(now, get_zone()),
        postings=[Posting(REFUND_PAYABLE, amount), Posting(payment.clearing, -amount)],
        posted_at=now,
    )


def _put_credit_back(refund: Refund, now: dt.datetime) -> None:
    reverse_entry(
        source_key=f"refund_undone:{refund.pk}",
        reverses=entry_id_for(NAME.format(refund.pk)),
        effective_date=local_day(now, get_zone()),
        posted_at=now,
    )
