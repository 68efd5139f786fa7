"""Draft what is due today: each bill once, never more than is owed, and always with a word.

A try is an ordinary payment whose id is made of the draft and the number of the try. It is
committed before the gateway is called; killed anywhere, the next run finds the same id, and the
janitor asks the gateway again under the same key. Only the waiting for the gateway is shared:
balances are read and books are written one draft after the other.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db import transaction

from smarthub.auto_pay import operations, queries
from smarthub.auto_pay.engine import amount_to_draft, why_nothing
from smarthub.auto_pay.types import (
    Draft,
    DraftEventKind,
    DraftState,
    DraftView,
    LeftOut,
    Plan,
    PlanEventKind,
    PlanState,
)
from smarthub.billing.queries import is_bill_valid
from smarthub.cooperative.catalogue import value_in
from smarthub.cooperative.queries import get_policy, list_policies
from smarthub.kernel.fault_points import reach
from smarthub.kernel.money import ZERO, Money
from smarthub.kernel.period import local_day
from smarthub.payments.engine import AmountTooLarge
from smarthub.payments.operations import (
    GuaranteedFundsNeeded,
    MethodGone,
    MoreThanDue,
    PaymentConflict,
    begin_payment,
)
from smarthub.payments.ports import PaymentGateway
from smarthub.payments.queries import list_dues
from smarthub.payments.types import Part, Payment, PaymentId
from smarthub.workflows.auto_pay_messages import tell_failed, tell_left_out, tell_of_plan_event
from smarthub.workflows.pay_balance import MAXIMUM
from smarthub.workflows.send_payments import send_payments

CHARGES_AT_ONCE = 16
"""So many charges wait for their answers together: at 200 ms an answer, enough for 80 a second."""
FAILED_BILLS = "auto_pay.failed_bills"
STATES_LEFT_OUT = {
    PlanState.PAUSED: LeftOut.PAUSED,
    PlanState.SUSPENDED: LeftOut.SUSPENDED,
    PlanState.STOPPED: LeftOut.STOPPED,
}

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DraftRun:
    """What one run did: drafts sent, and drafts left out with a reason."""

    sent: int
    left_out: int


def run_auto_pay(
    *,
    now: dt.datetime,
    zone: ZoneInfo,
    gateway: PaymentGateway,
    at_once: int = CHARGES_AT_ONCE,
) -> DraftRun:
    """Send every draft whose day has come, and leave out those that must not be.

    Must not be called inside a transaction. Any number of times a day comes to the same.

    Args:
        now: When it runs.
        zone: The co-op's.
        gateway: Who charges.
        at_once: How many charges may wait for the gateway's answer at the same time.

    Source: domain rules 64 to 68; promises R07 and R08.
    """
    tally: Counter[bool] = Counter()
    send_payments(
        payment_ids=_begin_all(now, zone, gateway, tally), at_once=at_once, now=now, gateway=gateway
    )
    return DraftRun(sent=tally[True], left_out=tally[False])


def follow_up_failures(*, now: dt.datetime, zone: ZoneInfo) -> int:
    """Tell of drafts that failed or came back since, and suspend plans that fail again and again.

    Safe to repeat: each failure is told once, each plan suspended once.

    Returns:
        How many drafts were given up.

    Source: domain rule 68; payments reference, section 4 (after N failures).
    """
    given_up = 0
    for view in queries.list_failed_drafts(zone=zone):
        plan = queries.get_plan(plan_id=view.draft.plan_id)
        with transaction.atomic():
            tell_failed(plan=plan, view=view, now=now)
            if view.state is DraftState.FAILED:
                given_up += _give_up(view.draft, plan, now, zone)
    return given_up


def _begin_all(
    now: dt.datetime, zone: ZoneInfo, gateway: PaymentGateway, tally: Counter[bool]
) -> Iterator[PaymentId]:
    """Begin the payment of each draft that is due and yield it once it is committed, one by one.

    ``tally`` counts what was sent and what was left out.
    """
    on = local_day(now, zone)
    for view in queries.list_open_drafts(until=on, zone=zone):
        if view.next_try_on is None or view.next_try_on > on:
            continue
        payment, reason = _begin(view, now, on, gateway)
        tally[reason is None] += 1
        if payment is not None:
            yield payment


def _begin(
    view: DraftView, now: dt.datetime, on: dt.date, gateway: PaymentGateway
) -> tuple[PaymentId | None, LeftOut | None]:
    """Begin one draft's payment, or leave the draft out; return what is to be sent, or why not."""
    draft = view.draft
    plan = queries.find_plan(account_id=draft.account_id)
    owed = _owed(draft)
    amount = ZERO if plan is None else _amount(draft, plan, owed)
    reason, begun = _why_not(draft, plan, amount, owed), None
    if reason is None and plan is not None:
        payment = _payment(view, plan, amount, now, gateway)
        reach("auto_pay.try_noted")
        begun, reason = _begin_payment(payment, now, on, gateway)
    if reason is not None:
        _leave_out(draft, reason, now)
    return begun, reason


def _why_not(draft: Draft, plan: Plan | None, amount: Money, owed: Money) -> LeftOut | None:
    """Return why a draft must not be sent, if it must not.

    One of a bill written before Auto Pay was turned off and on again ended with the old consent.
    """
    if plan is None or plan.enrolled_at > draft.announced_at:
        return LeftOut.STOPPED
    if not is_bill_valid(account_id=draft.account_id, number=draft.bill_number):
        return LeftOut.BILL_CANCELLED
    if plan.state is not PlanState.ACTIVE:
        return STATES_LEFT_OUT[plan.state]
    if amount == ZERO:
        return why_nothing(billed=draft.billed, owed=owed)
    if plan.cap is not None and amount > plan.cap and not draft.approved:
        return LeftOut.ABOVE_CAP
    return None


def _owed(draft: Draft) -> Money:
    """Return what is owed now, read again: a payment by hand meanwhile takes it down."""
    due = list_dues(account_ids=[draft.account_id])[draft.account_id]
    return due.asked - due.in_flight


def _amount(draft: Draft, plan: Plan, owed: Money) -> Money:
    left = queries.sum_by_hand_left(plan=plan) if plan.by_hand > ZERO else ZERO
    return amount_to_draft(billed=draft.billed, owed=owed, by_hand_left=left)


def _payment(
    view: DraftView, plan: Plan, amount: Money, now: dt.datetime, gateway: PaymentGateway
) -> Payment:
    """Return the next try's payment; its id is the same however often it is asked for."""
    number = len(view.tries) + 1
    return Payment(
        id=operations.note_try(draft_id=view.draft.id, number=number, now=now),
        channel=queries.AUTO_PAY,
        parts=(Part(plan.account_id, plan.account_number, amount),),
        received_at=now,
        clearing=f"clearing:{gateway.name}:card",
        person_id=plan.person_id,
        method_id=plan.method_id,
    )


def _begin_payment(
    payment: Payment, now: dt.datetime, on: dt.date, gateway: PaymentGateway
) -> tuple[PaymentId | None, LeftOut | None]:
    """Commit the try's payment; return it if it is new, or why it cannot be begun."""
    maximum = Money(get_policy(key=MAXIMUM, on=on))
    try:
        is_new = begin_payment(
            payment=payment, gateway=gateway.name, maximum=maximum, allow_credit=False, now=now
        )
    except GuaranteedFundsNeeded:
        return None, LeftOut.GUARANTEED_FUNDS
    except MethodGone:
        return None, LeftOut.METHOD_GONE
    except AmountTooLarge:
        return None, LeftOut.ABOVE_MAXIMUM
    except (MoreThanDue, PaymentConflict):
        log.info("the balance moved under payment %s; the next run takes it", payment.id)
        return None, None
    if is_new:
        reach("auto_pay.attempt_recorded")
    return payment.id if is_new else None, None


def _leave_out(draft: Draft, reason: LeftOut, now: dt.datetime) -> None:
    with transaction.atomic():
        is_news = operations.note_draft_event(
            draft_id=draft.id, kind=DraftEventKind.LEFT_OUT, reason=reason, now=now
        )
        if is_news:
            plan = queries.get_plan(plan_id=draft.plan_id)
            tell_left_out(plan=plan, draft=draft, reason=reason, now=now)


def _give_up(draft: Draft, plan: Plan, now: dt.datetime, zone: ZoneInfo) -> bool:
    """Note that a draft is not tried again, and suspend its plan after too many in a row."""
    is_news = operations.note_draft_event(draft_id=draft.id, kind=DraftEventKind.GIVEN_UP, now=now)
    allowed = value_in(list_policies(on=local_day(now, zone)), FAILED_BILLS)
    failed = queries.list_failed_in_a_row(account_id=plan.account_id, zone=zone)
    present = queries.find_plan(account_id=plan.account_id)
    if present and present.state is PlanState.ACTIVE and len(failed) >= allowed:
        operations.note_plan_event(
            account_id=plan.account_id, kind=PlanEventKind.SUSPENDED, person_id=None, now=now
        )
        tell_of_plan_event(user_id=None, plan=present, kind=PlanEventKind.SUSPENDED, now=now)
    return is_news
