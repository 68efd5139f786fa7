"""What Auto Pay is going to do about what is due, by how everything stands now.

What was announced with a bill may have changed since: the plan was paused, the limit lowered, the
bill taken back, the method closed by its bank. A page that says "you need not do anything" rests
on what is read here, and the run of the day decides by the same rules.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
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
from smarthub.payments.types import Due, MethodId, MethodKind, StoredMethod


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
    that waits for its member's word, with what it would take.
    """

    kind: AheadKind
    account_number: str
    drafts: tuple[DraftAhead, ...] = ()
    asked: DraftAhead | None = None

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
    by_hand: Mapping[AccountId, Money]
    methods: Mapping[tuple[MethodId, PersonId | None], StoredMethod]
    usable_from: Mapping[MethodId, dt.date | None]
    guaranteed: Collection[AccountId]
    maximum_on: Callable[[dt.date], Money]


def list_ahead(
    *, account_ids: Collection[AccountId], dues: Mapping[AccountId, Due], on: dt.date
) -> dict[AccountId, Ahead]:
    """Return what Auto Pay does about each account; those off it, or with nothing due, are absent.

    Two queries; and where something is due on one that has a plan, up to twelve more, and a few for
    each bank account of the co-op's own files.

    Args:
        account_ids: The accounts asked about.
        dues: What is due on each of them.
        on: The co-op's local day.

    Source: domain rules 55 and 64 to 68; promises R07 and R08.
    """
    owed = {each: dues[each].asked - dues[each].in_flight for each in account_ids}
    plans = queries.list_plans(account_ids=[each for each in account_ids if owed[each] > ZERO])
    if not plans:
        return {}
    standing = _read(plans, on)
    return {each: _ahead(plan, owed[each], standing, on) for each, plan in plans.items()}


def list_taken_ahead(*, account_ids: Collection[AccountId], on: dt.date) -> dict[AccountId, Ahead]:
    """Return the accounts of which Auto Pay takes all that is due in time, unless somebody acts."""
    dues = list_dues(account_ids=account_ids)
    ahead = list_ahead(account_ids=account_ids, dues=dues, on=on)
    return {
        account_id: each
        for account_id, each in ahead.items()
        if each.in_time >= dues[account_id].asked - dues[account_id].in_flight
    }


def _read(plans: Mapping[AccountId, Plan], on: dt.date) -> _Standing:
    drafts = queries.list_drafts_of_accounts(account_ids=list(plans), zone=get_zone())
    methods = list_methods_in_use(method_ids=[plan.method_id for plan in plans.values()])
    banks = [each.id for each in methods.values() if each.kind is MethodKind.BANK]
    return _Standing(
        drafts=_of_valid_bills(drafts),
        by_hand=queries.list_by_hand_left(plans=plans.values()),
        methods=methods,
        usable_from=list_usable_from(method_ids=banks) if banks else {},
        guaranteed=list_guaranteed_funds(account_ids=list(plans), on=on),
        maximum_on=cache(lambda day: get_maximum(on=day)),
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


def _ahead(plan: Plan, owed: Money, standing: _Standing, on: dt.date) -> Ahead:
    if plan.state in RESTS:
        return Ahead(RESTS[plan.state], plan.account_number)
    by_hand = standing.by_hand[plan.account_id]
    usable = _usable_from(plan, standing, on)
    drafts, asked = ((), None) if usable is None else _walk(plan, owed, standing, max(usable, on))
    if drafts:
        kind = AheadKind.TAKES
    elif asked:
        kind = AheadKind.ASKS
    else:
        kind = AheadKind.BEFORE if by_hand >= owed else AheadKind.NOT_THIS
    return Ahead(kind, plan.account_number, drafts, asked)


def _walk(
    plan: Plan, owed: Money, standing: _Standing, earliest: dt.date
) -> tuple[tuple[DraftAhead, ...], DraftAhead | None]:
    """Return what the open drafts take, one after the other, and the first one asked about."""
    open_drafts = [
        view
        for view in standing.drafts.get(plan.account_id, ())
        if view.draft.announced_at >= plan.enrolled_at
    ]
    taken: list[DraftAhead] = []
    asked = None
    for view in sorted(open_drafts, key=_day):
        amount = amount_to_draft(
            billed=view.draft.billed,
            owed=owed,
            by_hand_left=standing.by_hand[plan.account_id],
            at_most=plan.at_most,
        )
        if amount == ZERO:
            continue
        if plan.cap is not None and amount > plan.cap and not view.draft.approved:
            if asked is None and view.state is DraftState.ASKED:
                asked = _taken(view, amount, view.draft.planned_on)
            continue
        day = max(_day(view), earliest)
        if amount > standing.maximum_on(day):
            continue
        taken.append(_taken(view, amount, day))
        owed -= amount
    return tuple(taken), asked


def _day(view: DraftView) -> dt.date:
    return view.next_try_on or view.draft.planned_on


def _taken(view: DraftView, amount: Money, day: dt.date) -> DraftAhead:
    is_again = view.state is DraftState.TO_BE_TRIED_AGAIN
    last_day = view.draft.due_date if is_again else view.draft.planned_on
    return DraftAhead(view.draft.bill_number, amount, day, is_again, day <= last_day)


def _usable_from(plan: Plan, standing: _Standing, on: dt.date) -> dt.date | None:
    """Return from which day the plan's method can be drawn on; None where nobody knows one.

    Source: domain rule 55; payments reference, section 2.3 (validation before the first use).
    """
    method = standing.methods.get((plan.method_id, plan.person_id))
    if method is None:
        return None
    if method.kind is MethodKind.BANK and plan.account_id in standing.guaranteed:
        return None
    return standing.usable_from.get(plan.method_id, on)
