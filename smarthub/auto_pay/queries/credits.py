"""Reads of credits for turning Auto Pay on, and of their programmes."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import QuerySet, Sum

from smarthub.accounts.types import AccountId
from smarthub.auto_pay.models import CreditEnd
from smarthub.auto_pay.models import CreditProgramme as ProgrammeRecord
from smarthub.auto_pay.models import SignUpCredit as CreditRecord
from smarthub.auto_pay.types import (
    CreditProgramme,
    CreditState,
    ProgrammeId,
    ProgrammeRow,
    SignUpCredit,
)
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import ZERO, Money
from smarthub.members.queries import get_person
from smarthub.members.types import PersonId


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
