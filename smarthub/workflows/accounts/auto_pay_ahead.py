"""What Auto Pay is going to do about what is due, by how everything stands now.

What was announced with a bill may have changed since: the plan was paused, the limit lowered, the
bill taken back, the method closed by its bank. A page that says "you need not do anything" rests
on what is read here, and the run of the day decides by the same rules.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from smarthub.accounts.types import AccountId
from smarthub.auto_pay import queries
from smarthub.auto_pay.engine import amount_to_draft
from smarthub.auto_pay.types import DraftState, DraftView, Plan, PlanState
from smarthub.billing.queries import list_valid_numbers
from smarthub.cooperative.queries import get_zone
from smarthub.kernel.money import ZERO, Money
from smarthub.members.types import PersonId
from smarthub.payments.queries import list_dues, list_guaranteed_funds, list_methods_in_use
from smarthub.payments.types import Due, MethodId, MethodKind, StoredMethod


class AheadKind(StrEnum):
    """What Auto Pay does about an account on which something is due."""

    TAKES = "takes"
    """Takes it on the day that was announced."""
    TRIES_AGAIN = "tries_again"
    """The first try failed; another is made."""
    ASKS = "asks"
    """The bill is above the limit; nothing is taken until its member allows it."""
    PAUSED = "paused"
    SUSPENDED = "suspended"
    BEFORE = "before"
    """The bill was made before Auto Pay was turned on (promise R07)."""
    NOT_THIS = "not_this"
    """This bill is left out, or was given up; its member was told why."""


TAKING = frozenset({AheadKind.TAKES, AheadKind.TRIES_AGAIN})
RESTS = {PlanState.PAUSED: AheadKind.PAUSED, PlanState.SUSPENDED: AheadKind.SUSPENDED}


@dataclass(frozen=True, slots=True)
class Ahead:
    """What Auto Pay does about what is due: how much it takes, on which local day.

    ``amount`` is nothing and ``on`` none where nothing is taken unless somebody acts; what is left
    is to be paid by hand. Of one that asks, ``on`` is the day until which an answer helps.
    """

    kind: AheadKind
    account_number: str
    amount: Money = ZERO
    on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class _Standing:
    """How some accounts on Auto Pay stand."""

    plans: Mapping[AccountId, Plan]
    drafts: Mapping[AccountId, Sequence[DraftView]]
    by_hand: Mapping[AccountId, Money]
    methods: Mapping[tuple[MethodId, PersonId | None], StoredMethod]
    guaranteed: Collection[AccountId]


def list_ahead(
    *, account_ids: Collection[AccountId], dues: Mapping[AccountId, Due], on: dt.date
) -> dict[AccountId, Ahead]:
    """Return what Auto Pay does about each account; those off it, or with nothing due, are absent.

    Two queries; and where something is due on one that has a plan, up to ten more.

    Args:
        account_ids: The accounts asked about.
        dues: What is due on each of them.
        on: The co-op's local day.

    Source: domain rules 55 and 64 to 68; promises R07 and R08.
    """
    due = {each: dues[each].asked - dues[each].in_flight for each in account_ids}
    plans = queries.list_plans(account_ids=[each for each in account_ids if due[each] > ZERO])
    if not plans:
        return {}
    standing = _read(plans, on)
    return {each: _ahead(plan, due[each], standing, on) for each, plan in plans.items()}


def list_taken_ahead(*, account_ids: Collection[AccountId], on: dt.date) -> dict[AccountId, Ahead]:
    """Return the accounts of which Auto Pay takes all that is due, unless somebody acts."""
    dues = list_dues(account_ids=account_ids)
    ahead = list_ahead(account_ids=account_ids, dues=dues, on=on)
    return {
        account_id: each
        for account_id, each in ahead.items()
        if each.amount >= dues[account_id].asked - dues[account_id].in_flight
    }


def _read(plans: Mapping[AccountId, Plan], on: dt.date) -> _Standing:
    drafts = queries.list_drafts_of_accounts(account_ids=list(plans), zone=get_zone())
    return _Standing(
        plans=plans,
        drafts=_of_valid_bills(drafts),
        by_hand=queries.list_by_hand_left(plans=plans.values()),
        methods=list_methods_in_use(method_ids=[plan.method_id for plan in plans.values()]),
        guaranteed=list_guaranteed_funds(account_ids=list(plans), on=on),
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
    is_before = standing.by_hand[plan.account_id] > ZERO
    left_alone = Ahead(AheadKind.BEFORE if is_before else AheadKind.NOT_THIS, plan.account_number)
    if not _may_draw(plan, standing):
        return left_alone
    found = [
        _of_draft(view, plan, owed, standing, on)
        for view in standing.drafts.get(plan.account_id, ())
        if view.draft.announced_at >= plan.enrolled_at
    ]
    # Each draft takes what the ones before it left, so the largest covers what all of them do.
    return max(found, key=_weight, default=left_alone)


def _weight(ahead: Ahead) -> tuple[Money, bool]:
    return ahead.amount, ahead.kind is AheadKind.ASKS


def _of_draft(view: DraftView, plan: Plan, owed: Money, standing: _Standing, on: dt.date) -> Ahead:
    amount = amount_to_draft(
        billed=view.draft.billed,
        owed=owed,
        by_hand_left=standing.by_hand[plan.account_id],
        at_most=plan.at_most,
    )
    if amount == ZERO:
        return Ahead(AheadKind.BEFORE, plan.account_number)
    if plan.cap is not None and amount > plan.cap and not view.draft.approved:
        if view.state is DraftState.ASKED:
            return Ahead(AheadKind.ASKS, plan.account_number, on=view.draft.planned_on)
        return Ahead(AheadKind.NOT_THIS, plan.account_number)
    again = view.state is DraftState.TO_BE_TRIED_AGAIN
    day = max(view.next_try_on or view.draft.planned_on, on)
    return Ahead(
        AheadKind.TRIES_AGAIN if again else AheadKind.TAKES, plan.account_number, amount, day
    )


def _may_draw(plan: Plan, standing: _Standing) -> bool:
    """Return whether the plan's method can be drawn on for its account (domain rule 55)."""
    method = standing.methods.get((plan.method_id, plan.person_id))
    if method is None:
        return False
    return method.kind is not MethodKind.BANK or plan.account_id not in standing.guaranteed
