"""Writes of payments ordered for a day: ordered, changed, cancelled, begun.

Whoever changes an order and whoever carries it out hold the locks of its accounts, so an order
is either a payment or it is over, never both. The payment has the id of the order.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import replace

from smarthub.accounts.types import AccountId
from smarthub.kernel.errors import Conflict, Refused
from smarthub.kernel.money import ZERO, Money
from smarthub.ledger.operations import lock_accounts
from smarthub.members.types import PersonId
from smarthub.payments import queries
from smarthub.payments.engine import FeeRule
from smarthub.payments.models import ScheduledEnd, ScheduledPart, ScheduledPayment
from smarthub.payments.operations.beginning import (
    insert_attempts,
    list_due,
    list_usable,
    refuse_amounts,
    refuse_method,
    refuse_other_fee,
)
from smarthub.payments.types import LESS_DUE, Part, Payment, PaymentId, Schedule, ScheduleState


class ScheduleOver(Refused):
    """The scheduled payment was made, changed or cancelled meanwhile."""

    code = "schedule_over"


class ScheduleConflict(Conflict):
    """The order's id was used before, with other values or by somebody else."""

    code = "schedule_conflict"


def schedule_payment(
    *,
    schedule: Schedule,
    maximum: Money,
    fees: FeeRule,
    now: dt.datetime,
    supersedes: PaymentId | None = None,
) -> bool:
    """Keep an order to pay on a day, once; false if it was kept before. Call it in a transaction.

    Args:
        schedule: What is to be paid; its id is made when the form is shown.
        maximum: The most one payment may move.
        fees: What paying is known to cost on its day.
        now: When it is ordered.
        supersedes: The order it takes the place of, which then is over.

    Raises:
        NothingToPay, AmountNotPositive, AmountTooLarge, MethodGone, FeeNotAgreed: refused;
            nothing is written.
        NotVisible: ``supersedes`` is somebody else's, or never was.
        ScheduleOver: ``supersedes`` was made, changed or cancelled meanwhile.
        ScheduleConflict: the id was used with other values.
    """
    refuse_amounts(schedule, maximum)
    accounts = _accounts_of(schedule)
    if supersedes is not None:
        older = queries.get_schedule(schedule_id=supersedes, person_id=schedule.person_id)
        accounts |= _accounts_of(older.schedule)
    lock_accounts(account_ids=accounts)
    known = ScheduledPayment.objects.filter(pk=schedule.id).first()
    if known is not None:
        if known.request_digest != _digest_of(schedule):
            raise ScheduleConflict(schedule_id=schedule.id)
        return False
    if supersedes is not None:
        _refuse_what_is_over(supersedes, schedule.person_id)
    refuse_other_fee(schedule, refuse_method(schedule, list_usable([schedule], now)), fees)
    _insert(schedule, supersedes, now)
    return True


def cancel_scheduled(*, schedule_id: PaymentId, person_id: PersonId, now: dt.datetime) -> None:
    """Let an order be over without a payment. Call it in a transaction.

    Raises:
        NotVisible: it is somebody else's, or never was.
        ScheduleOver: it was made, changed or cancelled before.
    """
    view = queries.get_schedule(schedule_id=schedule_id, person_id=person_id)
    lock_accounts(account_ids=_accounts_of(view.schedule))
    _refuse_what_is_over(schedule_id, person_id)
    _end(schedule_id, ScheduleState.CANCELLED, "", now)


def begin_scheduled(
    *, schedule: Schedule, gateway: str, maximum: Money, fees: FeeRule, now: dt.datetime
) -> ScheduleState:
    """Turn an order into a payment about to be sent, or end it, under the locks of its accounts.

    A payment presented again is taken as it was or not at all (domain rule 56).
    What is due is read again here: of each part no more is taken than is due now, unless the
    member wants the whole amount taken whatever is due (domain rule 51). ``fees`` is what paying
    costs on that day; never more is charged than was agreed to.

    Returns:
        ``TAKEN`` if this call made the payment, ``NOTHING_DUE`` or ``REFUSED`` if it ended the
        order; ``SCHEDULED`` if it did nothing, for the order was over before.
    """
    lock_accounts(account_ids=_accounts_of(schedule))
    view = queries.get_schedule(schedule_id=schedule.id, person_id=schedule.person_id)
    if not view.is_open:
        return ScheduleState.SCHEDULED
    payment = Payment(
        id=schedule.id,
        channel="web",
        parts=schedule.parts if schedule.keeps_amount else _at_most_due(schedule),
        received_at=now,
        clearing=f"clearing:{gateway}:card",
        person_id=schedule.person_id,
        method_id=schedule.method_id,
    )
    if view.is_again and ZERO < payment.amount < schedule.amount:
        _end(schedule.id, ScheduleState.NOTHING_DUE, LESS_DUE, now)
        return ScheduleState.NOTHING_DUE
    if not payment.parts:
        _end(schedule.id, ScheduleState.NOTHING_DUE, "", now)
        return ScheduleState.NOTHING_DUE
    try:
        refuse_amounts(payment, maximum)
        kind = refuse_method(payment, list_usable([payment], now))
    except Refused as refusal:
        _end(schedule.id, ScheduleState.REFUSED, refusal.code, now)
        return ScheduleState.REFUSED
    fee = min(schedule.fee, fees.fee(kind=kind, amount=payment.amount))
    insert_attempts([replace(payment, fee=fee)], gateway, now)
    return ScheduleState.TAKEN


def refuse_scheduled(*, schedule: Schedule, reason: str, now: dt.datetime) -> bool:
    """End an order that cannot be carried out; false if it was over before."""
    lock_accounts(account_ids=_accounts_of(schedule))
    view = queries.get_schedule(schedule_id=schedule.id, person_id=schedule.person_id)
    if view.is_open:
        _end(schedule.id, ScheduleState.REFUSED, reason, now)
    return view.is_open


def _at_most_due(schedule: Schedule) -> tuple[Part, ...]:
    due = list_due(_accounts_of(schedule))
    parts = (
        replace(part, amount=min(part.amount, due[part.account_id])) for part in schedule.parts
    )
    return tuple(part for part in parts if part.amount > ZERO)


def _accounts_of(schedule: Schedule) -> set[AccountId]:
    return {part.account_id for part in schedule.parts}


def _refuse_what_is_over(schedule_id: PaymentId, person_id: PersonId) -> None:
    if not queries.get_schedule(schedule_id=schedule_id, person_id=person_id).is_open:
        raise ScheduleOver


def _end(schedule_id: PaymentId, what: ScheduleState, reason: str, now: dt.datetime) -> None:
    ScheduledEnd.objects.create(scheduled_id=schedule_id, what=what, reason=reason, ended_at=now)


def _insert(schedule: Schedule, supersedes: PaymentId | None, now: dt.datetime) -> None:
    row = ScheduledPayment.objects.create(
        id=schedule.id,
        person_id=schedule.person_id,
        method_id=schedule.method_id,
        pay_on=schedule.pay_on,
        keeps_amount=schedule.keeps_amount,
        fee_cents=schedule.fee.cents,
        request_digest=_digest_of(schedule),
        made_at=now,
        supersedes_id=supersedes,
    )
    ScheduledPart.objects.bulk_create(
        ScheduledPart(scheduled=row, account_id=part.account_id, amount_cents=part.amount.cents)
        for part in schedule.parts
    )


def _digest_of(schedule: Schedule) -> str:
    values: dict[str, object] = {
        "person": schedule.person_id,
        "method": str(schedule.method_id),
        "on": schedule.pay_on.isoformat(),
        "keeps": schedule.keeps_amount,
        "parts": sorted([part.account_id, part.amount.cents] for part in schedule.parts),
    }
    if schedule.fee:
        values["fee"] = schedule.fee.cents
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
