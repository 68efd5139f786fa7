"""The drafts to come, as far as they can be known: their days, and a guess of their amounts."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from smarthub.billing.types import BillSummary
from smarthub.kernel.money import Money
from smarthub.workflows.auto_pay.plan_drafts import draft_days

SHOWN = 3
DAYS_ALIKE = 20
"""A bill of a year ago is the same month's if it was made within so many days of the day."""
A_YEAR = dt.timedelta(days=365)
MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class ExpectedDraft:
    """A draft to come: when its bill is made, when it is taken, and about how much.

    ``as_in`` is the date of the bill the guess is taken from; none where it is the mean of the
    last ones, and ``about`` none where there is no bill to guess from.
    """

    bill_date: dt.date
    draft_on: dt.date
    about: Money | None
    as_in: dt.date | None


def expect_drafts(*, bills: Sequence[BillSummary], on: dt.date) -> tuple[ExpectedDraft, ...]:
    """Return the next three drafts of an account, from the rhythm of its bills.

    Args:
        bills: The account's bills, the newest first.
        on: A local day; bills are expected after it.

    Source: feature map, section 16 (the dry run of Auto Pay).
    """
    if not bills:
        return ()
    newest = bills[0]
    to_pay = newest.due_date - newest.bill_date
    dates = [_months_later(newest.bill_date, n) for n in range(1, MONTHS_A_YEAR)]
    coming = [date for date in dates if date > on][:SHOWN]
    days = draft_days(due_dates={date + to_pay for date in coming}, on=on)
    return tuple(_expected(date, days[date + to_pay], bills) for date in coming)


def _expected(date: dt.date, draft_on: dt.date, bills: Sequence[BillSummary]) -> ExpectedDraft:
    alike = [b for b in bills if abs((date - A_YEAR - b.bill_date).days) <= DAYS_ALIKE]
    if alike:
        return ExpectedDraft(date, draft_on, alike[0].charges, alike[0].bill_date)
    last = bills[:SHOWN]
    mean = Money(round(Money.sum(b.charges for b in last).cents / len(last)))
    return ExpectedDraft(date, draft_on, mean, None)


def _months_later(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.month - 1 + months, MONTHS_A_YEAR)
    year, month = day.year + year, month + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
