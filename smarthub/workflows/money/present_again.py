"""Present a payment again that a bank returned for want of money: told before, and by policy only.

What is ordered here is an order for a day like a member's own (``schedule_payment``): she sees it
under her payments, may change or cancel it until then, and it becomes one payment however often
the job runs. Drafts of Auto Pay have tries of their own (``run_auto_pay``).
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from smarthub.cooperative.catalogue import value_in
from smarthub.cooperative.queries import get_zone, list_bank_closings, list_policies
from smarthub.kernel.banking_days import banking_day_on_or_after
from smarthub.kernel.errors import Refused
from smarthub.kernel.period import local_day
from smarthub.payments import operations, queries
from smarthub.payments.engine import retries_left
from smarthub.payments.types import ReturnedPayment, Schedule
from smarthub.workflows.messages.tell_person import tell_person

LOOK_BACK = dt.timedelta(days=10)
"""So long a job may be out; what came back before that is a person's to talk about."""
CALENDAR = dt.timedelta(days=14)


def plan_presentments(*, now: dt.datetime) -> int:
    """Order every returned payment once more that may be, and tell its payer; return how many.

    By the policies of the day it came back. At most twice more, within 180 days of the first
    time, and never two on one day: each waits for the return of the one before it.

    Safe to run at any time and twice.

    Source: domain rule 56.
    """
    on = local_day(now, get_zone())
    returned = queries.list_returned_by_hand(since=on - LOOK_BACK)
    return sum(_plan(each, on, now) for each in returned)


def _plan(returned: ReturnedPayment, on: dt.date, now: dt.datetime) -> bool:
    policies = list_policies(on=returned.returned_on)
    wait = dt.timedelta(days=int(value_in(policies, "returned.present_again_days")))
    day = max(on, returned.returned_on) + wait
    day = banking_day_on_or_after(
        day, also_closed=list_bank_closings(start=day, end=day + CALENDAR)
    )
    left = retries_left(
        code=returned.code, first_sent_on=returned.first_sent_on, retries_made=returned.made, on=day
    )
    if not left or returned.made >= int(value_in(policies, "returned.present_again_most")):
        return False
    try:
        with transaction.atomic():
            order = operations.present_again(
                returned=returned,
                present_on=day,
                maximum=queries.get_maximum(on=on),
                fees=queries.get_fee_rule(on=day),
                now=now,
            )
            if order is not None:
                _tell(order, now)
    except Refused:  # guaranteed funds are needed by now, or paying would cost more than agreed to
        return False
    return order is not None


def _tell(order: Schedule, now: dt.datetime) -> None:
    view = queries.get_schedule(schedule_id=order.id, person_id=order.person_id)
    tell_person(
        person_id=order.person_id,
        template="payment_again",
        context={
            "amount": order.amount,
            "fee": order.fee or "",
            "pay_on": order.pay_on,
            "brand": view.method.brand,
            "last4": view.method.last4,
        },
        about=str(order.id),
        account_number=order.parts[0].account_number,
        now=now,
        texts_by_consent=True,
    )
