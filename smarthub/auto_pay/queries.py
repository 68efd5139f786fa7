"""Every read of plans, drafts, credits and proposals."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Sum, Value

from smarthub.accounts.types import AccountId
from smarthub.auto_pay.engine import WENT_WRONG, by_hand_left, next_try, state_of
from smarthub.auto_pay.models import (
    AutoPayDraft,
    AutoPayPlan,
    CreditEnd,
    DraftEvent,
    DraftTry,
    PlanEvent,
)
from smarthub.auto_pay.models import (
    CreditProgramme as ProgrammeRecord,
)
from smarthub.auto_pay.models import Proposal as ProposalRecord
from smarthub.auto_pay.models import (
    SignUpCredit as CreditRecord,
)
from smarthub.auto_pay.types import (
    CreditProgramme,
    CreditState,
    Draft,
    DraftEventKind,
    DraftId,
    DraftState,
    DraftView,
    LeftOut,
    OnBill,
    Plan,
    PlanEventKind,
    PlanId,
    PlanState,
    ProgrammeId,
    ProgrammeRow,
    Proposal,
    SignUpCredit,
    Try,
)
from smarthub.cooperative.among import among
from smarthub.cooperative.queries import list_bank_closings
from smarthub.cooperative.written_once import Given, WrittenOnce, union
from smarthub.kernel.array_text import array_text
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import ZERO, Money
from smarthub.kernel.period import local_day
from smarthub.members.queries import get_person
from smarthub.members.types import PersonId
from smarthub.payments.models import AttemptEvent, ChargeFact, PaymentPart
from smarthub.payments.queries import due_rows, dues_of, list_fates
from smarthub.payments.types import AttemptState, Due, FactKind, MethodId, PaymentId

AUTO_PAY = "auto_pay"
"""The channel of payments that a draft made."""
PROPOSED = "proposed"
"""What a row beside those of ``due_rows`` is: an account with Auto Pay in the old system."""
OPEN = frozenset({DraftState.PLANNED, DraftState.ASKED, DraftState.TO_BE_TRIED_AGAIN})
WEEKS = dt.timedelta(days=21)
"""Longer than a next try can be away."""
WRONG = frozenset({DraftState.FAILED, DraftState.TO_BE_TRIED_AGAIN})

ENDED = [DraftEventKind.LEFT_OUT, DraftEventKind.GIVEN_UP]
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


def list_drafts(*, account_id: AccountId, zone: ZoneInfo, limit: int) -> list[DraftView]:
    """Return an account's drafts with what came of them, the newest first."""
    rows = _drafts().filter(account=account_id).order_by("-planned_on", "-announced_at")
    return _views(rows[:limit], zone)


def list_coming_drafts(
    *, account_ids: Collection[AccountId], zone: ZoneInfo
) -> dict[AccountId, DraftView]:
    """Return each account's next draft that is announced and not taken yet; the earliest first."""
    rows = _not_ended().filter(account__in=account_ids).order_by("-planned_on", "-announced_at")
    views = [view for view in _views(rows, zone) if view.state in OPEN]
    return {view.draft.account_id: view for view in views}


def get_draft(*, account_id: AccountId, bill_number: str, zone: ZoneInfo) -> DraftView:
    """Return the draft of one bill.

    Raises:
        NotVisible: there is none.
    """
    found = _views(_drafts().filter(account=account_id, bill_number=bill_number), zone)
    if not found:
        raise NotVisible
    return found[0]


def get_on_bill(*, account_id: AccountId, bill_number: str, bill_date: dt.date) -> OnBill:
    """Return what Auto Pay is on a bill: its draft, and the credits that went on it. One query.

    A draft of nothing is none.
    """
    rows = _ON_BILL.ask(account=account_id, number=bill_number, day=bill_date)
    drafts = [(day, is_asked) for day, cents, is_asked, is_draft in rows if is_draft and cents]
    return OnBill(
        is_announced=bool(drafts),
        draft_on=next((day for day, is_asked in drafts if not is_asked), None),
        credit=Money.sum(Money(cents) for _day, cents, _no, is_draft in rows if not is_draft),
    )


def _drafts_of_bill() -> QuerySet[AutoPayDraft, Any]:
    asked = DraftEvent.objects.filter(draft=OuterRef("pk"), kind=DraftEventKind.ASKED)
    rows = AutoPayDraft.objects.filter(account=Given("account"), bill_number=Given("number"))
    return rows.values_list("planned_on", "billed_cents", Exists(asked), Value(value=True))


def _credits_of_bill() -> QuerySet[CreditRecord, Any]:
    rows = CreditRecord.objects.filter(
        account=Given("account"), end__kind=CreditState.POSTED, end__on=Given("day")
    )
    return rows.values_list("end__on", "amount_cents", Value(value=False), Value(value=False))


_ON_BILL = WrittenOnce(lambda: union([_drafts_of_bill(), _credits_of_bill()]))


def list_open_drafts(*, until: dt.date, zone: ZoneInfo) -> list[DraftView]:
    """Return drafts planned up to a local day that are to be tried, that day or later."""
    due = [draft_id for draft_id, _ in list_unpaid_drafts(until=until)]
    return list_open_among(draft_ids=due, zone=zone)


def list_unpaid_drafts(*, until: dt.date) -> list[tuple[DraftId, AccountId]]:
    """Return drafts planned up to a local day that are neither paid nor ended, oldest first.

    With their accounts; some may be on their way. One query, and no more than two ids of each, so
    that a run of many may look at them some at a time, once their accounts are locked.
    """
    rows = _without_end(AutoPayDraft.objects.filter(planned_on__lte=until))
    rows = rows.filter(~Exists(_answers(AttemptState.SUCCESS)) | Exists(_returns()))
    found = rows.order_by("planned_on", "pk").values_list("pk", "account_id")
    return [(DraftId(pk), AccountId(account_id)) for pk, account_id in found]


def list_open_among(*, draft_ids: Collection[DraftId], zone: ZoneInfo) -> list[DraftView]:
    """Return those of these drafts that are neither on their way, paid nor ended, oldest first."""
    rows = _drafts().filter(among("id", draft_ids)).order_by("planned_on", "pk")
    return [view for view in _views(rows, zone) if view.state in OPEN]


def list_failed_drafts(*, zone: ZoneInfo) -> list[DraftView]:
    """Return drafts whose newest try was refused or came back, and that are not given up yet."""
    went_wrong = Exists(_answers(AttemptState.FAILED)) | Exists(_returns())
    rows = _not_ended().filter(went_wrong).order_by("planned_on", "pk")
    return [view for view in _views(rows, zone) if view.state in WRONG]


def list_failed_in_a_row(*, account_id: AccountId, zone: ZoneInfo) -> list[DraftView]:
    """Return the account's newest drafts given up, back to the last one that went well."""
    failed = []
    rows = _drafts().filter(account=account_id).order_by("-planned_on", "-announced_at")
    for view in _views(rows, zone):
        if view.state is DraftState.PAID:
            break
        if view.draft.given_up:
            failed.append(view)
    return failed


def sum_by_hand_left(*, plan: Plan) -> Money:
    """Return what is still open of the bills that were made before Auto Pay was turned on.

    Money that came by hand since then settles them first (domain rule 64).
    """
    return list_by_hand_left(plans=[plan])[plan.account_id]


def list_by_hand_left(*, plans: Collection[Plan]) -> dict[AccountId, Money]:
    """Return the same of many plans by their accounts; one query, and none if nothing was open."""
    open_then = {plan.account_id: plan for plan in plans if plan.by_hand > ZERO}
    paid: dict[AccountId, Money] = defaultdict(lambda: ZERO)
    if open_then:
        first = min(plan.enrolled_at for plan in open_then.values())
        came_in = Q(payment__method=None) | Q(payment__attempts__events__state=AttemptState.SUCCESS)
        rows = PaymentPart.objects.filter(
            among("account_id", open_then), payment__received_at__gte=first
        ).exclude(payment__channel=AUTO_PAY)
        for account_id, at, cents in rows.filter(came_in).values_list(
            "account_id", "payment__received_at", "amount_cents"
        ):
            if at >= open_then[AccountId(account_id)].enrolled_at:
                paid[AccountId(account_id)] += Money(cents)
    return {
        plan.account_id: by_hand_left(at_start=plan.by_hand, paid_since=paid[plan.account_id])
        for plan in plans
    }


def list_programmes() -> list[CreditProgramme]:
    """Return the credit programmes as they stand, the newest set first."""
    return [_programme(row) for row in _programmes()]


def list_programme_rows() -> list[ProgrammeRow]:
    """Return the programmes for the desk, with what each came to; those they replace included."""
    sums: dict[UUID, dict[CreditState, Money]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    programmes = list(_programmes())
    roots = {older: row.pk for row in programmes for older in _chain(row)}
    earned = CreditRecord.objects.values_list("programme", "end__kind")
    for programme, kind, cents in earned.annotate(Sum("amount_cents")):
        state = CreditState(kind) if kind else CreditState.PENDING
        sums[roots[programme]][state] += Money(cents)
    return [
        ProgrammeRow(
            programme=_programme(row),
            set_by=get_person(person_id=PersonId(row.set_by_id)).name,
            set_at=row.set_at,
            pending=sums[row.pk][CreditState.PENDING],
            posted=sums[row.pk][CreditState.POSTED],
            lapsed=sums[row.pk][CreditState.LAPSED],
        )
        for row in programmes
    ]


def get_programme(*, programme_id: ProgrammeId) -> CreditProgramme:
    """Return one programme.

    Raises:
        NotVisible: there is none, or another took its place.
    """
    row = _programmes().filter(pk=programme_id).first()
    if row is None:
        raise NotVisible
    return _programme(row)


def list_credits(*, account_ids: Collection[AccountId]) -> list[SignUpCredit]:
    """Return the credits these accounts earned by turning Auto Pay on, the oldest first."""
    return [_credit(row) for row in _credits().filter(account__in=account_ids)]


def list_pending_credits(*, account_ids: Collection[AccountId]) -> list[SignUpCredit]:
    """Return the credits of these accounts that wait for their bill."""
    return [_credit(row) for row in _credits().filter(account__in=account_ids, end=None)]


def list_pending_credits_of_cycle(*, cycle_code: str) -> list[SignUpCredit]:
    """Return the credits that wait for their bill in a billing cycle, in one query."""
    return [_credit(row) for row in _credits().filter(account__cycle_code=cycle_code, end=None)]


def list_posted_credits() -> list[tuple[str, dt.date, Money]]:
    """Return what was credited for signing up: account number, the bill's day, how much."""
    ends = CreditEnd.objects.filter(kind=CreditState.POSTED)
    rows = ends.values_list("credit__account__number", "on", "credit__amount_cents")
    return [(number, on, Money(cents)) for number, on, cents in rows]


def list_proposals(*, account_ids: Collection[AccountId]) -> dict[AccountId, Proposal]:
    """Return what Auto Pay was in the old system, where nobody set it up anew or refused it.

    An account that had a plan here, stopped or not, was asked and has answered.
    """
    return {AccountId(row.account_id): _proposal(row) for row in _proposals(account_ids)}


def list_dues_and_proposed(
    *, account_ids: Collection[AccountId]
) -> tuple[dict[AccountId, Due], frozenset[AccountId]]:
    """Return what is due on each account, and on which Auto Pay is proposed: one query."""
    rows = _DUES_AND_PROPOSED.ask(accounts=array_text(account_ids))
    proposed = frozenset(AccountId(account) for account, _none, what in rows if what == PROPOSED)
    return dues_of(account_ids, rows), proposed


def _proposals(account_ids: Collection[AccountId] | Given) -> QuerySet[ProposalRecord]:
    answered = AutoPayPlan.objects.filter(account=OuterRef("account"))
    return ProposalRecord.objects.filter(
        ~Exists(answered), among("account_id", account_ids), refusal=None
    )


def _proposed(account_ids: Given) -> QuerySet[ProposalRecord, Any]:
    """Return the accounts with a proposal in the shape of ``due_rows``."""
    return _proposals(account_ids).values_list("account_id", Value(0), Value(PROPOSED))


_DUES_AND_PROPOSED = WrittenOnce(
    lambda: union([*due_rows(Given("accounts")), _proposed(Given("accounts"))])
)


def had_auto_pay_before(*, account_id: AccountId) -> bool:
    """Return whether an account had Auto Pay in the old system."""
    return ProposalRecord.objects.filter(account=account_id).exists()


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


def _drafts() -> QuerySet[AutoPayDraft]:
    return AutoPayDraft.objects.select_related("account").prefetch_related("events", "tries")


def _not_ended() -> QuerySet[AutoPayDraft]:
    return _without_end(_drafts())


def _without_end(rows: QuerySet[AutoPayDraft]) -> QuerySet[AutoPayDraft]:
    ended = DraftEvent.objects.filter(draft=OuterRef("pk"), kind__in=ENDED)
    return rows.filter(~Exists(ended))


def _answers(state: AttemptState) -> QuerySet[AttemptEvent]:
    return AttemptEvent.objects.filter(attempt__payment__in=_payments_of_draft(), state=state)


def _returns() -> QuerySet[ChargeFact]:
    return ChargeFact.objects.filter(
        attempt__payment__in=_payments_of_draft(), kind=FactKind.RETURNED
    )


def _payments_of_draft() -> QuerySet[DraftTry, Any]:
    return DraftTry.objects.filter(draft=OuterRef(OuterRef("pk"))).values("payment_id")


def _views(rows: Iterable[AutoPayDraft], zone: ZoneInfo) -> list[DraftView]:
    found = list(rows)
    drafts = {PaymentId(each.payment_id): row.pk for row in found for each in row.tries.all()}
    tries: dict[UUID, list[Try]] = defaultdict(list)
    for fate in list_fates(payment_ids=list(drafts)):
        on = local_day(fate.received_at, zone)
        tries[drafts[fate.id]].append(Try(fate.id, on, fate.status, fate.reason, fate.amount))
    closed = _closings_after([each for row in found for each in tries[row.pk]])
    return [_view(_draft(row), tuple(tries[row.pk]), closed) for row in found]


def _closings_after(tries: Sequence[Try]) -> frozenset[dt.date]:
    """Return the days the co-op's bank is closed besides, in the weeks after tries went wrong."""
    days = [each.on for each in tries if each.status in WENT_WRONG]
    return list_bank_closings(start=min(days), end=max(days) + WEEKS) if days else frozenset()


def _view(draft: Draft, tries: tuple[Try, ...], also_closed: frozenset[dt.date]) -> DraftView:
    state = state_of(draft=draft, tries=tries)
    again = (
        next_try(planned_on=draft.planned_on, tries=tries, also_closed=also_closed)
        if state in OPEN
        else None
    )
    return DraftView(draft, tries, state, again)


def _draft(row: AutoPayDraft) -> Draft:
    events = {event.kind: event for event in row.events.all()}
    left_out: DraftEvent | None = events.get(DraftEventKind.LEFT_OUT)
    return Draft(
        id=DraftId(row.pk),
        plan_id=PlanId(row.plan_id),
        account_id=AccountId(row.account_id),
        account_number=row.account.number,
        bill_number=row.bill_number,
        billed=Money(row.billed_cents),
        due_date=row.due_date,
        planned_on=row.planned_on,
        announced_at=row.announced_at,
        asked=DraftEventKind.ASKED in events,
        approved=DraftEventKind.APPROVED in events,
        left_out=LeftOut(left_out.reason) if left_out else None,
        given_up=DraftEventKind.GIVEN_UP in events,
    )


def _programmes() -> QuerySet[ProgrammeRecord]:
    return ProgrammeRecord.objects.filter(superseded_by=None).order_by("-set_at", "pk")


def _chain(row: ProgrammeRecord | None) -> Iterable[UUID]:
    """Yield a programme's id and those of the programmes it took the place of."""
    while row is not None:
        yield row.pk
        row = row.supersedes


def _programme(row: ProgrammeRecord) -> CreditProgramme:
    return CreditProgramme(
        id=ProgrammeId(row.pk),
        amount=Money(row.amount_cents),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        services=tuple(row.services),
        for_migrated=row.for_migrated,
        source_note=row.source_note,
    )


def _credits() -> QuerySet[CreditRecord]:
    return CreditRecord.objects.select_related("service_point", "end").order_by("earned_at", "pk")


def _credit(row: CreditRecord) -> SignUpCredit:
    end = getattr(row, "end", None)
    return SignUpCredit(
        id=row.pk,
        account_id=AccountId(row.account_id),
        service=row.service_point.service,
        service_point_number=row.service_point.number,
        amount=Money(row.amount_cents),
        earned_at=row.earned_at,
        state=CreditState(end.kind) if end else CreditState.PENDING,
        ended_on=end.on if end else None,
    )


def _proposal(row: ProposalRecord) -> Proposal:
    cap = None if row.cap_cents is None else Money(row.cap_cents)
    return Proposal(AccountId(row.account_id), cap, row.drew_on)
