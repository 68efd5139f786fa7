"""Reads of plans: how each stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db.models import Prefetch, QuerySet

from smarthub.accounts.types import AccountId
from smarthub.auto_pay.models import AutoPayPlan, PlanEvent
from smarthub.auto_pay.types import Plan, PlanEventKind, PlanId, PlanState
from smarthub.cooperative.among import among
from smarthub.kernel.money import Money
from smarthub.members.types import PersonId
from smarthub.payments.types import MethodId

STATE_AFTER = {
    PlanEventKind.PAUSED: PlanState.PAUSED,
    PlanEventKind.RESUMED: PlanState.ACTIVE,
    PlanEventKind.SUSPENDED: PlanState.SUSPENDED,
    PlanEventKind.STOPPED: PlanState.STOPPED,
}


def list_plans(*, account_ids: Collection[AccountId]) -> dict[AccountId, Plan]:
    """Return each account's present plan; those whose plan was stopped, or never was, are absent.

    Two queries, whatever the number of accounts.
    """
    rows = _present().filter(among("account_id", account_ids))
    plans = (_plan(row) for row in rows)
    return {plan.account_id: plan for plan in plans if plan.state is not PlanState.STOPPED}


def find_plan(*, account_id: AccountId) -> Plan | None:
    """Return an account's present plan, if it has one that was not stopped."""
    return list_plans(account_ids=[account_id]).get(account_id)


def get_plan(*, plan_id: PlanId) -> Plan:
    """Return a plan as it stands, replaced or not.

    Raises:
        AutoPayPlan.DoesNotExist: there is none; a fault of the caller.
    """
    return _plan(_plans().get(pk=plan_id))


def is_made(*, plan_id: PlanId) -> bool:
    """Return whether a plan of this id exists."""
    return AutoPayPlan.objects.filter(pk=plan_id).exists()


def count_plans_of_method(*, method_id: MethodId) -> int:
    """Return how many accounts are drafted from a stored method."""
    return len(list_plans_of_method(method_id=method_id))


def list_plans_of_method(*, method_id: MethodId) -> list[Plan]:
    """Return the present plans that draw on a stored method; stopped ones draw on nothing."""
    plans = [_plan(row) for row in _present().filter(method=method_id)]
    return [plan for plan in plans if plan.state is not PlanState.STOPPED]


def was_turned_off(*, account_id: AccountId, since: dt.datetime) -> bool:
    """Return whether Auto Pay of an account was stopped at or after a moment."""
    stops = PlanEvent.objects.filter(plan__account=account_id, kind=PlanEventKind.STOPPED)
    return stops.filter(at__gte=since).exists()


def _present() -> QuerySet[AutoPayPlan]:
    return _plans().filter(superseded_by=None).order_by("made_at", "pk")


def _plans() -> QuerySet[AutoPayPlan]:
    events = Prefetch("events", PlanEvent.objects.order_by("at", "pk"))
    return AutoPayPlan.objects.select_related("account").prefetch_related(events)


def _plan(row: AutoPayPlan) -> Plan:
    events = list(row.events.all())
    state = STATE_AFTER[PlanEventKind(events[-1].kind)] if events else PlanState.ACTIVE
    return Plan(
        id=PlanId(row.pk),
        account_id=AccountId(row.account_id),
        account_number=row.account.number,
        person_id=PersonId(row.person_id),
        method_id=MethodId(row.method_id),
        cap=None if row.cap_cents is None else Money(row.cap_cents),
        by_hand=Money(row.by_hand_cents),
        enrolled_at=row.enrolled_at,
        state=state,
        takes_up_to_cap=row.takes_up_to_cap,
    )
