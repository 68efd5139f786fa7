"""Pure rules of arrears: what being late costs, and which day each step comes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

from smarthub.arrears.types import NOT_LATE, LateFeeRule, Step, StepRule
from smarthub.kernel.money import ZERO, Money
from smarthub.ledger.types import OpenCharge

SATURDAY, FRIDAY = 5, 4
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
