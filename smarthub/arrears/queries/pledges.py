"""Every read of agencies and of what they promised; what came of a pledge is its payments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db.models import F, Prefetch, Q, QuerySet

from smarthub.accounts.types import AccountId
from smarthub.arrears.models import Agency, Pledge, PledgePart
from smarthub.arrears.types import (
    AgencyKind,
    AgencyView,
    PledgeEnding,
    PledgeId,
    PledgeView,
)
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money
from smarthub.payments.queries import list_moves


def list_agencies(*, kind: AgencyKind | None = None) -> list[AgencyView]:
    """Return the agencies of the list, or of one kind, by name; those that ended too."""
    rows = Agency.objects.select_related("end").order_by("name", "code")
    if kind is not None:
        rows = rows.filter(kind=kind)
    return [
        AgencyView(row.code, AgencyKind(row.kind), row.name, is_ended=hasattr(row, "end"))
        for row in rows
    ]


def get_pledge(*, pledge_id: PledgeId) -> PledgeView:
    """Return one pledge.

    Raises:
        NotVisible: there is none.
    """
    found = _views(Pledge.objects.filter(pk=pledge_id))
    if not found:
        raise NotVisible
    return found[0]


def list_pledges(*, account_ids: Collection[AccountId]) -> list[PledgeView]:
    """Return every pledge for these accounts, the newest first, in two queries."""
    rows = Pledge.objects.filter(account__in=account_ids)
    return _views(rows.order_by("-recorded_at", "pk"))


def list_open_pledges(*, account_id: AccountId) -> list[PledgeView]:
    """Return the pledges for an account that have not ended, the oldest first."""
    rows = Pledge.objects.filter(account=account_id, end=None)
    return _views(rows.order_by("recorded_at", "pk"))


def list_pledges_over(*, on: dt.date) -> list[PledgeId]:
    """Return the pledges whose last day is before a day and that have not ended: one query."""
    rows = Pledge.objects.filter(end=None, last_day__lt=on).order_by("last_day", "pk")
    return [PledgeId(pk) for pk in rows.values_list("pk", flat=True)]


def _views(rows: QuerySet[Pledge]) -> list[PledgeView]:
    moved_to = list_moves(payment="payment").values("to_account")[:1]
    stays = PledgePart.objects.filter(payment__undoing=None).annotate(moved_to=moved_to)
    stays = stays.filter(Q(moved_to=None) | Q(moved_to=F("pledge__account")))
    found = rows.select_related("account", "agency", "end").prefetch_related(
        Prefetch("parts", queryset=stays)
    )
    return [_view(row) for row in found]


def _view(row: Pledge) -> PledgeView:
    end = getattr(row, "end", None)
    return PledgeView(
        id=PledgeId(row.pk),
        account_id=AccountId(row.account_id),
        account_number=row.account.number,
        agency_code=row.agency.code,
        agency=row.agency.name,
        amount=Money(row.amount_cents),
        received=Money(sum(part.amount_cents for part in row.parts.all())),
        pledged_on=row.pledged_on,
        last_day=row.last_day,
        reference=row.reference,
        ended=PledgeEnding(end.how) if end else None,
        ended_on=end.on if end else None,
    )
