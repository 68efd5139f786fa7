"""The billing calendar: when a cycle bills, what months a period holds, when a bill is due."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Collection, Iterator

from smarthub.kernel.period import Period
from smarthub.rating.types import BilledTime, PartMonth

DAYS_TO_PAY = 21
"""The least days between a bill and its due date, where no policy says otherwise (rule 41)."""
ONE_DAY = dt.timedelta(days=1)
SATURDAY = 5


def day_in_month(*, year: int, month: int, day: int) -> dt.date:
    """Return ``day`` of a month, or the month's last day where it is shorter."""
    return dt.date(year, month, min(day, calendar.monthrange(year, month)[1]))


def day_on_or_before(*, date: dt.date, day: int) -> dt.date:
    """Return the latest ``day`` of a month that is not after ``date``."""
    this_month = day_in_month(year=date.year, month=date.month, day=day)
    return this_month if this_month <= date else _month_before(this_month, day)


def day_after(*, date: dt.date, day: int) -> dt.date:
    """Return the first ``day`` of a month that is after ``date``."""
    this_month = day_in_month(year=date.year, month=date.month, day=day)
    return this_month if this_month > date else _month_after(this_month, day)


def months_before(*, date: dt.date, months: int) -> dt.date:
    """Return the same day so many months before, or that month's last where it is shorter."""
    year, month = divmod(date.year * 12 + date.month - 1 - months, 12)
    return day_in_month(year=year, month=month + 1, day=date.day)


def due_date(
    *,
    bill_date: dt.date,
    due_day: int | None,
    least_days: int = DAYS_TO_PAY,
    days: int = DAYS_TO_PAY,
) -> dt.date:
    """Return the cycle's due day after the bill date, or later so as to leave ``least_days``.

    A cycle without a due day is due ``days`` after the bill date.

    A bill of 14 February due on the 5th would leave 19 days, so it is due on 7 March. A weekend
    or holiday keeps its printed date; ``last_day_to_pay`` says what follows from that.

    Source: domain rule 41.
    """
    if due_day is None:
        return bill_date + dt.timedelta(days=days)
    fixed = day_after(date=bill_date, day=due_day)
    return max(fixed, bill_date + dt.timedelta(days=least_days))


def last_day_to_pay(*, due_date: dt.date, closed_days: Collection[dt.date]) -> dt.date:
    """Return the due date, or the next business day where it falls on a day of rest.

    Source: domain rules 41 and 139.
    """
    day = due_date
    while day.weekday() >= SATURDAY or day in closed_days:
        day += ONE_DAY
    return day


def delinquent_on(*, due_date: dt.date, closed_days: Collection[dt.date]) -> dt.date:
    """Return the first day on which an unpaid bill is past due: after ``last_day_to_pay``.

    Source: domain rule 41.
    """
    return last_day_to_pay(due_date=due_date, closed_days=closed_days) + ONE_DAY


def calendar_month(*, date: dt.date) -> Period:
    """Return the calendar month a date is in: what a subscription bill covers (rule 38)."""
    first = date.replace(day=1)
    return Period(first, day_after(date=first, day=1))


def billed_time(*, period: Period, anchor_day: int) -> BilledTime:
    """Return how many whole billing months a period holds, and its parts of others.

    Args:
        period: What is billed.
        anchor_day: The day on which the agreement's billing months begin: the cycle's bill day,
            or 1 for a subscription.

    Source: domain rule 32.
    """
    whole, parts = 0, []
    for month in _billing_months(period, anchor_day):
        days = (min(month.end, period.end) - max(month.start, period.start)).days
        if days == month.days:
            whole += 1
        else:
            parts.append(PartMonth(days, month.days))
    return BilledTime(whole, tuple(parts))


def _billing_months(period: Period, anchor_day: int) -> Iterator[Period]:
    start = day_on_or_before(date=period.start, day=anchor_day)
    while start < period.end:
        end = day_after(date=start, day=anchor_day)
        yield Period(start, end)
        start = end


def _month_before(date: dt.date, day: int) -> dt.date:
    last = date.replace(day=1) - ONE_DAY
    return day_in_month(year=last.year, month=last.month, day=day)


def _month_after(date: dt.date, day: int) -> dt.date:
    following = date.replace(day=28) + dt.timedelta(days=4)
    return day_in_month(year=following.year, month=following.month, day=day)
