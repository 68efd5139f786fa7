"""Reads of payments ordered for a day."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence

from django.db.models import Exists, F, OuterRef, QuerySet

from smarthub.accounts.types import AccountId
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money
from smarthub.members.types import PersonId
from smarthub.payments.models import Payment, PresentedAgain, ScheduledPart, ScheduledPayment
from smarthub.payments.queries.paying import method_of
from smarthub.payments.types import (
    MethodId,
    Part,
    PaymentId,
    Schedule,
    ScheduleState,
    ScheduleView,
)


def get_schedule(*, schedule_id: PaymentId, person_id: PersonId) -> ScheduleView:
    """Return one of a person's orders as it stands now.

    Raises:
        NotVisible: it is somebody else's, or never was.
    """
    row = _rows().filter(pk=schedule_id, person=person_id).first()
    if row is None:
        raise NotVisible
    return _view(row)


def list_schedules(*, person_id: PersonId) -> list[ScheduleView]:
    """Return a person's orders that were not changed into another, the next first: two queries."""
    rows = _rows().filter(person=person_id, superseded_by=None)
    return [_view(row) for row in rows.order_by("pay_on", "made_at")]


def list_schedules_due(*, on: dt.date) -> list[ScheduleView]:
    """Return the orders of a local day and of any before it that are still open."""
    rows = _open().filter(pay_on__lte=on)
    return [_view(row) for row in rows.order_by("pay_on", "made_at", "pk")]


def count_schedules_with(*, method_id: MethodId) -> int:
    """Return how many open orders draw on a method."""
    return _open().filter(method=method_id).count()


def list_schedules_of(*, account_ids: Collection[AccountId]) -> list[ScheduleView]:
    """Return the open orders that pay one of these accounts, in the order they are carried out.

    Whose method was removed is left out. Each has all its parts, also those of other accounts.
    One query.
    """
    theirs = ScheduledPart.objects.filter(
        scheduled=OuterRef("scheduled"), account__in=list(account_ids)
    )
    usable = _open().filter(method__removed_at=None, method__person=F("person"))
    rows = (
        ScheduledPart.objects.filter(Exists(theirs), scheduled__in=usable.values("pk"))
        .annotate(is_again=Exists(PresentedAgain.objects.filter(scheduled=OuterRef("scheduled"))))
        .select_related("scheduled__method", "account")
        .order_by("scheduled__pay_on", "scheduled__made_at", "scheduled", "account__number")
    )
    parts: dict[ScheduledPayment, list[ScheduledPart]] = defaultdict(list)
    for row in rows:
        parts[row.scheduled].append(row)
    return [_view_of(order, those) for order, those in parts.items()]


def _open() -> QuerySet[ScheduledPayment]:
    waits = ScheduledPayment.objects.filter(~Exists(_payment()), superseded_by=None, end=None)
    return _with_fate(waits)


def _payment() -> QuerySet[Payment]:
    return Payment.objects.filter(pk=OuterRef("pk"))


def _rows() -> QuerySet[ScheduledPayment]:
    return _with_fate(ScheduledPayment.objects.all())


def _with_fate(orders: QuerySet[ScheduledPayment]) -> QuerySet[ScheduledPayment]:
    return (
        orders.annotate(
            is_taken=Exists(_payment()),
            ended=F("end__what"),
            why=F("end__reason"),
            next=F("superseded_by"),
            is_again=Exists(PresentedAgain.objects.filter(scheduled=OuterRef("pk"))),
        )
        .select_related("method")
        .prefetch_related("parts__account")
    )


def _view(row: ScheduledPayment) -> ScheduleView:
    return ScheduleView(
        schedule=_schedule(row, sorted(row.parts.all(), key=lambda part: part.account.number)),
        method=method_of(row.method),
        state=_state(row),
        reason=getattr(row, "why", None) or "",
        is_again=getattr(row, "is_again", False),
    )


def _view_of(row: ScheduledPayment, parts: Sequence[ScheduledPart]) -> ScheduleView:
    """Return an open order whose parts were read first, each with whether it is one again."""
    return ScheduleView(
        schedule=_schedule(row, parts),
        method=method_of(row.method),
        state=ScheduleState.SCHEDULED,
        reason="",
        is_again=getattr(parts[0], "is_again", False),
    )


def _schedule(row: ScheduledPayment, parts: Sequence[ScheduledPart]) -> Schedule:
    return Schedule(
        id=PaymentId(row.pk),
        person_id=PersonId(row.person_id),
        method_id=MethodId(row.method_id),
        pay_on=row.pay_on,
        keeps_amount=row.keeps_amount,
        fee=Money(row.fee_cents),
        parts=tuple(
            Part(AccountId(part.account_id), part.account.number, Money(part.amount_cents))
            for part in parts
        ),
    )


def _state(row: ScheduledPayment) -> ScheduleState:
    if getattr(row, "is_taken", False):
        return ScheduleState.TAKEN
    if getattr(row, "next", None) is not None:
        return ScheduleState.CHANGED
    ended = getattr(row, "ended", None)
    return ScheduleState(ended) if ended else ScheduleState.SCHEDULED
