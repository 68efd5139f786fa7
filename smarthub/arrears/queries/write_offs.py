"""Every read of debts that were written off."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from smarthub.accounts.types import AccountId
from smarthub.arrears.models import WriteOff, WriteOffEnd
from smarthub.arrears.types import WriteOffId, WriteOffView
from smarthub.billing.queries.bills import list_bills_due_of
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money


def list_write_offs(*, account_ids: Collection[AccountId]) -> list[WriteOffView]:
    """Return every debt of these accounts that was ever written off, the newest first."""
    rows = WriteOff.objects.filter(account__in=account_ids).select_related("account", "end")
    return [_view(row) for row in rows.order_by("-written_off_at", "pk")]


def get_write_off(*, write_off_id: WriteOffId) -> WriteOffView:
    """Return one debt that was written off.

    Raises:
        NotVisible: there is none.
    """
    row = WriteOff.objects.select_related("account", "end").filter(pk=write_off_id).first()
    if row is None:
        raise NotVisible
    return _view(row)


def list_write_off_changes() -> list[tuple[str, dt.date, Money]]:
    """Return number, day and amount of each write-off and its end, as they changed what is owed.

    For those who hold the ledger against it; two queries.
    """
    done = WriteOff.objects.values_list("account__number", "on", "amount_cents")
    ended = WriteOffEnd.objects.values_list(
        "write_off__account__number", "on", "write_off__amount_cents"
    )
    less = [(number, day, Money(-cents)) for number, day, cents in done]
    return less + [(number, day, Money(cents)) for number, day, cents in ended]


def last_due_date(*, account_id: AccountId, on: dt.date) -> dt.date | None:
    """Return when the newest bill of an account that is due was due; None without one."""
    due = list_bills_due_of(account_ids=[account_id], until=on)[account_id]
    return due[0].due_date if due else None


def _view(row: WriteOff) -> WriteOffView:
    end = getattr(row, "end", None)
    return WriteOffView(
        id=WriteOffId(row.pk),
        account_id=AccountId(row.account_id),
        account_number=row.account.number,
        amount=Money(row.amount_cents),
        on=row.on,
        reason=row.reason,
        taken_up_on=end.on if end else None,
    )
