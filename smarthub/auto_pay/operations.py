"""Every write of plans, drafts, credits and proposals: each once by its key, in one transaction."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.db import transaction

from smarthub.accounts.types import AccountId, ServicePointId
from smarthub.auto_pay import queries
from smarthub.auto_pay.engine import try_id
from smarthub.auto_pay.models import (
    AutoPayDraft,
    AutoPayPlan,
    CreditEnd,
    DraftEvent,
    DraftTry,
    PlanEvent,
    Proposal,
    ProposalRefusal,
)
from smarthub.auto_pay.models import (
    CreditProgramme as ProgrammeRecord,
)
from smarthub.auto_pay.models import (
    SignUpCredit as CreditRecord,
)
from smarthub.auto_pay.types import (
    BillToDraft,
    CreditProgramme,
    CreditState,
    Draft,
    DraftEventKind,
    DraftId,
    LeftOut,
    NewPlan,
    NewProposal,
    Plan,
    PlanEventKind,
    PlanId,
    PlanState,
    ProgrammeId,
    SignUpCredit,
)
from smarthub.kernel.errors import Conflict, Refused
from smarthub.kernel.money import Money
from smarthub.ledger.operations import lock_accounts
from smarthub.members.types import PersonId
from smarthub.payments.operations import Credit, post_credits

PROMOTION = "promo:auto_pay"
"""The general-ledger account that credits for signing up are an expense of."""


class PlanChangedMeanwhile(Conflict):
    """Somebody else changed this account's Auto Pay since the page was shown."""

    code = "plan_changed_meanwhile"


class NothingToChange(Refused):
    """Auto Pay does not stand as the page said; there is nothing to do."""

    code = "nothing_to_change"


class ProgrammesOverlap(Refused):
    """Another credit programme holds on some of these days; end it first."""

    code = "programmes_overlap"


class ProgrammeEndsTooEarly(Refused):
    """A programme cannot end before today, nor before it starts: what was promised is kept."""

    code = "programme_ends_too_early"


class ProgrammeChangedMeanwhile(Conflict):
    """Somebody else ended this programme since the page was shown."""

    code = "programme_changed_meanwhile"


def make_plan(*, plan: NewPlan, replaces: Plan | None, now: dt.datetime) -> bool:
    """Record a plan, in the place of the one it replaces; false if it was recorded before.

    A plan that replaces another keeps the day Auto Pay was turned on, and with it which bills
    are the member's to pay by hand. A stopped plan is never replaced: to begin again is new.

    Raises:
        PlanChangedMeanwhile: the account's present plan is another one than ``replaces``.

    Source: domain rules 64 and 67.
    """
    with transaction.atomic():
        lock_accounts(account_ids=[plan.account_id])
        if queries.is_made(plan_id=plan.id):
            return False
        present = queries.find_plan(account_id=plan.account_id)
        if (present and present.id) != (replaces and replaces.id):
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
    *,
    account_id: AccountId,
    kind: PlanEventKind,
    person_id: PersonId | None,
    now: dt.datetime,
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


def set_programme(*, programme: CreditProgramme, by: PersonId, now: dt.datetime) -> bool:
    """Set a credit programme, once by its id; false if it was set before.

    Raises:
        ProgrammesOverlap: another holds on some of its days.
        ProgrammeEndsTooEarly: it ends before it starts.

    Source: promise R13; domain rule 69.
    """
    if programme.ends_on is not None and programme.ends_on <= programme.starts_on:
        raise ProgrammeEndsTooEarly
    with transaction.atomic():
        if ProgrammeRecord.objects.filter(pk=programme.id).exists():
            return False
        if any(_overlap(programme, each) for each in queries.list_programmes()):
            raise ProgrammesOverlap
        _insert_programme(programme, by, now)
    return True


def end_programme(
    *,
    programme: CreditProgramme,
    ends_on: dt.date,
    on: dt.date,
    new_id: ProgrammeId,
    by: PersonId,
    now: dt.datetime,
) -> None:
    """End a programme: from a local day on a sign-up earns nothing. What was earned stays.

    Raises:
        ProgrammeEndsTooEarly: the day is before today, or before it starts.
        ProgrammeChangedMeanwhile: it was ended before.
    """
    if ends_on < max(on, programme.starts_on):
        raise ProgrammeEndsTooEarly
    with transaction.atomic():
        row = ProgrammeRecord.objects.select_for_update().get(pk=programme.id)
        if ProgrammeRecord.objects.filter(supersedes=row).exists():
            raise ProgrammeChangedMeanwhile
        ended = replace(programme, id=new_id, ends_on=ends_on)
        _insert_programme(ended, by, now, supersedes=row)


def earn_credits(
    *,
    plan: Plan,
    programme: CreditProgramme,
    points: Sequence[ServicePointId],
    now: dt.datetime,
) -> None:
    """Let an account earn a credit for each of these services; for each once for ever.

    The key (account, service point) holds that in the database, so turning Auto Pay off and on
    again earns nothing.

    Source: promise R13; domain rule 69.
    """
    CreditRecord.objects.bulk_create(
        [
            CreditRecord(
                programme_id=programme.id,
                plan_id=plan.id,
                account_id=plan.account_id,
                service_point_id=point,
                amount_cents=programme.amount.cents,
                earned_at=now,
            )
            for point in points
        ],
        ignore_conflicts=True,
    )


def end_credits(
    *, ended: Sequence[SignUpCredit], state: CreditState, on: dt.date, now: dt.datetime
) -> int:
    """Put credits on the bill of a day, or let them lapse; each once. Return how many are news.

    A credit put on a bill is an entry of the ledger in the member's favour, before the bill is
    made, so that the bill shows it. Call it with the accounts' bills still to be made.

    Source: promise R13; domain rule 69.
    """
    with transaction.atomic():
        lock_accounts(account_ids={each.account_id for each in ended})
        waiting = set(
            CreditRecord.objects.filter(pk__in=[each.id for each in ended], end=None).values_list(
                "pk", flat=True
            )
        )
        news = [each for each in ended if each.id in waiting]
        CreditEnd.objects.bulk_create(
            [CreditEnd(credit_id=each.id, kind=state, on=on, at=now) for each in news]
        )
        if state is CreditState.POSTED:
            post_credits([_entry(each, on) for each in news], now)
    return len(news)


def keep_proposals(*, proposals: Sequence[NewProposal], now: dt.datetime) -> int:
    """Keep what Auto Pay was in the old system, once for each account; return how many are new.

    Source: promise R06.
    """
    before = Proposal.objects.count()
    Proposal.objects.bulk_create(
        [
            Proposal(
                account_id=each.account_id,
                cap_cents=None if each.cap is None else each.cap.cents,
                drew_on=each.drew_on,
                source_system=each.source_system,
                source_id=each.source_id,
                imported_at=now,
            )
            for each in proposals
        ],
        ignore_conflicts=True,
    )
    return Proposal.objects.count() - before


def refuse_proposal(*, account_id: AccountId, person_id: PersonId, now: dt.datetime) -> None:
    """Note that an account wants no Auto Pay, so that it is not proposed again.

    Raises:
        NothingToChange: nothing was proposed, or it was answered.
    """
    if account_id not in queries.list_proposals(account_ids=[account_id]):
        raise NothingToChange
    proposal = Proposal.objects.get(account=account_id)
    ProposalRefusal.objects.get_or_create(
        proposal=proposal, defaults={"person_id": person_id, "at": now}
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


def _overlap(one: CreditProgramme, other: CreditProgramme) -> bool:
    ends = [each.ends_on or dt.date.max for each in (one, other)]
    return max(one.starts_on, other.starts_on) < min(ends)


def _insert_programme(
    programme: CreditProgramme,
    by: PersonId,
    now: dt.datetime,
    supersedes: ProgrammeRecord | None = None,
) -> None:
    ProgrammeRecord.objects.create(
        id=programme.id,
        amount_cents=programme.amount.cents,
        starts_on=programme.starts_on,
        ends_on=programme.ends_on,
        services=list(programme.services),
        for_migrated=programme.for_migrated,
        source_note=programme.source_note,
        set_by_id=by,
        set_at=now,
        supersedes=supersedes,
    )


def _entry(credit: SignUpCredit, on: dt.date) -> Credit:
    return Credit(
        source_key=f"auto_pay_credit:{credit.id}",
        kind="auto_pay_credit",
        account_id=credit.account_id,
        amount=credit.amount,
        clearing=PROMOTION,
        on=on,
    )
