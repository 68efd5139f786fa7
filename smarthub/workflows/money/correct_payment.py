"""What a clerk puts right about money: move it, note it, say whose it was, explain what differs.

Every act is left in the audit trail in its own transaction.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction

from smarthub.accounts.access import open_for_staff
from smarthub.accounts.claims import find_typed
from smarthub.accounts.types import AccountId
from smarthub.arrears.operations.placements import undo_recovery
from smarthub.cooperative.queries import get_zone
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money
from smarthub.kernel.period import local_day
from smarthub.members.operations import record_act
from smarthub.members.queries import get_person_of_user
from smarthub.payments import operations, queries
from smarthub.payments.operations import AccountUnknown
from smarthub.payments.types import NewMove, PaymentId
from smarthub.workflows.debts.follow_arrears import (
    stop_if_cleared,
    stop_if_paid,
    tell_of_fees_in_time,
)
from smarthub.workflows.debts.place_debts import take_found
from smarthub.workflows.debts.pledges import AGENCY, agency_of_key, take_pledged


def move_payment(
    *,
    move_id: UUID,
    user_id: int,
    payment_id: UUID,
    from_number: str,
    to_number: str,
    reason: str,
    now: dt.datetime,
) -> None:
    """Move a payment's money from one account to another, once by the move's id.

    What an agency paid counts against what it promised for the account it is moved to.

    Raises:
        NotVisible: the login is no clerk's, or there is no such payment or first account.
        AccountUnknown: there is no account to move it to.
        NothingWritten, CardNumberWritten, MovedOntoItself, NothingToMove: see
            ``payments.operations``.
    """
    from_account = open_for_staff(user_id=user_id, number=from_number, now=now)
    try:
        to_account = open_for_staff(user_id=user_id, number=to_number, now=now)
    except NotVisible:
        raise AccountUnknown(account_number=to_number) from None
    move = NewMove(
        id=move_id,
        payment_id=PaymentId(payment_id),
        from_account_id=from_account.id,
        to_account_id=to_account.id,
        reason=reason,
    )
    with transaction.atomic():
        undo_recovery(payment_id=move.payment_id, on=local_day(now, get_zone()), now=now)
        by = get_person_of_user(user_id=user_id).id
        if operations.move_payment(move=move, by=by, now=now):
            _count_what_an_agency_paid(move.payment_id, now, moved_to=to_account.id)
        tell_of_fees_in_time(payment_id=move.payment_id, account_ids=[to_account.id], now=now)
        stop_if_cleared(account_ids=[to_account.id], now=now)
        record_act(user_id=user_id, act="payment.moved", subject=f"payment:{payment_id}", now=now)


def note_payment(*, user_id: int, payment_id: UUID, text: str, now: dt.datetime) -> None:
    """Keep a clerk's words about a payment.

    Raises:
        NothingWritten, CardNumberWritten, NotVisible: see ``payments.operations``.
    """
    by = get_person_of_user(user_id=user_id).id
    with transaction.atomic():
        operations.write_note(payment_id=PaymentId(payment_id), text=text, by=by, now=now)
        record_act(user_id=user_id, act="payment.noted", subject=f"payment:{payment_id}", now=now)


def park_money(
    *,
    source_key: str,
    user_id: int,
    amount: Money,
    channel: str,
    told: str,
    received_on: dt.date,
    now: dt.datetime,
) -> None:
    """Keep money that came in for nobody we know, until somebody says whose it was.

    Raises:
        AmountNotPositive, CardNumberWritten, DayOfMoneyOdd: see ``payments.operations``.
    """
    with transaction.atomic():
        operations.park_in_suspense(
            source_key=source_key,
            amount=amount,
            channel=channel,
            told=told,
            received_on=received_on,
            now=now,
        )
        record_act(user_id=user_id, act="money.parked", subject=source_key, now=now)


def match_money(*, item_id: int, user_id: int, number: str, now: dt.datetime) -> None:
    """Say whose money it was, by a number new or old; it becomes a payment of that account.

    Raises:
        NotVisible, AlreadyMatched, AccountUnknown: see ``payments.operations``.
    """
    by = get_person_of_user(user_id=user_id).id
    with transaction.atomic():
        payment_id = operations.match_suspense(
            item_id=item_id, account_number=find_typed(number=number) or number, by=by, now=now
        )
        stop_if_paid(payment_id=payment_id, now=now)
        _count_what_an_agency_paid(payment_id, now)
        record_act(user_id=user_id, act="money.matched", subject=f"suspense:{item_id}", now=now)


def explain_exception(*, exception_id: int, user_id: int, text: str, now: dt.datetime) -> None:
    """Close something that did not fit, with words.

    Raises:
        NoExplanation, NotVisible: see ``payments.operations``.
    """
    by = get_person_of_user(user_id=user_id).id
    with transaction.atomic():
        operations.explain_exception(exception_id=exception_id, text=text, by=by, now=now)
        record_act(
            user_id=user_id, act="money.explained", subject=f"exception:{exception_id}", now=now
        )


def _count_what_an_agency_paid(
    payment_id: PaymentId, now: dt.datetime, *, moved_to: AccountId | None = None
) -> None:
    """Let it count against the agency's pledges, or take from the debt a collection agency has."""
    payment = queries.get_payment(payment_id=payment_id)
    channel, source_key = payment.channel, payment.source_key
    if channel == operations.SUSPENSE:
        item_id = int(source_key.rpartition(":")[2])
        channel, source_key = queries.get_suspense_source(item_id=item_id)
    if source_key.startswith(f"{operations.COLLECTION}:"):
        take_found(payment_id=payment_id, source_key=source_key, now=now, moved_to=moved_to)
    elif channel == AGENCY:
        code = agency_of_key(source_key)
        take_pledged(payment_id=payment_id, agency_code=code, now=now, moved_to=moved_to)
