"""Every read of payment arrangements; what is left of one is read off the ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection

from django.db.models import QuerySet

from smarthub.accounts.types import AccountId
from smarthub.arrears.models import Arrangement, ArrangementOffer, LowIncome
from smarthub.arrears.queries import list_debts
from smarthub.arrears.types import (
    ArrangementEnding,
    ArrangementId,
    ArrangementView,
    DebtOfBill,
    IncomeMark,
    Instalment,
)
from smarthub.billing.queries.bills import list_bills_due_of
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money


def get_arrangement(*, arrangement_id: ArrangementId) -> ArrangementView:
    """Return one arrangement.

    Raises:
        NotVisible: there is none.
    """
    found = _views(Arrangement.objects.filter(pk=arrangement_id))
    if not found:
        raise NotVisible
    return found[0]


def list_arrangements(*, account_ids: Collection[AccountId]) -> list[ArrangementView]:
    """Return every arrangement of these accounts, the newest first; one query where none is."""
    rows = Arrangement.objects.filter(account__in=account_ids)
    return _views(rows.order_by("-agreed_at", "pk"))


def list_standing_ids() -> list[ArrangementId]:
    """Return every arrangement that has not ended, the oldest first, in one query."""
    rows = Arrangement.objects.filter(end=None).order_by("agreed_at", "pk")
    return [ArrangementId(pk) for pk in rows.values_list("pk", flat=True)]


def find_standing(*, account_id: AccountId) -> ArrangementView | None:
    """Return the arrangement that stands on an account, or None."""
    return next(iter(_views(Arrangement.objects.filter(account=account_id, end=None))), None)


def count_arrangements(*, account_id: AccountId, since: dt.date) -> int:
    """Return how many were agreed since a day.

    One that was cancelled does not count, nor one of what the co-op billed back, nor an amended
    one beside the one it amends.
    """
    rows = Arrangement.objects.filter(account=account_id, agreed_on__gte=since, back_billed=False)
    return rows.filter(amends=None).exclude(end__how=ArrangementEnding.CANCELLED).count()


def find_income_mark(*, account_id: AccountId, on: dt.date) -> IncomeMark | None:
    """Return the newest mark of a low income that counts for an account on a local day, or None."""
    rows = LowIncome.objects.filter(
        account=account_id, verified_on__lte=on, last_day__gte=on, end=None
    )
    row = rows.select_related("set_by").order_by("-pk").first()
    if row is None:
        return None
    return IncomeMark(row.pk, row.verified_on, row.last_day, row.how, str(row.set_by))


def was_offered_since(*, account_id: AccountId, day: dt.date) -> bool:
    """Return whether an arrangement was made, broken or offered in vain since a day.

    Source: domain rule 86.
    """
    offers = ArrangementOffer.objects.filter(account=account_id, on__gte=day)
    made = Arrangement.objects.filter(account=account_id, agreed_on__gte=day)
    broken = Arrangement.objects.filter(
        account=account_id, end__how=ArrangementEnding.BROKEN, end__on__gte=day
    )
    return offers.exists() or made.exists() or broken.exists()


def find_debt(
    *,
    account_id: AccountId,
    before: dt.date,
    is_late: Callable[[dt.date], bool] | None = None,
) -> DebtOfBill | None:
    """Return what is unpaid of services up to the newest bill due before a day; None without one.

    With ``is_late``, up to the newest of which that is true.
    """
    due = list_bills_due_of(account_ids=[account_id], until=before)[account_id]
    newest = next((bill for bill in due if is_late is None or is_late(bill.due_date)), None)
    if newest is None:
        return None
    (debt,) = list_debts(bills=[(account_id, newest.bill_date, newest.due_date)])
    return debt


def _views(rows: QuerySet[Arrangement]) -> list[ArrangementView]:
    found = list(rows.select_related("account", "end").prefetch_related("instalments"))
    return [_view(row) for row in found]


def _view(row: Arrangement) -> ArrangementView:
    account_id = AccountId(row.account_id)
    (debt,) = list_debts(bills=[(account_id, row.bill_date, row.due_date)])
    parts = sorted(row.instalments.all(), key=lambda each: each.due_on)
    end = getattr(row, "end", None)
    return ArrangementView(
        id=ArrangementId(row.pk),
        account_id=account_id,
        account_number=row.account.number,
        total=Money(row.total_cents),
        agreed_on=row.agreed_on,
        bill_date=row.bill_date,
        instalments=tuple(Instalment(each.due_on, Money(each.amount_cents)) for each in parts),
        left=min(debt.overdue, Money(row.total_cents)),
        ended=ArrangementEnding(end.how) if end else None,
        ended_on=end.on if end else None,
        back_billed=row.back_billed,
        low_income=row.low_income,
        is_amendment=row.amends_id is not None,
    )
