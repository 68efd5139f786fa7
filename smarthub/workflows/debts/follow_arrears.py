"""What being late leads to, every day and the moment money comes: fees, steps, and their end.

A step and the message that tells of it are one transaction, so nothing happens to a member that
no dated message said before. Money that clears a debt stops its process in the transaction that
books the money; ``stop_if_cleared`` is called wherever money reaches an account.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import replace

from django.db import transaction

from smarthub.accounts.types import AccountId
from smarthub.arrears import operations, queries
from smarthub.arrears.engine import last_day_in_time
from smarthub.arrears.types import LateFeeRule, ProcessView, Step, StepRule
from smarthub.cooperative.queries import get_zone, list_closed_days, list_policies
from smarthub.kernel.period import Period, local_day
from smarthub.payments.operations import find_exception
from smarthub.payments.queries import get_payment
from smarthub.payments.types import PaymentId
from smarthub.workflows.accounts.auto_pay_ahead import list_taken_ahead
from smarthub.workflows.messages.tell_holders import tell_holders

LOOK_BACK = dt.timedelta(days=62)
"""Bills due longer ago are no news: a person decides what becomes of so old a debt."""
LOOK_AHEAD = dt.timedelta(days=21)
CALENDAR = dt.timedelta(days=120)
"""How far the calendar is read beyond, to skip days off."""

TEMPLATES = {
    Step.REMINDER: "payment_reminder",
    Step.PAST_DUE: "past_due",
    Step.NOTICE: "disconnection_notice",
    Step.LAST_CALL: "disconnection_last_call",
}


def assess_late_fees(*, now: dt.datetime) -> int:
    """Charge everybody who is late with a bill, once for each due date; return how many.

    By the policies in force on the local day. Safe to run at any time and twice.

    Source: domain rule 53.
    """
    on = local_day(now, get_zone())
    rule = LateFeeRule.from_policies(list_policies(on=on))
    if not rule.percent and not rule.flat:
        return 0
    closed = _closed_days(on)
    debts = queries.list_last_due_debts(period=Period(on - LOOK_BACK, on))
    return sum(
        operations.assess_late_fee(debt=debt, rule=rule, on=on, closed=closed, now=now)
        for debt in debts
    )


def take_steps(*, now: dt.datetime) -> int:
    """Take the step that is due of every account in arrears, and tell its holders; return how many.

    Who pays all of it by Auto Pay is not reminded to pay: the notice of the draft told them of it.

    Source: domain rule 82.
    """
    on = local_day(now, get_zone())
    rule = StepRule.from_policies(list_policies(on=on))
    closed = _closed_days(on)
    unasked = replace(rule, reminder_days=0)
    taken = 0
    debts = queries.list_due_debts(period=Period(on - LOOK_BACK, on + LOOK_AHEAD))
    drafted = list_taken_ahead(account_ids=[debt.account_id for debt in debts], on=on)
    for debt in debts:
        steps = unasked if debt.account_id in drafted else rule
        with transaction.atomic():
            process = operations.take_next_step(
                debt=debt, rule=steps, on=on, closed=closed, now=now
            )
            if process is not None:
                _tell(process, on, now)
                taken += 1
    return taken


def stop_if_cleared(*, account_ids: Collection[AccountId], now: dt.datetime) -> int:
    """Stop the process of each account whose debt is gone; return how many.

    To be called in the transaction that books the money. One query where nothing is followed.

    Source: domain rule 83.
    """
    if not queries.list_open_processes(account_ids=account_ids):
        return 0
    on = local_day(now, get_zone())
    rule = StepRule.from_policies(list_policies(on=on))
    return operations.stop_cleared(account_ids=account_ids, rule=rule, on=on, now=now)


def stop_if_paid(*, payment_id: PaymentId, now: dt.datetime) -> int:
    """Do the same for the accounts of a payment, and look at what they were charged meanwhile."""
    account_ids = [part.account_id for part in get_payment(payment_id=payment_id).parts]
    tell_of_fees_in_time(payment_id=payment_id, account_ids=account_ids, now=now)
    return stop_if_cleared(account_ids=account_ids, now=now)


def tell_of_fees_in_time(
    *, payment_id: PaymentId, account_ids: Collection[AccountId], now: dt.datetime
) -> None:
    """Put before staff each late fee that stands although this money had reached us in time.

    A file tells of it days later, or it had waited in suspense or on another account. How much of
    the fee it would have spared is for a person to say. To be called where money is booked.

    Source: domain rule 52.
    """
    received = local_day(get_payment(payment_id=payment_id).received_at, get_zone())
    if received >= local_day(now, get_zone()):
        return
    grace = LateFeeRule.from_policies(list_policies(on=received)).grace_days
    for fee in (fee for each in account_ids for fee in queries.list_fees(account_id=each)):
        if fee.kind != "late" or fee.waived_on is not None or fee.on <= received:
            continue
        due = dt.date.fromisoformat(fee.source_key.rpartition(":")[2])
        closed = _closed_days(due)
        if received <= last_day_in_time(due_date=due, grace_days=grace, closed=closed):
            find_exception(
                key=f"paid_in_time:{fee.source_key}:{payment_id}",
                kind="paid_in_time",
                now=now,
                payment=str(payment_id),
                cents=fee.amount.cents,
            )


def _closed_days(on: dt.date) -> frozenset[dt.date]:
    return list_closed_days(start=on - LOOK_BACK - CALENDAR, end=on + CALENDAR)


def _tell(process: ProcessView, on: dt.date, now: dt.datetime) -> None:
    tell_holders(
        template=TEMPLATES[process.last_step],
        about=str(process.id),
        account_id=process.account_id,
        account_number=process.account_number,
        context={
            "amount": process.amount,
            "due_date": process.due_date,
            "cut_on": process.cut_on or process.due_date,
        },
        by_letter_too=process.last_step is Step.NOTICE,
        on=on,
        now=now,
    )
