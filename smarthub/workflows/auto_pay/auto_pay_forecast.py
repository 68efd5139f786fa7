"""The drafts to come, as far as they can be known: their days, and a guess of their amounts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from smarthub.accounts.queries import list_agreements
from smarthub.accounts.types import VisibleAccount
from smarthub.billing.engine.calendar import day_after
from smarthub.billing.queries import due_date_of, get_cycle_of_account, list_bills
from smarthub.billing.types import BillSummary, Cycle
from smarthub.cooperative.queries import list_policies
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money
from smarthub.kernel.period import Period
from smarthub.workflows.auto_pay.plan_drafts import draft_days

SHOWN = 3
DAYS_ALIKE = 20
"""A bill of a year ago is the same month's if it was made within so many days of the day."""
A_YEAR = dt.timedelta(days=365)
ONE_DAY = dt.timedelta(days=1)


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


def expect_drafts(*, account: VisibleAccount, on: dt.date) -> tuple[ExpectedDraft, ...]:
    """Return the next three drafts of an account, by the days on which its cycle bills.

    Fewer where its services end before, and none where nothing was billed yet, or where bills are
    made elsewhere and its cycle is not known here.

    Args:
        account: Whose.
        on: A local day; its own bill is expected too, until it is made.

    Source: feature map, section 16 (the dry run of Auto Pay); domain rules 41 and 64.
    """
    bills = [bill for bill in list_bills(account_id=account.id) if not bill.is_invoice]
    if not bills:
        return ()
    try:
        cycle = get_cycle_of_account(account_number=account.number)
    except NotVisible:
        return ()
    dates = _served(account, bills[0].bill_date, _bill_days(cycle, bills[0].bill_date, on))
    policies = list_policies(on=on)
    due = {date: due_date_of(cycle=cycle, bill_date=date, policies=policies) for date in dates}
    days = draft_days(due_dates=set(due.values()), on=on) if due else {}
    return tuple(_expected(date, days[due[date]], bills) for date in dates)


def _bill_days(cycle: Cycle, newest: dt.date, on: dt.date) -> list[dt.date]:
    """Return the next days on which a cycle bills, after an account's newest bill."""
    days = [max(newest, on - ONE_DAY)]
    for _ in range(SHOWN):
        days.append(day_after(date=days[-1], day=cycle.bill_day))
    return days[1:]


def _served(account: VisibleAccount, newest: dt.date, dates: Sequence[dt.date]) -> list[dt.date]:
    """Return those of some bill days by which there is service to bill since the day before."""
    agreements = list_agreements(account_ids=[account.id], period=Period(newest, dates[-1]))
    return [
        date
        for before, date in pairwise([newest, *dates])
        if any(
            each.starts_on < date and (each.ends_on is None or each.ends_on > before)
            for each in agreements
        )
    ]


def _expected(date: dt.date, draft_on: dt.date, bills: Sequence[BillSummary]) -> ExpectedDraft:
    alike = [b for b in bills if abs((date - A_YEAR - b.bill_date).days) <= DAYS_ALIKE]
    if alike:
        return ExpectedDraft(date, draft_on, alike[0].charges, alike[0].bill_date)
    last = bills[:SHOWN]
    mean = Money(round(Money.sum(b.charges for b in last).cents / len(last)))
    return ExpectedDraft(date, draft_on, mean, None)
