"""Pay on a day: ordered now, looked at, changed or cancelled until then, and made once.

The payment has the id of its order. So a job that runs twice, or is killed and runs again, finds
the payment made; and what had no answer is asked about like every other payment.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from smarthub.accounts.access import open_account
from smarthub.cooperative.queries import get_zone
from smarthub.kernel.errors import NotVisible, Refused
from smarthub.kernel.fault_points import reach
from smarthub.kernel.money import ZERO, Money
from smarthub.kernel.period import local_day
from smarthub.members.queries import get_person_of_user, list_logins
from smarthub.payments import operations, queries
from smarthub.payments.ports import PaymentGateway
from smarthub.payments.types import (
    LESS_DUE,
    MethodId,
    Part,
    PaymentId,
    Schedule,
    ScheduleState,
    ScheduleView,
)
from smarthub.workflows.messages.tell_person import tell_person
from smarthub.workflows.money.charge_payment import send_payment
from smarthub.workflows.money.pay_balance import MayNotPay, open_to_pay

DAYS_AHEAD = 90
"""So far ahead a payment may be ordered; a card and a mind change after longer."""


class DayRefused(Refused):
    """The day is over, is today, or is too far ahead; ``last`` is the last one that is taken."""

    code = "day_refused"


def days_to_choose(on: dt.date) -> tuple[dt.date, dt.date]:
    """Return the first and the last day a payment may be ordered for on a local day."""
    return on + dt.timedelta(days=1), on + dt.timedelta(days=DAYS_AHEAD)


def schedule_payment(
    *,
    payment_id: UUID,
    user_id: int,
    parts: Mapping[str, Money],
    method_id: UUID,
    pay_on: dt.date,
    keeps_amount: bool,
    now: dt.datetime,
    replaces: UUID | None = None,
    fee: Money = ZERO,
) -> None:
    """Keep a member's order to pay on a day, once, and tell them of it.

    Args:
        payment_id: Made when the form is shown; the same id again changes nothing.
        user_id: The login that pays.
        parts: Account numbers, and the most that is taken for each.
        method_id: One of the person's stored methods.
        pay_on: The co-op's local day: tomorrow at the earliest.
        keeps_amount: Whether the whole amount is taken even if less is due on that day.
        now: When it is ordered.
        replaces: The order it takes the place of, which then is over.
        fee: What the member agreed that paying costs besides, at most.

    Raises:
        NotVisible: an account, or the order it replaces, is not theirs.
        MayNotPay: they may see an account, not pay for it.
        DayRefused: see there.
        NothingToPay, AmountNotPositive, AmountTooLarge, MethodGone, FeeNotAgreed, ScheduleOver,
            ScheduleConflict: see ``payments.operations``; nothing is kept.

    Source: domain rules 51 and 52.
    """
    on = local_day(now, get_zone())
    first, last = days_to_choose(on)
    if not first <= pay_on <= last:
        raise DayRefused(last=last)
    schedule = Schedule(
        id=PaymentId(payment_id),
        person_id=get_person_of_user(user_id=user_id).id,
        method_id=MethodId(method_id),
        pay_on=pay_on,
        keeps_amount=keeps_amount,
        parts=tuple(
            Part(open_to_pay(user_id, number, on).id, number, amount)
            for number, amount in sorted(parts.items())
        ),
        fee=fee,
    )
    with transaction.atomic():
        is_new = operations.schedule_payment(
            schedule=schedule,
            maximum=queries.get_maximum(on=on),
            fees=queries.get_fee_rule(on=pay_on),
            supersedes=PaymentId(replaces) if replaces else None,
            now=now,
        )
        if is_new:
            _tell(schedule, ScheduleState.CHANGED if replaces else ScheduleState.SCHEDULED, now)


def get_schedule(*, user_id: int, schedule_id: UUID) -> ScheduleView:
    """Return one of a login's orders.

    Raises:
        NotVisible: it is somebody else's, or never was.
    """
    person_id = get_person_of_user(user_id=user_id).id
    return queries.get_schedule(schedule_id=PaymentId(schedule_id), person_id=person_id)


def cancel_scheduled_payment(*, user_id: int, schedule_id: UUID, now: dt.datetime) -> None:
    """Let an order be over without a payment, and tell its member.

    Raises:
        NotVisible: it is somebody else's, or never was.
        ScheduleOver: it was made, changed or cancelled meanwhile.
    """
    schedule = get_schedule(user_id=user_id, schedule_id=schedule_id).schedule
    with transaction.atomic():
        operations.cancel_scheduled(schedule_id=schedule.id, person_id=schedule.person_id, now=now)
        _tell(schedule, ScheduleState.CANCELLED, now)


def pay_scheduled(*, now: dt.datetime, gateway: PaymentGateway) -> int:
    """Make the payments ordered for today and for any day missed; return how many were sent.

    Each becomes one payment, however often this runs and wherever it is killed. Whoever ordered
    it is told how it ended: by the receipt, or by what was amiss.

    Must not be called inside a transaction.

    Source: domain rule 51; issue 8, part 3.
    """
    on = local_day(now, get_zone())
    sent = 0
    for view in queries.list_schedules_due(on=on):
        if _begin(view.schedule, on, now, gateway):
            reach("schedule.payment_recorded")
            send_payment(payment_id=view.schedule.id, now=now, gateway=gateway, tell_failure=True)
            sent += 1
    return sent


def _begin(schedule: Schedule, on: dt.date, now: dt.datetime, gateway: PaymentGateway) -> bool:
    with transaction.atomic(durable=True):
        if not _may_still_pay(schedule, on):
            if operations.refuse_scheduled(schedule=schedule, reason=MayNotPay.code, now=now):
                _tell(schedule, ScheduleState.REFUSED, now)
            return False
        became = operations.begin_scheduled(
            schedule=schedule,
            gateway=gateway.name,
            maximum=queries.get_maximum(on=on),
            fees=queries.get_fee_rule(on=on),
            now=now,
        )
        if became in {ScheduleState.NOTHING_DUE, ScheduleState.REFUSED}:
            _tell(schedule, became, now)
    return became is ScheduleState.TAKEN


def _may_still_pay(schedule: Schedule, on: dt.date) -> bool:
    """Return whether the one who ordered it may pay each account on that day too."""
    login = list_logins(person_ids=[schedule.person_id]).get(schedule.person_id)
    if login is None:
        return False
    try:
        return all(
            open_account(user_id=login.user_id, number=part.account_number, on=on).may_pay
            for part in schedule.parts
        )
    except NotVisible:
        return False


def _tell(schedule: Schedule, what: ScheduleState, now: dt.datetime) -> None:
    view = queries.get_schedule(schedule_id=schedule.id, person_id=schedule.person_id)
    tell_person(
        person_id=schedule.person_id,
        template="payment_scheduled",
        context={
            "what": what,
            "amount": schedule.amount,
            "fee": schedule.fee or "",
            "pay_on": schedule.pay_on,
            "keeps_amount": schedule.keeps_amount,
            "brand": view.method.brand,
            "last4": view.method.last4,
            "less_due": view.reason == LESS_DUE,
        },
        about=f"{schedule.id}:{what}",
        account_number=schedule.parts[0].account_number,
        now=now,
    )
