"""Read what was billed back and may be paid over as many months, and what holds that (rule 45)."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

from smarthub.accounts.types import AccountId
from smarthub.arrears.engine import instalments_of, month_later
from smarthub.arrears.models import Arrangement, Hold
from smarthub.arrears.queries import list_debts
from smarthub.arrears.queries.arrangements import find_standing
from smarthub.arrears.types import ArrangementView, BackBillingOffer, DebtOfBill, HoldKind
from smarthub.billing.queries.back_billed import list_back_billed
from smarthub.cooperative.queries import get_zone
from smarthub.kernel.money import ZERO, Money
from smarthub.kernel.period import Period, local_day


def find_offer(*, account_id: AccountId, on: dt.date) -> BackBillingOffer | None:
    """Return what an account may pay over as many months as it was billed back for, or None.

    That is what corrected bills ask more, made since the last such plan, as far as it is unpaid.

    Source: domain rule 45.
    """
    billed = list_back_billed(account_id=account_id)
    if billed and (last := _last_plan_at(account_id)) is not None:
        billed = [each for each in billed if each.made_at > last]
    if not billed:
        return None
    due_date = max(each.due_date for each in billed)
    (debt,) = list_debts(bills=[(account_id, on, due_date)])
    amount = min(Money.sum(each.more for each in billed), debt.overdue)
    if amount <= ZERO:
        return None
    months = min(sum(each.months for each in billed), amount.cents)
    first_due = due_date if on < due_date else month_later(on, 1)
    return BackBillingOffer(
        amount=amount,
        bills=tuple(each.bill_number for each in billed),
        due_date=due_date,
        instalments=instalments_of(
            total=amount, down=ZERO, months=months, agreed_on=on, first_due=first_due
        ),
        disputed=is_disputed(account_id=account_id, on=on),
        arranged=find_standing(account_id=account_id) is not None,
    )


def is_disputed(*, account_id: AccountId, on: dt.date) -> bool:
    """Return whether the member disputes what is asked, on a local day."""
    rows = Hold.objects.filter(Q(ends_on=None) | Q(ends_on__gt=on), account=account_id, end=None)
    return rows.filter(kind=HoldKind.DISPUTED, starts_on__lte=on).exists()


def stood_still(*, arrangement: ArrangementView, until: dt.date) -> dt.timedelta:
    """Return for how long what was agreed on was disputed, each day once.

    Source: domain rule 45.
    """
    zone = get_zone()
    days: set[dt.date] = set()
    rows = Hold.objects.filter(
        account=arrangement.account_id, kind=HoldKind.DISPUTED, starts_on__lt=until
    ).select_related("end")
    for row in rows:
        ends = [until]
        if row.ends_on is not None:
            ends.append(row.ends_on)
        if hasattr(row, "end"):
            ends.append(local_day(row.end.ended_at, zone))
        start, end = max(row.starts_on, arrangement.agreed_on), min(ends)
        if start < end:
            days.update(Period(start, end))
    return dt.timedelta(days=len(days))


def debt_with(*, arrangement: ArrangementView, debt: DebtOfBill | None) -> DebtOfBill:
    """Return what is unpaid of services up to a late bill, and of what was billed back too.

    A correction is an entry of its own day, later than the bill it corrects.
    """
    day = arrangement.bill_date if debt is None else max(debt.bill_date, arrangement.bill_date)
    due_on = arrangement.instalments[0].due_on
    (found,) = list_debts(bills=[(arrangement.account_id, day, due_on)])
    return found


def _last_plan_at(account_id: AccountId) -> dt.datetime | None:
    rows = Arrangement.objects.filter(account=account_id, back_billed=True)
    return rows.order_by("agreed_at").values_list("agreed_at", flat=True).last()
