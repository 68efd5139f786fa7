"""Writes of drafts: planned with their bill, tried, and ended."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence

from smarthub.accounts.types import AccountId
from smarthub.auto_pay.engine import try_id
from smarthub.auto_pay.models import AutoPayDraft, DraftEvent, DraftTry
from smarthub.auto_pay.types import (
    BillToDraft,
    Draft,
    DraftEventKind,
    DraftId,
    LeftOut,
    Plan,
    PlanId,
)
from smarthub.kernel.money import Money
from smarthub.members.types import PersonId


def plan_drafts(
    *,
    bills: Sequence[BillToDraft],
    plans: Mapping[AccountId, Plan],
    planned_on: Mapping[dt.date, dt.date],
    now: dt.datetime,
) -> list[Draft]:
    """Record the drafts of these bills, once for each bill, and return those that are new.

    Args:
        bills: Bills of accounts that have a plan.
        plans: The accounts' plans.
        planned_on: The draft day of each due date.
        now: When the bills were written.

    Source: domain rule 65; promises R07 and R08.
    """
    rows = [_row(bill, plans[bill.account_id], planned_on[bill.due_date], now) for bill in bills]
    AutoPayDraft.objects.bulk_create(rows, ignore_conflicts=True)
    ours = AutoPayDraft.objects.filter(pk__in=[row.pk for row in rows])
    new = set(ours.values_list("pk", flat=True))
    return [
        _draft_of(row, plans[AccountId(row.account_id)].account_number)
        for row in rows
        if row.pk in new
    ]


def note_draft_event(
    *,
    draft_id: DraftId,
    kind: DraftEventKind,
    now: dt.datetime,
    reason: LeftOut | None = None,
    person_id: PersonId | None = None,
) -> bool:
    """Record what happened to a draft, once of a kind; say whether that is news."""
    _event, is_new = DraftEvent.objects.get_or_create(
        draft_id=draft_id,
        kind=kind,
        defaults={"reason": reason or "", "person_id": person_id, "at": now},
    )
    return is_new


def note_tries(*, tries: Mapping[DraftId, int], now: dt.datetime) -> None:
    """Note drafts that are about to be tried, with the number of the try; once a number.

    The payment of each has the id ``engine.try_id``.
    """
    DraftTry.objects.bulk_create(
        [
            DraftTry(
                draft_id=draft_id,
                number=number,
                payment_id=try_id(draft_id=draft_id, number=number),
                noted_at=now,
            )
            for draft_id, number in tries.items()
        ],
        ignore_conflicts=True,
    )


def _row(bill: BillToDraft, plan: Plan, planned_on: dt.date, now: dt.datetime) -> AutoPayDraft:
    return AutoPayDraft(
        id=uuid.uuid4(),
        plan_id=plan.id,
        account_id=bill.account_id,
        bill_number=bill.number,
        billed_cents=bill.asked.cents,
        due_date=bill.due_date,
        planned_on=planned_on,
        announced_at=now,
    )


def _draft_of(row: AutoPayDraft, account_number: str) -> Draft:
    return Draft(
        id=DraftId(row.pk),
        plan_id=PlanId(row.plan_id),
        account_id=AccountId(row.account_id),
        account_number=account_number,
        bill_number=row.bill_number,
        billed=Money(row.billed_cents),
        due_date=row.due_date,
        planned_on=row.planned_on,
        announced_at=row.announced_at,
    )
