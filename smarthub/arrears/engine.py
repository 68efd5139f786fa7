"""Pure rules of arrears: what being late costs, and which day each step comes."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal

from smarthub.arrears.types import (
    NOT_LATE,
    ArrangementRule,
    ArrangementView,
    Instalment,
    LateFeeRule,
    LowIncomeRule,
    Step,
    StepRule,
)
from smarthub.kernel.money import ZERO, Money, split
from smarthub.ledger.types import OpenCharge

SATURDAY, FRIDAY = 5, 4
MONTHS_OF_A_YEAR, NOVEMBER = 12, 11
ONE_DAY = dt.timedelta(days=1)


def late_fee(*, rule: LateFeeRule, overdue: Money) -> Money:
    """Return what being late costs, rounded once, half away from zero.

    Args:
        rule: By the policies of the day.
        overdue: What of services is unpaid after the due date: no earlier fee, nothing disputed.

    Returns:
        ``percent`` of it and the flat part; at least the minimum, at most the maximum, never
        more than what is overdue. Nothing where the rule asks for neither.

    Source: domain rule 53.
    """
    reckoned = Money.rounded(overdue.dollars * rule.percent / 100) + rule.flat
    if overdue <= ZERO or reckoned <= ZERO:
        return ZERO
    most = min(overdue, rule.maximum or overdue)
    return min(max(reckoned, rule.minimum), most)


def last_day_in_time(*, due_date: dt.date, grace_days: int, closed: Collection[dt.date]) -> dt.date:
    """Return the last day on which a payment is still in time.

    A due date on a day the co-op is closed moves to its next working day; the grace follows it.

    Source: domain rules 41 and 52.
    """
    return next_working_day(due_date, closed=closed) + dt.timedelta(days=grace_days)


def next_working_day(day: dt.date, *, closed: Collection[dt.date]) -> dt.date:
    """Return the day itself if the co-op works on it, else the next day it does."""
    while day.weekday() >= SATURDAY or day in closed:
        day += ONE_DAY
    return day


def may_cut_on(day: dt.date, *, closed: Collection[dt.date]) -> bool:
    """Return whether service may be cut on a day: not on a Friday, not before or on a day off.

    Source: domain rule 84.
    """
    following = day + ONE_DAY
    works = day.weekday() < FRIDAY and day not in closed
    return works and following not in closed


def cut_day(*, noticed_on: dt.date, period_days: int, closed: Collection[dt.date]) -> dt.date:
    """Return the first day a notice allows a cut, which is printed on it.

    Source: domain rules 82 and 84.
    """
    day = noticed_on + dt.timedelta(days=period_days)
    while not may_cut_on(day, closed=closed):
        day += ONE_DAY
    return day


def unpaid_services(
    charges: Sequence[OpenCharge], *, billed_until: dt.date, credit: Money
) -> dict[str, Money]:
    """Return what is unpaid of services, by receivable.

    Args:
        charges: What is open of an account, oldest first.
        billed_until: The date of the bill that is looked at; later charges are not due yet.
        credit: Money that waits on the account or is on its way to it; it counts as paid,
            oldest first.

    Source: domain rules 50, 52 and 53.
    """
    unpaid: dict[str, Money] = {}
    for charge in charges:
        if charge.effective_date > billed_until or charge.gl in NOT_LATE:
            continue
        covered = min(credit, charge.amount)
        credit -= covered
        if rest := charge.amount - covered:
            unpaid[charge.gl] = unpaid.get(charge.gl, ZERO) + rest
    return unpaid


def next_step(
    *,
    taken: Mapping[Step, dt.date],
    due_date: dt.date,
    cut_on: dt.date | None,
    may_lead_to_a_cut: bool,
    on: dt.date,
    rule: StepRule,
    closed: Collection[dt.date],
) -> Step | None:
    """Return the step that is due on a local day and was not taken, the furthest of them.

    Args:
        taken: The steps taken, by the day of each.
        due_date: Of the bill that is followed.
        cut_on: What the notice said, once there was one.
        may_lead_to_a_cut: Whether a metered service owes more than the threshold.
        on: The local day.
        rule: By the policies of the day.
        closed: Days the co-op is closed.

    Source: domain rules 41, 82 and 83.
    """
    late_from = next_working_day(due_date, closed=closed)
    days_late = (on - late_from).days
    if cut_on is not None:
        is_eve = on >= cut_on - ONE_DAY
        return (
            Step.LAST_CALL if is_eve and may_lead_to_a_cut and Step.LAST_CALL not in taken else None
        )
    if days_late >= rule.notice_days and may_lead_to_a_cut:
        return Step.NOTICE
    if days_late >= rule.past_due_days:
        return None if Step.PAST_DUE in taken else Step.PAST_DUE
    is_soon = 0 < (due_date - on).days <= rule.reminder_days
    return Step.REMINDER if is_soon and Step.REMINDER not in taken else None


def is_winter(day: dt.date, *, rule: ArrangementRule) -> bool:
    """Return whether a local day is in the co-op's winter; it may go over the end of the year.

    Source: domain rule 86.
    """
    first, last = rule.first_month, rule.last_month
    if not first or not last:
        return False
    if first <= last:
        return first <= day.month <= last
    return day.month >= first or day.month <= last


def winter_began(day: dt.date, *, rule: ArrangementRule) -> dt.date:
    """Return the first day of the winter a day is in."""
    year = day.year if day.month >= rule.first_month else day.year - 1
    return dt.date(year, rule.first_month, 1)


def instalments_of(
    *, total: Money, down: Money, months: int, agreed_on: dt.date, first_due: dt.date
) -> tuple[Instalment, ...]:
    """Return a debt in monthly parts after a down payment on the day it is agreed.

    480.35 with 48.04 down in four months is 108.08, 108.08, 108.07 and 108.08.

    Source: domain rules 62 and 78.
    """
    rest = split(total - down, [Decimal(1)] * months)
    monthly = [Instalment(month_later(first_due, n), part) for n, part in enumerate(rest) if part]
    return ((Instalment(agreed_on, down),) if down else ()) + tuple(monthly)


def month_later(day: dt.date, months: int) -> dt.date:
    """Return the same day so many months later, or the last of that month where it has none."""
    year, month = divmod(day.year * MONTHS_OF_A_YEAR + day.month - 1 + months, MONTHS_OF_A_YEAR)
    _weekday, length = monthrange(year, month + 1)
    return dt.date(year, month + 1, min(day.day, length))


def terms_refused(
    *,
    total: Money,
    down: Money,
    months: int,
    first_due: dt.date,
    agreed_on: dt.date,
    made_before: int,
    rule: ArrangementRule,
    low: LowIncomeRule | None = None,
) -> str:
    """Return why an arrangement may not be made so, or nothing.

    Args:
        total: What is owed of services.
        down: What is to be paid at once.
        months: How many monthly instalments follow.
        first_due: When the first of them is due.
        agreed_on: The local day it is agreed.
        made_before: How many were made for the account in the 12 months before.
        rule: By the policies of the day.
        low: Where the account has the terms for low incomes that day, those instead.

    Returns:
        ``nothing_owed``, ``too_many``, ``down``, ``months``, ``first_due`` or ``november``.

    Source: domain rule 78.
    """
    if total <= ZERO or not ZERO <= down < total:
        return "nothing_owed" if total <= ZERO else "down"
    if made_before >= rule.most_in_a_year:
        return "too_many"
    if not agreed_on < first_due <= month_later(agreed_on, 2):
        return "first_due"
    if low is not None:
        return _low_income_terms_refused(total, down, months, low=low)
    if is_winter(agreed_on, rule=rule):
        last = month_later(first_due, months - 1)
        return _winter_terms_refused(total, down, months, last=last, on=agreed_on, rule=rule)
    return _usual_terms_refused(total, down, months, rule=rule)


def _usual_terms_refused(total: Money, down: Money, months: int, *, rule: ArrangementRule) -> str:
    if down < _percent(total, rule.least_percent):
        return "down"
    return "" if 1 <= months <= rule.most_months else "months"


def has_low_income_terms(day: dt.date, *, rule: LowIncomeRule) -> bool:
    """Return whether the terms for low incomes are given on a local day.

    Source: domain rule 78.
    """
    return bool(rule.first_month) and rule.first_month <= day.month <= rule.last_month


def amending_refused(*, standing: ArrangementView, low: LowIncomeRule | None) -> str:
    """Return why a standing arrangement may not be replaced by an amended one, or nothing.

    Args:
        standing: The arrangement that stands.
        low: The terms for low incomes, where the account has them that day.

    Returns:
        ``standing``: it has no such terms; ``amended``: it is an amended one already;
        ``too_few_paid``: not enough of its monthly instalments are paid in full.

    Source: domain rule 78 (one amended plan after two full payments).
    """
    if low is None or not standing.low_income:
        return "standing"
    if standing.is_amendment:
        return "amended"
    return "" if standing.months_paid >= low.amend_after else "too_few_paid"


def _low_income_terms_refused(total: Money, down: Money, months: int, *, low: LowIncomeRule) -> str:
    if down > _percent(total, low.most_percent):
        return "down"
    return "" if low.least_months <= months <= low.most_months else "months"


def _winter_terms_refused(
    total: Money, down: Money, months: int, *, last: dt.date, on: dt.date, rule: ArrangementRule
) -> str:
    if down > _percent(total, rule.winter_percent):
        return "down"
    if not rule.winter_least_months <= months <= rule.most_months:
        return "months"
    year = on.year if on.month <= NOVEMBER else on.year + 1
    return "november" if last > dt.date(year, NOVEMBER, 30) else ""


def _percent(amount: Money, percent: Decimal) -> Money:
    return Money.rounded(amount.dollars * percent / 100)


def may_be_unpaid(
    *,
    arrangement: Sequence[Instalment],
    total: Money,
    in_time_until: Callable[[dt.date], dt.date],
    on: dt.date,
) -> Money:
    """Return how much of an arrangement's debt may be unpaid on a day while it is kept.

    Args:
        arrangement: Its instalments.
        total: The whole debt.
        in_time_until: The last day on which what is due on a day is paid in time.
        on: The local day.

    Source: domain rules 52 and 78.
    """
    due = [each.amount for each in arrangement if in_time_until(each.due_on) < on]
    return total - Money.sum(due)
