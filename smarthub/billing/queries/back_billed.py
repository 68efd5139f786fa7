"""What corrected bills ask more than the bills they take the place of (rule 45)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Max, Min

from smarthub.accounts.types import AccountId
from smarthub.billing.models import Bill
from smarthub.billing.queries.bills import valid_bills
from smarthub.kernel.money import Money
from smarthub.kernel.period import Period

DAYS_OF_A_YEAR, MONTHS_OF_A_YEAR = 365, 12


@dataclass(frozen=True, slots=True)
class BackBilled:
    """A corrected bill that asks ``more`` than its first edition, for the days of a period."""

    bill_number: str
    bill_date: dt.date
    due_date: dt.date
    made_at: dt.datetime
    more: Money
    period: Period

    @property
    def months(self) -> int:
        """How many months it is for, to the nearest, and one at least."""
        return max(1, round(self.period.days * MONTHS_OF_A_YEAR / DAYS_OF_A_YEAR))


def list_back_billed(*, account_id: AccountId) -> list[BackBilled]:
    """Return an account's bills that stand and ask more than first made, oldest first: one query.

    Where none was ever made anew that is all; else one more finds the first editions.

    Source: domain rule 45.
    """
    rows = list(
        valid_bills([account_id])
        .filter(edition__gt=1)
        .annotate(start=Min("segments__period_start"), end=Max("segments__period_end"))
        .exclude(start=None)
        .order_by("created_at", "number")
    )
    if not rows:
        return []
    first = {_first_number(row): row for row in rows}
    known = Bill.objects.filter(number__in=first).values_list("number", "charges_cents")
    before = dict(known)
    found = []
    for number, row in first.items():
        more = Money(row.charges_cents - before[number])
        if more.cents > 0:
            period = Period(row.start, row.end)
            found.append(
                BackBilled(row.number, row.bill_date, row.due_date, row.created_at, more, period)
            )
    return found


def _first_number(row: Bill) -> str:
    """Return the number of the first edition: an edition's own ends it after a hyphen."""
    return row.number.removesuffix(f"-{row.edition}")
