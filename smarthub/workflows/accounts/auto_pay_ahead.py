"""What Auto Pay is going to do about what is due, by how everything stands now.

What was announced with a bill may have changed since: the plan was paused, the limit lowered, the
bill taken back, the method closed by its bank. A page that says "you need not do anything" rests
on what is read here, and the run of the day decides by the same rules. What members ordered for a
day counts as it will: as paid by hand before every draft that comes no earlier.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache

from smarthub.accounts.types import AccountId
from smarthub.auto_pay import queries
from smarthub.auto_pay.engine import amount_to_draft
from smarthub.auto_pay.types import DraftState, DraftView, Plan, PlanState
from smarthub.billing.queries import list_valid_numbers
from smarthub.cooperative.queries import get_zone
from smarthub.kernel.money import ZERO, Money
from smarthub.members.types import PersonId
from smarthub.payments.queries import (
    get_maximum,
    list_dues,
    list_guaranteed_funds,
    list_methods_in_use,
    list_usable_from,
)
from smarthub.payments.types import Due, MethodId, MethodKind, ScheduleView, StoredMethod
from smarthub.workflows.accounts.orders_ahead import OrderAhead, list_orders, taken_by


class AheadKind(StrEnum):
    """What Auto Pay does about an account on which something is due."""

    TAKES = "takes"
    """Takes it, or a part of it, by itself."""
    ASKS = "asks"
    """The bill is above the limit; nothing is taken until its member allows it."""
    PAUSED = "paused"
    SUSPENDED = "suspended"
    BEFORE = "before"
    """It was all billed before Auto Pay was turned on (promise R07)."""
    ORDERED = "ordered"
    """Takes nothing, for payments ordered for a day pay all of it before, and in time."""
    NOT_THIS = "not_this"
    """This bill is left out, or was given up; its member was told why."""


RESTS = {PlanState.PAUSED: AheadKind.PAUSED, PlanState.SUSPENDED: AheadKind.SUSPENDED}


@dataclass(frozen=True, slots=True)
class DraftAhead:
    """What one draft takes unless somebody acts: of which bill, how much, on which local day.

    ``is_again``: a try before it failed. ``is_in_time``: it is no later than what was announced,
    or for another try no later than the bill is due; so waiting for it makes nobody late.
    """

    bill_number: str
    amount: Money
    on: dt.date
    is_again: bool
    is_in_time: bool


@dataclass(frozen=True, slots=True)
class Ahead:
    """What Auto Pay does about what is due on an account, the earliest draft first.

    What its drafts do not take is to be paid by hand. ``asked`` is the first draft above the limit
    that waits for its member's word, with what it would take. ``ordered`` is what payments ordered
    for a day take before, between or after the drafts.
    """

    kind: AheadKind
    account_number: str
    drafts: tuple[DraftAhead, ...] = ()
    asked: DraftAhead | None = None
    ordered: tuple[OrderAhead, ...] = ()

    @property
    def asks_before(self) -> dt.date | None:
        """The day on whose first hour that draft is left out, where its member has not answered."""
        return self.asked.on if self.asked else None

    @property
    def amount(self) -> Money:
        """What all its drafts take together."""
        return Money.sum(each.amount for each in self.drafts)

    @property
    def on(self) -> dt.date | None:
        """The day of the first of them."""
        return self.drafts[0].on if self.drafts else None

    @property
    def in_time(self) -> Money:
        """What is taken so early that nobody who waits for it is late."""
        return Money.sum(each.amount for each in self.drafts if each.is_in_time)

    @property
    def ordered_in_time(self) -> Money:
        """What payments ordered for a day take so early that nobody is late."""
        return Money.sum(each.amount for each in self.ordered if each.is_in_time)

    @property
    def cared_for_in_time(self) -> Money:
        """What is paid in time by itself, be it ordered or drafted."""
        return self.in_time + self.ordered_in_time

    def in_time_but_for(self, bill_number: str) -> Money:
        """Return the same without the draft of one bill."""
        others = (each for each in self.drafts if each.bill_number != bill_number)
        return Money.sum(each.amount for each in others if each.is_in_time)

    def amount_of(self, bill_number: str) -> Money | None:
        """Return what the draft of a bill takes, if one is open and takes anything."""
        found = (each.amount for each in self.drafts if each.bill_number == bill_number)
        return next(found, None)

    def day_of(self, bill_number: str) -> dt.date | None:
        """Return the local day the draft of a bill is taken, if one is open and takes anything."""
        return next((each.on for each in self.drafts if each.bill_number == bill_number), None)


@dataclass(frozen=True, slots=True)
class _Standing:
    """How some accounts on Auto Pay stand."""

    drafts: Mapping[AccountId, Sequence[DraftView]]
    orders: Mapping[AccountId, Sequence[ScheduleView]]
    owed: Mapping[AccountId, Money]
    by_hand: Mapping[AccountId, Money]
    methods: Mapping[tuple[MethodId, PersonId | None], StoredMethod]
    usable_from: Mapping[MethodId, dt.date | None]
    guaranteed: Collection[AccountId]
    maximum_on: Callable[[dt.date], Money]
    on: dt.date


def list_ahead(
    *, account_ids: Collection[AccountId], dues: Mapping[AccountId, Due], on: dt.date
) -> dict[AccountId, Ahead]:
    """Return what Auto Pay does about each account; those off it, or with nothing due, are absent.

    Two queries; and where something is due on one that has a plan, up to thirteen more, a few for
    each bank account of the co-op's own files, and those of ``list_orders`` where one is ordered.

    Args:
        account_ids: The accounts asked about.
        dues: What is due on each of them.
        on: The co-op's local day.

    Source: domain rules 55 and 64 to 68; promises R07 and R08.
    """
    owed = {account_id: due.asked - due.in_flight for account_id, due in dues.items()}
    plans = queries.list_plans(account_ids=[each for each in account_ids if owed[each] > ZERO])
    if not plans:
        return {}
    standing = _read(plans, owed, on)
    return {each: _ahead(plan, standing) for each, plan in plans.items()}


def list_taken_ahead(*, account_ids: Collection[AccountId], on: dt.date) -> dict[AccountId, Ahead]:
    """Return the accounts on Auto Pay of which all that is due is taken in time by itself.

    Unless somebody acts; what is ordered for a day counts too.
    """
    dues = list_dues(account_ids=account_ids)
    ahead = list_ahead(account_ids=account_ids, dues=dues, on=on)
    return {
        account_id: each
        for account_id, each in ahead.items()
        if each.cared_for_in_time >= dues[account_id].asked - dues[account_id].in_flight
    }


def _read(
    plans: Mapping[AccountId, Plan], owed: Mapping[AccountId, Money], on: dt.date
) -> _Standing:
    drafts = queries.list_drafts_of_accounts(account_ids=list(plans), zone=get_zone())
    methods = list_methods_in_use(method_ids=[plan.method_id for plan in plans.values()])
    banks = [each.id for each in methods.values() if each.kind is MethodKind.BANK]
    return _Standing(
        drafts=_of_valid_bills(drafts),
        orders=list_orders(account_ids=list(plans), on=on),
        owed=owed,
        by_hand=queries.list_by_hand_left(plans=plans.values()),
        methods=methods,
        usable_from=list_usable_from(method_ids=banks) if banks else {},
        guaranteed=list_guaranteed_funds(account_ids=list(plans), on=on),
        maximum_on=cache(lambda day: get_maximum(on=day)),
        on=on,
    )


def _of_valid_bills(
    drafts: Mapping[AccountId, Sequence[DraftView]],
) -> dict[AccountId, list[DraftView]]:
    """Leave out the drafts of bills that were taken back; no query where there is no draft."""
    numbers = [view.draft.bill_number for views in drafts.values() for view in views]
    valid = list_valid_numbers(account_ids=list(drafts), numbers=numbers) if numbers else set()
    return {
        account_id: [view for view in views if (account_id, view.draft.bill_number) in valid]
        for account_id, views in drafts.items()
    }


def _ahead(plan: Plan, standing: _Standing) -> Ahead:
    walk = _Walk(plan, standing)
    walk.go(None if plan.state in RESTS else _usable_from(plan, standing))
    ahead = Ahead(
        AheadKind.TAKES, plan.account_number, tuple(walk.taken), walk.asked, tuple(walk.ordered)
    )
    return replace(ahead, kind=_kind(plan, ahead, standing))


def _kind(plan: Plan, ahead: Ahead, standing: _Standing) -> AheadKind:
    owed = standing.owed[plan.account_id]
    if ahead.ordered_in_time >= owed:
        return AheadKind.ORDERED
    if plan.state in RESTS:
        return RESTS[plan.state]
    if ahead.drafts:
        return AheadKind.TAKES
    if ahead.asked:
        return AheadKind.ASKS
    return AheadKind.BEFORE if standing.by_hand[plan.account_id] >= owed else AheadKind.NOT_THIS


class _Walk:
    """Goes through the days of one account's open drafts and orders, with what is left by each."""

    def __init__(self, plan: Plan, standing: _Standing) -> None:
        self.plan = plan
        self.standing = standing
        self.owed = standing.owed[plan.account_id]
        self.by_hand = standing.by_hand[plan.account_id]
        self.taken: list[DraftAhead] = []
        self.ordered: list[OrderAhead] = []
        self.asked: DraftAhead | None = None
        self._orders = list(standing.orders.get(plan.account_id, ()))

    def go(self, usable_from: dt.date | None) -> None:
        """Let each draft take its part, or none of them while there is no day to draw from.

        What is ordered for a draft's day is paid before it (``jobs.tasks``).
        """
        last_day = None
        for view in self._open_drafts():
            last_day = max(view.draft.planned_on, view.draft.due_date)
            day = max(_day(view), usable_from or self.standing.on, self.standing.on)
            self._pay(day, last_day)
            if usable_from is not None:
                self._draft(view, day)
        self._pay(dt.date.max, last_day)

    def _open_drafts(self) -> list[DraftView]:
        """Return the drafts of this consent, the earliest first."""
        views = self.standing.drafts.get(self.plan.account_id, ())
        ours = [view for view in views if view.draft.announced_at >= self.plan.enrolled_at]
        return sorted(ours, key=_day)

    def _pay(self, until: dt.date, last_day: dt.date | None) -> None:
        """Carry out the orders up to a day; they settle what is left by hand first."""
        while self._orders and max(self._orders[0].schedule.pay_on, self.standing.on) <= until:
            view = self._orders.pop(0)
            owed = {**self.standing.owed, self.plan.account_id: self.owed}
            amount = taken_by(view, self.plan.account_id, owed, self.standing.maximum_on)
            if amount == ZERO:
                continue
            day = max(view.schedule.pay_on, self.standing.on)
            is_in_time = last_day is not None and day <= last_day
            self.ordered.append(OrderAhead(amount, day, is_in_time))
            self.owed -= amount
            self.by_hand = max(self.by_hand - amount, ZERO)

    def _draft(self, view: DraftView, day: dt.date) -> None:
        plan = self.plan
        amount = amount_to_draft(
            billed=view.draft.billed,
            owed=self.owed,
            by_hand_left=self.by_hand,
            at_most=plan.at_most,
        )
        if amount == ZERO:
            return
        if plan.cap is not None and amount > plan.cap and not view.draft.approved:
            if self.asked is None and view.waits_for_word:
                self.asked = _taken(view, amount, _day(view))
            return
        if amount > self.standing.maximum_on(day):
            return
        self.taken.append(_taken(view, amount, day))
        self.owed -= amount


def _day(view: DraftView) -> dt.date:
    return view.next_try_on or view.draft.planned_on


def _taken(view: DraftView, amount: Money, day: dt.date) -> DraftAhead:
    is_again = view.state is DraftState.TO_BE_TRIED_AGAIN
    last_day = view.draft.due_date if is_again else view.draft.planned_on
    return DraftAhead(view.draft.bill_number, amount, day, is_again, day <= last_day)


def _usable_from(plan: Plan, standing: _Standing) -> dt.date | None:
    """Return from which day the plan's method can be drawn on; None where nobody knows one.

    Source: domain rule 55; payments reference, section 2.3 (validation before the first use).
    """
    method = standing.methods.get((plan.method_id, plan.person_id))
    if method is None:
        return None
    if method.kind is MethodKind.BANK and plan.account_id in standing.guaranteed:
        return None
    return standing.usable_from.get(plan.method_id, standing.on)
