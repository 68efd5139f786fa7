"""Write that a returned payment is presented once more: an order for a day, once for its number."""

from __future__ import annotations

import datetime as dt
from uuid import uuid5

from smarthub.kernel.money import Money
from smarthub.payments.engine import FeeRule
from smarthub.payments.models import PresentedAgain
from smarthub.payments.operations.scheduling import schedule_payment
from smarthub.payments.types import MethodKind, PaymentId, ReturnedPayment, Schedule


def present_again(
    *,
    returned: ReturnedPayment,
    present_on: dt.date,
    maximum: Money,
    fees: FeeRule,
    now: dt.datetime,
) -> Schedule | None:
    """Order a returned payment once more, as it was; None where it was ordered before.

    Call it in a transaction. The order's id follows from the first payment and the number, and
    is the id of the payment that comes of it: so each presentment is made once.

    Args:
        returned: A member's payment by a stored bank account.
        present_on: The local day it is taken.
        maximum: The most one payment may move.
        fees: What paying costs on that day; never more is charged than was agreed to.
        now: When it is ordered.

    Raises:
        MethodGone, AmountTooLarge, FeeNotAgreed, ...: see ``schedule_payment``; nothing is kept.

    Source: domain rule 56.
    """
    payment, number = returned.payment, returned.made + 1
    assert payment.person_id is not None  # noqa: S101 (guests' are never presented again)
    assert payment.method_id is not None  # noqa: S101 (a bank account)
    order = Schedule(
        id=PaymentId(uuid5(returned.first_id, f"again:{number}")),
        person_id=payment.person_id,
        method_id=payment.method_id,
        pay_on=present_on,
        keeps_amount=False,
        parts=payment.parts,
        fee=min(payment.fee, fees.fee(kind=MethodKind.BANK, amount=payment.amount)),
    )
    if not schedule_payment(schedule=order, maximum=maximum, fees=fees, now=now):
        return None
    PresentedAgain.objects.create(
        payment_id=returned.first_id,
        number=number,
        scheduled_id=order.id,
        present_on=present_on,
        ordered_at=now,
    )
    return order
