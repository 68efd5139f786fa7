"""Plan the drafts of bills in the transaction that writes them, and say what will be taken.

Every bill of an account on Auto Pay gets a draft, or a stated reason why not: so nobody has to
wonder whether a bill was forgotten (promise R08).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from smarthub.auto_pay import operations, queries
from smarthub.auto_pay.engine import amount_to_draft, draft_day, why_nothing
from smarthub.auto_pay.types import (
    BillToDraft,
    Draft,
    DraftEventKind,
    DraftTerms,
    LeftOut,
    Plan,
    PlanState,
)
from smarthub.billing.queries import list_valid_numbers
from smarthub.billing.types import IssuedBill
from smarthub.cooperative.catalogue import value_in
from smarthub.cooperative.queries import list_bank_closings, list_policies
from smarthub.kernel.money import ZERO, Money
from smarthub.kernel.period import local_day
from smarthub.payments.queries import (
    get_maximum,
    list_dues,
    list_guaranteed_funds,
    list_methods_in_use,
)
from smarthub.payments.types import MethodKind
from smarthub.workflows.messages.auto_pay_messages import (
    Announcement,
    announce_drafts,
    tell_left_out,
)

DAYS_BEFORE = "auto_pay.days_before_due"
MOVES_BACK = "auto_pay.before_closed_days"
UP_TO_LIMIT = "auto_pay.takes_up_to_limit"
WEEKS = dt.timedelta(days=21)
"""Longer than a draft day can be away from its due date."""


def plan_drafts_of_bills(
    *, bills: Sequence[IssuedBill], bill_date: dt.date, now: dt.datetime
) -> None:
    """Plan a draft for each of these bills whose account is on Auto Pay; once for each bill.

    Call it in the transaction that writes the bills. A bill made before Auto Pay was turned on
    never comes here, for then there was no plan (promise R07).

    Args:
        bills: Bills just written.
        bill_date: Their date.
        now: When they were written.

    Source: domain rules 64 to 67.
    """
    plans = queries.list_plans(account_ids=[bill.account_id for bill in bills])
    drafted = [_to_draft(bill) for bill in bills if bill.account_id in plans]
    if not drafted:
        return
    days = draft_days(due_dates={bill.due_date for bill in drafted}, on=bill_date)
    new = operations.plan_drafts(bills=drafted, plans=plans, planned_on=days, now=now)
    maximum = get_maximum(on=bill_date)
    by_hand = queries.list_by_hand_left(
        plans=[plans[draft.account_id] for draft in new], on_its_way=False
    )
    announcements = [
        _prepare(draft, plans[draft.account_id], by_hand[draft.account_id], maximum, now)
        for draft in new
    ]
    _announce([each for each in announcements if each], bill_date, now)


def ask_about_open_drafts(*, plan: Plan, now: dt.datetime, zone: ZoneInfo) -> None:
    """Ask about the announced drafts that are above the limit of a changed plan; once for each.

    Call it in the transaction of the change, with the account locked. Whoever paused Auto Pay is
    asked on its page once they take it up again, and by no message now.

    Source: domain rule 66.
    """
    if plan.cap is None:
        return
    on = local_day(now, zone)
    asked = [
        Announcement(draft, plan, amount, asks=True, is_later=True)
        for draft, amount in _most_of_open_drafts(plan, zone)
        if plan.cap < amount <= get_maximum(on=on) and not draft.approved
    ]
    is_news = [
        operations.note_draft_event(draft_id=each.draft.id, kind=DraftEventKind.ASKED, now=now)
        for each in asked
    ]
    if plan.state is PlanState.ACTIVE:
        _announce([each for each, new in zip(asked, is_news, strict=True) if new], on, now)


def _most_of_open_drafts(plan: Plan, zone: ZoneInfo) -> list[tuple[Draft, Money]]:
    """Return the plan's open drafts as they stand now, each with the most it can take.

    Of the bill is said what is left of it, and of another try the day it is made.
    """
    accounts = [plan.account_id]
    views = queries.list_drafts_of_accounts(account_ids=accounts, zone=zone)
    ours = [
        view
        for view in views.get(plan.account_id, ())
        if view.draft.announced_at >= plan.enrolled_at
    ]
    if not ours:
        return []
    numbers = [view.draft.bill_number for view in ours]
    valid = list_valid_numbers(account_ids=accounts, numbers=numbers)
    owed = list_dues(account_ids=accounts)[plan.account_id].asked
    by_hand = queries.list_by_hand_left(plans=[plan], on_its_way=False)[plan.account_id]
    drafts = [
        replace(
            view.draft,
            billed=min(view.draft.billed, owed),
            planned_on=view.next_try_on or view.draft.planned_on,
        )
        for view in ours
        if (plan.account_id, view.draft.bill_number) in valid
    ]
    return [(draft, _expected(draft, plan, by_hand)) for draft in drafts]


def draft_days(*, due_dates: set[dt.date], on: dt.date) -> dict[dt.date, dt.date]:
    """Return the draft day of each due date, by the policy in force on a local day."""
    closed = list_bank_closings(start=min(due_dates) - WEEKS, end=max(due_dates) + WEEKS)
    terms = get_draft_terms(on=on)
    return {
        due: draft_day(
            due_date=due,
            days_before=terms.days_before,
            moves_back=terms.moves_back,
            also_closed=closed,
        )
        for due in due_dates
    }


def get_draft_terms(*, on: dt.date) -> DraftTerms:
    """Return what the policies in force on a local day say of drafts.

    Source: domain rules 65 and 66.
    """
    policies = list_policies(on=on)
    return DraftTerms(
        days_before=value_in(policies, DAYS_BEFORE),
        moves_back=value_in(policies, MOVES_BACK),
        takes_up_to_cap=value_in(policies, UP_TO_LIMIT),
    )


def _to_draft(bill: IssuedBill) -> BillToDraft:
    return BillToDraft(bill.account_id, bill.number, max(bill.asked, ZERO), bill.due_date)


def _prepare(
    draft: Draft, plan: Plan, by_hand: Money, maximum: Money, now: dt.datetime
) -> Announcement | None:
    """Return what is to be said of a new draft; nothing where it is left out from the start.

    What no payment may move is said at once, so that there is time to pay it by hand.
    """
    amount = _expected(draft, plan, by_hand)
    if amount == ZERO or amount > maximum:
        reason = (
            why_nothing(billed=draft.billed, owed=draft.billed)
            if amount == ZERO
            else LeftOut.ABOVE_MAXIMUM
        )
        operations.note_draft_event(
            draft_id=draft.id, kind=DraftEventKind.LEFT_OUT, reason=reason, now=now
        )
        if reason is not LeftOut.NOTHING_DUE:
            tell_left_out(plan=plan, draft=draft, reason=reason, now=now)
        return None
    asks = plan.cap is not None and amount > plan.cap
    if asks:
        operations.note_draft_event(draft_id=draft.id, kind=DraftEventKind.ASKED, now=now)
    return Announcement(draft=draft, plan=plan, amount=amount, asks=asks)


def _announce(announcements: Sequence[Announcement], on: dt.date, now: dt.datetime) -> None:
    """Announce drafts; of those whose method may not be drawn on say that, for there is time yet.

    Such a draft stays open: with another method chosen before its day, it is taken.

    Source: domain rule 55.
    """
    methods = list_methods_in_use(method_ids={each.plan.method_id for each in announcements})
    accounts = [each.plan.account_id for each in announcements]
    guaranteed = list_guaranteed_funds(account_ids=accounts, on=on) if accounts else {}
    usable = []
    for each in announcements:
        plan, draft = each.plan, each.draft
        method = methods.get((plan.method_id, plan.person_id))
        until = guaranteed.get(plan.account_id, draft.planned_on)
        reason = None
        if method is None:
            reason = LeftOut.METHOD_GONE
        elif method.kind is MethodKind.BANK and draft.planned_on < until:
            reason = LeftOut.GUARANTEED_FUNDS
        if reason is None or plan.state is not PlanState.ACTIVE:
            usable.append(each)
        else:
            tell_left_out(plan=plan, draft=draft, reason=reason, now=now)
    announce_drafts(announcements=usable, now=now)


def _expected(draft: Draft, plan: Plan, by_hand: Money) -> Money:
    """Return the most a draft can take: what is on its way may not come."""
    return amount_to_draft(
        billed=draft.billed, owed=draft.billed, by_hand_left=by_hand, at_most=plan.at_most
    )
