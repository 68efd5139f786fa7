"""Draft what is due today: each bill once, never more than is owed, and always with a word.

A try is an ordinary payment whose id is made of the draft and the number of the try. It is
committed before the gateway is called; killed anywhere, the next run finds the same id, and the
janitor asks the gateway again under the same key. Drafts are begun some at a time: their accounts
are locked, everything that decides is read again, and all their tries are one transaction.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from django.db import InterfaceError, OperationalError, transaction

from smarthub.accounts.types import AccountId
from smarthub.auto_pay import operations, queries
from smarthub.auto_pay.engine import amount_to_draft, try_id, why_nothing
from smarthub.auto_pay.types import (
    Draft,
    DraftEventKind,
    DraftId,
    DraftState,
    DraftView,
    LeftOut,
    Plan,
    PlanEventKind,
    PlanState,
)
from smarthub.billing.queries import list_valid_numbers
from smarthub.cooperative.catalogue import value_in
from smarthub.cooperative.queries import list_policies
from smarthub.kernel.errors import ExpectedError
from smarthub.kernel.fault_points import reach
from smarthub.kernel.money import ZERO, Money
from smarthub.kernel.period import local_day
from smarthub.kernel.uncollected import uncollected
from smarthub.ledger.operations import lock_accounts
from smarthub.payments.engine import AmountTooLarge
from smarthub.payments.operations import GuaranteedFundsNeeded, MethodGone, begin_payments
from smarthub.payments.ports import PaymentGateway
from smarthub.payments.queries import get_maximum, list_attempts_to_send, list_dues
from smarthub.payments.types import Part, Payment, PaymentId, WaitingAttempt
from smarthub.workflows.accounts.auto_pay_ahead import list_ahead
from smarthub.workflows.messages.auto_pay_messages import (
    tell_failed,
    tell_left_out,
    tell_of_plan_event,
)
from smarthub.workflows.money.send_payments import send_payments

CHARGES_AT_ONCE = 16
"""So many charges wait for their answers together: at 200 ms an answer, enough for 80 a second."""
BEGUN_TOGETHER = 50
"""So many drafts are begun in one transaction: each has a fiftieth of its statements."""
FAILED_BILLS = "auto_pay.failed_bills"
Chunk = dict[AccountId, DraftId]
STATES_LEFT_OUT = {
    PlanState.PAUSED: LeftOut.PAUSED,
    PlanState.SUSPENDED: LeftOut.SUSPENDED,
    PlanState.STOPPED: LeftOut.STOPPED,
}
REFUSED: tuple[tuple[type[ExpectedError], LeftOut], ...] = (
    (GuaranteedFundsNeeded, LeftOut.GUARANTEED_FUNDS),
    (MethodGone, LeftOut.METHOD_GONE),
    (AmountTooLarge, LeftOut.ABOVE_MAXIMUM),
)
"""Why a draft is left out whose payment was refused so; a balance that moved is tried again,
and so is a bank account about which its bank is still asked."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DraftRun:
    """What one run did: drafts sent, left out with a reason, and failed by a fault of ours.

    What failed is in the log, and the next run tries it again.
    """

    sent: int
    left_out: int
    failed: int


@dataclass(frozen=True, slots=True)
class _Run:
    """What holds for a whole run, and what it came to so far."""

    now: dt.datetime
    on: dt.date
    zone: ZoneInfo
    gateway: PaymentGateway
    clock: Callable[[], dt.datetime]
    tally: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Standing:
    """How the accounts of a chunk stand, read under their locks."""

    plans: Mapping[AccountId, Plan]
    bills: Collection[tuple[AccountId, str]]
    owed: Mapping[AccountId, Money]
    by_hand: Mapping[AccountId, Money]


def run_auto_pay(
    *,
    now: dt.datetime,
    zone: ZoneInfo,
    gateway: PaymentGateway,
    at_once: int = CHARGES_AT_ONCE,
    clock: Callable[[], dt.datetime] | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> DraftRun:
    """Send every draft whose day has come, and leave out those that must not be.

    Must not be called inside a transaction. Any number of times a day comes to the same.

    Args:
        now: When it runs.
        zone: The co-op's.
        gateway: Who charges.
        at_once: How many charges may wait for the gateway's answer at the same time.
        clock: Tells when each attempt is made, for a run of many takes longer than the janitor
            waits before it asks about one; without it, all of them are made ``now``.
        progress: Called with drafts looked at and drafts in all, after each chunk is begun.

    Source: domain rules 64 to 68; promises R07 and R08.
    """
    run = _Run(now, local_day(now, zone), zone, gateway, clock or (lambda: now))
    send_payments(attempts=_begin_all(run, progress), at_once=at_once, now=now, gateway=gateway)
    tally = run.tally
    return DraftRun(sent=tally["sent"], left_out=tally["left_out"], failed=tally["failed"])


def follow_up_failures(*, now: dt.datetime, zone: ZoneInfo) -> int:
    """Tell of drafts that failed or came back since, and suspend plans that fail again and again.

    Safe to repeat: each failure is told once, each plan suspended once.

    Returns:
        How many drafts were given up.

    Source: domain rule 68; payments reference, section 4 (after N failures).
    """
    given_up = 0
    failed = queries.list_failed_drafts(zone=zone)
    again_on = _days_of_next_tries(failed, local_day(now, zone))
    for view in failed:
        plan = queries.get_plan(plan_id=view.draft.plan_id)
        with transaction.atomic():
            tell_failed(plan=plan, view=view, again_on=again_on.get(view.draft.id), now=now)
            if view.state is DraftState.FAILED:
                given_up += _give_up(view.draft, plan, now, zone)
    return given_up


def _days_of_next_tries(
    failed: Collection[DraftView], on: dt.date
) -> dict[DraftId, dt.date | None]:
    """Return when drafts are tried again, as everything stands: it may be off by now, or paid."""
    again = [view.draft for view in failed if view.state is DraftState.TO_BE_TRIED_AGAIN]
    ids = {draft.account_id for draft in again}
    ahead = list_ahead(account_ids=ids, dues=list_dues(account_ids=ids), on=on) if ids else {}
    return {
        draft.id: ahead[draft.account_id].day_of(draft.bill_number)
        for draft in again
        if draft.account_id in ahead
    }


def _begin_all(
    run: _Run, progress: Callable[[int, int], object] | None
) -> Iterator[WaitingAttempt]:
    """Begin the payments of all drafts that are due, and yield each attempt once committed."""
    unpaid, seen = queries.list_unpaid_drafts(until=run.on), 0
    for chunk in _in_chunks(unpaid):
        attempts = _begin(run, chunk)
        seen += len(chunk)
        if progress is not None:
            progress(seen, len(unpaid))
        yield from attempts


def _in_chunks(due: Iterable[tuple[DraftId, AccountId]]) -> Iterator[Chunk]:
    """Yield drafts so many at a time, no account twice: its second draft counts on the first.

    So first comes the oldest draft of every account, then the second of those that have more.
    """
    drafts_of: Counter[AccountId] = Counter()
    turns: list[list[tuple[AccountId, DraftId]]] = []
    for draft_id, account_id in due:
        if drafts_of[account_id] == len(turns):
            turns.append([])
        turns[drafts_of[account_id]].append((account_id, draft_id))
        drafts_of[account_id] += 1
    for turn in turns:
        for start in range(0, len(turn), BEGUN_TOGETHER):
            yield dict(turn[start : start + BEGUN_TOGETHER])


def _begin(run: _Run, chunk: Chunk) -> list[WaitingAttempt]:
    """Begin a chunk; if that fails, each of its drafts alone, so that a bad one stops only itself.

    When the database itself is gone, that goes on up.
    """
    try:
        return _begin_together(run, chunk)
    except (OperationalError, InterfaceError):
        raise
    except Exception:  # whatever it is, the other accounts must not wait for it
        if len(chunk) == 1:
            log.exception("draft %s could not be begun", *chunk.values())
            run.tally["failed"] += 1
            return []
        log.warning("%s drafts could not be begun together", len(chunk), exc_info=True)
    alone = [{account_id: draft_id} for account_id, draft_id in chunk.items()]
    return [attempt for each in alone for attempt in _begin(run, each)]


def _begin_together(run: _Run, chunk: Chunk) -> list[WaitingAttempt]:
    """Begin a chunk's payments in one transaction; return the attempts that are to be sent."""
    with uncollected(), transaction.atomic(durable=True):
        lock_accounts(account_ids=chunk)
        views = queries.list_open_among(draft_ids=chunk.values(), zone=run.zone)
        standing = _read(chunk, [view.draft.bill_number for view in views])
        tries: list[tuple[DraftView, Payment]] = []
        reasons: dict[Draft, LeftOut] = {}
        for view in views:
            if view.next_try_on is not None and view.next_try_on <= run.on:
                judged = _judge(view, standing, run)
                if isinstance(judged, Payment):
                    tries.append((view, judged))
                else:
                    reasons[view.draft] = judged
        begun = _record(tries, reasons, run) if tries else []
        for draft, reason in reasons.items():
            _leave_out(draft, reason, standing.plans.get(draft.account_id), run.now)
    run.tally.update(sent=len(begun), left_out=len(reasons))
    if not begun:
        return []
    reach("auto_pay.attempt_recorded")
    return list_attempts_to_send(payment_ids=begun)


def _read(chunk: Chunk, bills: Collection[str]) -> _Standing:
    """Read again how accounts stand: a payment by hand meanwhile takes down what is owed."""
    plans = queries.list_plans(account_ids=list(chunk))
    dues = list_dues(account_ids=list(chunk))
    return _Standing(
        plans=plans,
        bills=list_valid_numbers(account_ids=list(chunk), numbers=bills),
        owed={each: due.asked - due.in_flight for each, due in dues.items()},
        by_hand=queries.list_by_hand_left(plans=plans.values()),
    )


def _judge(view: DraftView, standing: _Standing, run: _Run) -> Payment | LeftOut:
    """Return the next try's payment, or why the draft must be left out.

    One of a bill written before Auto Pay was turned off and on again ended with the old consent.
    """
    draft = view.draft
    plan = standing.plans.get(draft.account_id)
    if plan is None or plan.enrolled_at > draft.announced_at:
        return LeftOut.STOPPED
    amount = amount_to_draft(
        billed=draft.billed,
        owed=standing.owed[draft.account_id],
        by_hand_left=standing.by_hand[draft.account_id],
        at_most=plan.at_most,
    )
    return _why_not(draft, plan, amount, standing) or _payment(view, plan, amount, run)


def _why_not(draft: Draft, plan: Plan, amount: Money, standing: _Standing) -> LeftOut | None:
    """Return why a draft must not be sent, if it must not."""
    if (draft.account_id, draft.bill_number) not in standing.bills:
        return LeftOut.BILL_CANCELLED
    if plan.state is not PlanState.ACTIVE:
        return STATES_LEFT_OUT[plan.state]
    if amount == ZERO:
        return why_nothing(billed=draft.billed, owed=standing.owed[draft.account_id])
    if plan.cap is not None and amount > plan.cap and not draft.approved:
        return LeftOut.ABOVE_CAP
    return None


def _payment(view: DraftView, plan: Plan, amount: Money, run: _Run) -> Payment:
    """Return the next try's payment; its id is the same however often it is asked for."""
    return Payment(
        id=PaymentId(try_id(draft_id=view.draft.id, number=view.next_number)),
        channel=queries.AUTO_PAY,
        parts=(Part(plan.account_id, plan.account_number, amount),),
        received_at=run.now,
        clearing=f"clearing:{run.gateway.name}:card",
        person_id=plan.person_id,
        method_id=plan.method_id,
    )


def _record(
    tries: Sequence[tuple[DraftView, Payment]], reasons: dict[Draft, LeftOut], run: _Run
) -> list[PaymentId]:
    """Note tries and record their payments; return those begun by this call.

    Why another draft must be left out is put into ``reasons``.
    """
    operations.note_tries(tries={view.draft.id: view.next_number for view, _ in tries}, now=run.now)
    reach("auto_pay.try_noted")
    judged = begin_payments(
        payments=[payment for _, payment in tries],
        gateway=run.gateway.name,
        maximum=get_maximum(on=run.on),
        allow_credit=False,
        now=run.clock(),
    )
    for view, payment in tries:
        refusal = judged.get(payment.id)
        reason = next((why for kind, why in REFUSED if isinstance(refusal, kind)), None)
        if reason is not None:
            reasons[view.draft] = reason
        elif refusal is not None:
            log.info("not now: payment %s (%s); the next run takes it", payment.id, refusal.code)
    return [payment_id for payment_id, refusal in judged.items() if refusal is None]


def _leave_out(draft: Draft, reason: LeftOut, present: Plan | None, now: dt.datetime) -> None:
    """Note it, and tell whose plan the draft went by: the one in force, if it took over another."""
    with transaction.atomic():
        is_news = operations.note_draft_event(
            draft_id=draft.id, kind=DraftEventKind.LEFT_OUT, reason=reason, now=now
        )
        if is_news:
            is_its = present is not None and present.enrolled_at <= draft.announced_at
            plan = present if present and is_its else queries.get_plan(plan_id=draft.plan_id)
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
        tell_of_plan_event(plan=present, kind=PlanEventKind.SUSPENDED, by=None, now=now)
    return is_news
