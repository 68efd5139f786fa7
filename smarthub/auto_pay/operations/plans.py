"""Writes of plans: made, replaced, paused, resumed, suspended and stopped."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from smarthub.accounts.types import AccountId
from smarthub.auto_pay import queries
from smarthub.auto_pay.models import AutoPayPlan, PlanEvent
from smarthub.auto_pay.types import NewPlan, Plan, PlanEventKind, PlanState
from smarthub.kernel.errors import Conflict, Refused
from smarthub.ledger.operations import lock_accounts
from smarthub.members.types import PersonId


class PlanChangedMeanwhile(Conflict):
    """Somebody else changed this account's Auto Pay since the page was shown."""

    code = "plan_changed_meanwhile"


class NothingToChange(Refused):
    """Auto Pay does not stand as the page said; there is nothing to do."""

    code = "nothing_to_change"


def make_plan(*, plan: NewPlan, replaces: Plan | None, now: dt.datetime) -> bool:
    """Record a plan, in the place of the one it replaces; false if it is the present one already.

    A plan that replaces another keeps the day Auto Pay was turned on, and with it which bills
    are the member's to pay by hand. A stopped plan is never replaced: to begin again is new.

    Raises:
        PlanChangedMeanwhile: the account's present plan is another one than ``replaces``; or this
            one was recorded before, and stopped or replaced since.

    Source: domain rules 64 and 67.
    """
    with transaction.atomic():
        lock_accounts(account_ids=[plan.account_id])
        present = queries.find_plan(account_id=plan.account_id)
        if present is not None and present.id == plan.id:
            return False
        was_there = queries.is_made(plan_id=plan.id)
        if was_there or (present and present.id) != (replaces and replaces.id):
            raise PlanChangedMeanwhile
        AutoPayPlan.objects.create(
            id=plan.id,
            account_id=plan.account_id,
            person_id=plan.person_id,
            method_id=plan.method_id,
            cap_cents=None if plan.cap is None else plan.cap.cents,
            takes_up_to_cap=plan.takes_up_to_cap,
            by_hand_cents=(replaces.by_hand if replaces else plan.by_hand).cents,
            enrolled_at=replaces.enrolled_at if replaces else now,
            made_at=now,
            supersedes_id=replaces.id if replaces else None,
        )
        if replaces and replaces.state is PlanState.PAUSED:
            PlanEvent.objects.create(
                plan_id=plan.id, kind=PlanEventKind.PAUSED, person_id=plan.person_id, at=now
            )
    return True


def note_plan_event(
    *, account_id: AccountId, kind: PlanEventKind, person_id: PersonId | None, now: dt.datetime
) -> Plan:
    """Pause, take up again, suspend or stop an account's Auto Pay, and return the plan.

    Raises:
        NothingToChange: there is no plan, or it stands so already.
    """
    with transaction.atomic():
        lock_accounts(account_ids=[account_id])
        plan = queries.find_plan(account_id=account_id)
        if plan is None or plan.state is queries.STATE_AFTER[kind]:
            raise NothingToChange
        PlanEvent.objects.create(plan_id=plan.id, kind=kind, person_id=person_id, at=now)
    return plan
