"""Every read of debts in the hands of collection agencies, and of what came of them."""

from __future__ import annotations

import re
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from smarthub.accounts.types import AccountId
from smarthub.arrears.models import AgencyFile, Placement, Recovery, WriteOff
from smarthub.arrears.queries.write_offs import list_write_offs
from smarthub.arrears.types import AgencyFileView, PlacementView, WriteOffId, WriteOffView
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money

CODE = re.compile(r"P(\d{6,12})")


def list_debts_to_place() -> list[WriteOffView]:
    """Return what was written off, has something left, and is in no agency's hands; oldest first.

    Whether the policy's days are over is not looked at here.
    """
    ids = WriteOff.objects.filter(end=None).exclude(
        pk__in=Placement.objects.filter(end=None).values("write_off")
    )
    accounts = [AccountId(pk) for pk in ids.values_list("account", flat=True)]
    found = list_write_offs(account_ids=accounts)
    free = [each for each in found if each.taken_up_on is None and not each.placed_with]
    return sorted((each for each in free if each.left), key=lambda each: (each.on, each.id))


def list_placements() -> list[PlacementView]:
    """Return every debt that is in an agency's hands, the oldest first."""
    return _views(Placement.objects.filter(end=None).order_by("pk"))


def find_placement(*, code: str, agency_code: str) -> PlacementView | None:
    """Return the placement an agency's file calls so, ended or not, or None."""
    read = CODE.fullmatch(code)
    if read is None:
        return None
    rows = Placement.objects.filter(pk=int(read[1]), file__agency__code=agency_code)
    return next(iter(_views(rows)), None)


def find_open_placement(*, account_id: AccountId, agency_code: str) -> PlacementView | None:
    """Return the one debt of an account an agency has, or None where it is not one."""
    rows = Placement.objects.filter(
        write_off__account=account_id, file__agency__code=agency_code, end=None
    )
    found = _views(rows)
    return found[0] if len(found) == 1 else None


def list_agency_files() -> list[AgencyFileView]:
    """Return every file for a collection agency, the newest first."""
    return [_file_view(row) for row in AgencyFile.objects.order_by("-made_at", "pk")]


def get_agency_file(*, file_id: UUID) -> AgencyFileView:
    """Return one file.

    Raises:
        NotVisible: there is none.
    """
    row = AgencyFile.objects.filter(pk=file_id).first()
    if row is None:
        raise NotVisible
    return _file_view(row)


def _file_view(row: AgencyFile) -> AgencyFileView:
    is_recall = row.kind == AgencyFile.Kind.RECALLED
    rows = Placement.objects.filter(end__file=row) if is_recall else row.placements.all()
    return AgencyFileView(
        id=row.pk,
        agency=row.agency.name,
        agency_code=row.agency.code,
        is_recall=is_recall,
        on=row.on,
        placements=tuple(_views(rows.order_by("pk"))),
    )


def _views(rows: QuerySet[Placement]) -> list[PlacementView]:
    counts = Prefetch("recoveries", queryset=Recovery.objects.filter(end=None))
    found = rows.select_related("file__agency", "write_off__account", "end").prefetch_related(
        Prefetch("write_off__placements", queryset=Placement.objects.prefetch_related(counts))
    )
    return [_view(row) for row in found]


def _view(row: Placement) -> PlacementView:
    debt = row.write_off
    recovered = sum(
        each.amount_cents for other in debt.placements.all() for each in other.recoveries.all()
    )
    return PlacementView(
        id=row.pk,
        write_off_id=WriteOffId(debt.pk),
        account_id=AccountId(debt.account_id),
        account_number=debt.account.number,
        agency_code=row.file.agency.code,
        agency=row.file.agency.name,
        placed_on=row.file.on,
        placed=Money(row.amount_cents),
        left=Money(debt.amount_cents - recovered),
        written_off_on=debt.on,
        is_ended=hasattr(row, "end"),
    )
