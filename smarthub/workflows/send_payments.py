"""Send many payments: the gateway is asked about several at once, the books are written in turn.

One connection to the database is enough, for what takes long is the waiting: a charge is asked
for in a thread of its own that touches nothing of ours, and its answer is settled here. Killed
anywhere, what was begun is found by the janitor, whose keys are the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from smarthub.payments import queries
from smarthub.payments.ports import ChargeAnswer, PaymentGateway
from smarthub.payments.types import PaymentId, WaitingAttempt
from smarthub.workflows.pay_balance import charge, settle

Asked = dict[Future[ChargeAnswer], WaitingAttempt]


def send_payments(
    *, payment_ids: Iterable[PaymentId], at_once: int, now: dt.datetime, gateway: PaymentGateway
) -> None:
    """Send payments whose attempts are recorded, and record the answers as they come.

    Those that wait for a bank file are left to it. If one cannot be begun or settled, those that
    were asked for are settled all the same, and then the error goes on.

    Args:
        payment_ids: Taken one by one, each only when there is room to send it.
        at_once: How many may wait for an answer at the same time, 1 or more.
        now: When they are sent.
        gateway: Who charges.

    Source: payments rules 1 and 2 of the gateway's port.
    """
    asked: Asked = {}
    with ThreadPoolExecutor(max_workers=at_once, thread_name_prefix="charge") as pool:
        try:
            for payment_id in payment_ids:
                attempt = queries.get_waiting_attempt(payment_id=payment_id)
                if not attempt.waits_for_bank_file:
                    asked[pool.submit(charge, attempt, gateway)] = attempt
                    _settle_answered(asked, at_most=at_once - 1, now=now, gateway=gateway)
        finally:
            _settle_answered(asked, at_most=0, now=now, gateway=gateway)


def _settle_answered(
    asked: Asked, *, at_most: int, now: dt.datetime, gateway: PaymentGateway
) -> None:
    """Settle what is answered, until no more than ``at_most`` still wait."""
    while len(asked) > at_most:
        answered, _ = wait(asked, return_when=FIRST_COMPLETED)
        for each in answered:
            attempt = asked.pop(each)
            settle(attempt, each.result(), now, gateway)
