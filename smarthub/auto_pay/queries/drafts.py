"""Reads of drafts, each with its tries and what became of them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, QuerySet

from smarthub.accounts.types import AccountId
from smarthub.auto_pay.engine import TRY_AGAIN, WENT_WRONG, counted, next_try, state_of
from smarthub.auto_pay.models import AutoPayDraft, DraftEvent, DraftTry
from smarthub.auto_pay.types import (
    Draft,
    DraftEventKind,
    DraftId,
    DraftState,
    DraftView,
    LeftOut,
    PlanId,
    Try,
)
from smarthub.cooperative.among import among
from smarthub.cooperative.queries import list_bank_closings
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money
from smarthub.kernel.period import local_day
from smarthub.payments.models import AttemptEvent, ChargeFact
from smarthub.payments.queries import list_fates, list_payments_by_id
from smarthub.payments.types import (
    WITHDRAWN,
    AttemptState,
    FactKind,
    MethodId,
    PaymentId,
    PaymentStatus,
)

AUTO_PAY = "auto_pay"
"""The channel of payments that a draft made."""
OPEN = frozenset({DraftState.PLANNED, DraftState.ASKED, DraftState.TO_BE_TRIED_AGAIN})
WEEKS = dt.timedelta(days=21)
"""Longer than a next try can be away."""
WRONG = frozenset({DraftState.FAILED, DraftState.TO_BE_TRIED_AGAIN})
ENDED = [DraftEventKind.LEFT_OUT, DraftEventKind.GIVEN_UP]


def list_drafts(*, account_id: AccountId, zone: ZoneInfo, limit: int) -> list[DraftView]:
    """Return an account's drafts with what came of them, the newest first."""
    rows = _drafts().filter(account=account_id).order_by("-planned_on", "-announced_at")
    return _views(rows[:limit], zone)


def list_drafts_of_accounts(
    *, account_ids: Collection[AccountId], zone: ZoneInfo
) -> dict[AccountId, list[DraftView]]:
    """Return each account's drafts that are announced and not taken yet; the earliest first."""
    rows = _not_ended().filter(account__in=account_ids).order_by("planned_on", "announced_at")
    found: dict[AccountId, list[DraftView]] = defaultdict(list)
    for view in _views(rows, zone):
        if view.state in OPEN:
            found[view.draft.account_id].append(view)
    return dict(found)


def get_draft(*, account_id: AccountId, bill_number: str, zone: ZoneInfo) -> DraftView:
    """Return the draft of one bill.

    Raises:
        NotVisible: there is none.
    """
    found = _views(_drafts().filter(account=account_id, bill_number=bill_number), zone)
    if not found:
        raise NotVisible
    return found[0]


def find_draft_of(*, payment_id: PaymentId) -> DraftId | None:
    """Return the draft that a payment was a try of, if it was one."""
    found = DraftTry.objects.filter(payment_id=payment_id).values_list("draft", flat=True).first()
    return None if found is None else DraftId(found)


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
    """Return drafts whose newest try was refused or came back, and that are not given up yet.

    Not those whose newest try was withdrawn: the one before was told when it failed.
    """
    went_wrong = Exists(_answers(AttemptState.FAILED)) | Exists(_returns())
    rows = _not_ended().filter(went_wrong).order_by("planned_on", "pk")
    wrong = [view for view in _views(rows, zone) if view.state in WRONG]
    return [view for view in wrong if view.last and view.last.reason != WITHDRAWN]


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


def list_tried_before(payment_ids: Collection[PaymentId]) -> set[PaymentId]:
    """Return those of these payments that draw again what a bank sent back for want of money.

    That is the same amount from the same account, for the same bill.

    Source: payments reference, section 2.2 (R01 and R09).
    """
    drafts = DraftTry.objects.filter(payment_id__in=payment_ids).values("draft")
    tries = DraftTry.objects.filter(draft__in=drafts).order_by("draft", "number")
    ids = {PaymentId(each.payment_id) for each in tries}
    fates = {each.id: each for each in list_fates(payment_ids=ids)}
    payments = list_payments_by_id(payment_ids=ids)
    came_back: set[tuple[DraftId, MethodId | None, Money]] = set()
    again = set()
    for each in tries:
        payment_id = PaymentId(each.payment_id)
        if payment_id not in fates:
            continue
        fate = fates[payment_id]
        drawn = (DraftId(each.draft_id), payments[payment_id].method_id, fate.amount)
        if drawn in came_back:
            again.add(payment_id)
        if fate.status is PaymentStatus.RETURNED and fate.reason in TRY_AGAIN:
            came_back.add(drawn)
    return again.intersection(payment_ids)


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
    made = counted(tries)
    state = state_of(draft=draft, tries=made)
    again = (
        next_try(planned_on=draft.planned_on, tries=made, also_closed=also_closed)
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
