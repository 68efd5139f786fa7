"""Money that comes by another door than the gateway's, for tests that need some."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from smarthub.kernel.money import Money
from smarthub.payments import operations, queries
from smarthub.payments.types import (
    PaymentOutcome,
    ReceivedPayment,
)
from smarthub.workflows.debts.follow_arrears import stop_if_paid


def record_received_payment(
    *,
    source_key: str,
    account_number: str,
    amount: Money,
    channel: str,
    received_on: dt.date,
    now: dt.datetime,
) -> PaymentOutcome:
    """Record it as a file of many would, and stop what it pays for."""
    received = ReceivedPayment(source_key, account_number, amount, channel, received_on)
    with transaction.atomic():
        (payment_id,) = operations.record_received_payments(payments=[received], now=now)
        stop_if_paid(payment_id=payment_id, now=now)
    return queries.get_outcome(payment_id=payment_id)
