"""Every read of debts that were written off."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db.models import Prefetch, QuerySet

from smarthub.accounts.types import AccountId
from smarthub.arrears.models import Placement, Recovery, RecoveryEnd, WriteOff, WriteOffEnd
from smarthub.arrears.types import WriteOffId, WriteOffView
from smarthub.billing.queries.bills import list_bills_due_of
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money


def list_write_offs(*, account_ids: Collection[AccountId]) -> list[WriteOffView]:
    """Return every debt of these accounts that was ever written off, the newest first."""
    rows = WriteOff.objects.filter(account__in=account_ids)
    return _views(rows.order_by("-written_off_at", "pk"))


def get_write_off(*, write_off_id: WriteOffId) -> WriteOffView:
    """Return one debt that was written off.

    Raises:
        NotVisible: there is none.
    """
    found = _views(WriteOff.objects.filter(pk=write_off_id))
    if not found:
        raise NotVisible
    return found[0]


def list_write_off_changes() -> list[tuple[str, dt.date, Money]]:
    """Return number, day and amount of whatever about write-offs changed what is owed.

    A recovery uses up the credit that its payment was, so it adds to what is owed; its end takes
    that back. For those who hold the ledger against it; four queries.
    """
    done = WriteOff.objects.values_list("account__number", "on", "amount_cents")
    ended = WriteOffEnd.objects.values_list(
        "write_off__account__number", "on", "write_off__amount_cents"
    )
    less = [(number, day, Money(-cents)) for number, day, cents in done]
    number = "placement__write_off__account__number"
    recovered = Recovery.objects.values_list(number, "on", "amount_cents")
    undone = RecoveryEnd.objects.values_list(f"recovery__{number}", "on", "recovery__amount_cents")
    less += [(number, day, Money(-cents)) for number, day, cents in undone]
    return less + [(number, day, Money(cents)) for number, day, cents in [*ended, *recovered]]


def last_due_date(*, account_id: AccountId, on: dt.date) -> dt.date | None:
    """Return when the newest bill of an account that is due was due; None without one."""
    due = list_bills_due_of(account_ids=[account_id], until=on)[account_id]
    return due[0].due_date if due else None


def _views(rows: QuerySet[WriteOff]) -> list[WriteOffView]:
    counts = Prefetch("recoveries", queryset=Recovery.objects.filter(end=None))
    placements = Placement.objects.select_related("file__agency", "end").prefetch_related(counts)
    found = rows.select_related("account", "end").prefetch_related(
        Prefetch("placements", queryset=placements)
    )
    return [_view(row) for row in found]


def _view(row: WriteOff) -> WriteOffView:
    end = getattr(row, "end", None)
    placements = list(row.placements.all())
    recovered = [each.amount_cents for one in placements for each in one.recoveries.all()]
    return WriteOffView(
        id=WriteOffId(row.pk),
        account_id=AccountId(row.account_id),
        account_number=row.account.number,
        amount=Money(row.amount_cents),
        on=row.on,
        reason=row.reason,
        taken_up_on=end.on if end else None,
        recovered=Money(sum(recovered)),
        placed_with=next(
            (one.file.agency.name for one in placements if not hasattr(one, "end")), ""
        ),
    )
