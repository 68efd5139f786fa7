"""Send many payments: the gateway is asked about several at once, the books are written in turn.

One connection to the database is enough, for what takes long is the waiting: a charge is asked
for in a thread of its own that touches nothing of ours, and its answer is settled here. Killed
anywhere, what was begun is found by the janitor, whose keys are the same.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from itertools import islice

from django.db import InterfaceError, OperationalError, transaction

from smarthub.kernel.fault_points import reach
from smarthub.payments import operations
from smarthub.payments.ports import ChargeAnswer, PaymentGateway
from smarthub.payments.types import AttemptState, WaitingAttempt
from smarthub.workflows.debts.follow_arrears import stop_if_cleared
from smarthub.workflows.messages.payment_messages import tell_of_receipts
from smarthub.workflows.money.charge_payment import charge, settle

ASKED = 4
"""So many times as many are asked for as may wait for the gateway: when the queue is so long, half
of it is settled together, and the other half keeps the gateway busy meanwhile."""
Asked = dict[Future[ChargeAnswer], WaitingAttempt]
Answered = Sequence[tuple[WaitingAttempt, ChargeAnswer]]

log = logging.getLogger(__name__)


def send_payments(
    *, attempts: Iterable[WaitingAttempt], at_once: int, now: dt.datetime, gateway: PaymentGateway
) -> None:
    """Send payments whose attempts are recorded, and record the answers as they come.

    Those that wait for a bank file are left to it. One whose answer cannot be booked is left to
    the janitor. If one cannot be begun or asked for, those that were asked for are settled all the
    same, and then the error goes on.

    Args:
        attempts: Committed; taken one by one, each only when there is room to send it.
        at_once: How many may wait for an answer at the same time, 1 or more.
        now: When they are sent.
        gateway: Who charges.

    Source: payments rules 1 and 2 of the gateway's port.
    """
    asked: Asked = {}
    with ThreadPoolExecutor(max_workers=at_once, thread_name_prefix="charge") as pool:
        try:
            for attempt in attempts:
                if not attempt.waits_for_bank_file:
                    asked[pool.submit(charge, attempt, gateway)] = attempt
                    if len(asked) >= ASKED * at_once:
                        half = len(asked) // 2
                        _settle_answered(asked, at_most=half, now=now, gateway=gateway)
        finally:
            _settle_answered(asked, at_most=0, now=now, gateway=gateway)


def _settle_answered(
    asked: Asked, *, at_most: int, now: dt.datetime, gateway: PaymentGateway
) -> None:
    """Wait until no more than ``at_most`` still wait, and settle together what came first."""
    answered = list(islice(as_completed(asked), len(asked) - at_most))
    came = [(asked.pop(each), each) for each in answered]
    _settle(
        [(attempt, each.result()) for attempt, each in came if each.exception() is None],
        now,
        gateway,
    )
    for each in answered:
        each.result()  # raises what the gateway's adapter could not read, now that the rest is safe


def _settle(answered: Answered, now: dt.datetime, gateway: PaymentGateway) -> None:
    """Settle answers together; if that fails, each alone, and leave a bad one to the janitor.

    When the database itself is gone, that goes on up.
    """
    try:
        settle_together(answered, now, gateway)
    except (OperationalError, InterfaceError):
        raise
    except Exception:  # whatever it is, the other accounts must not wait for it
        if len(answered) == 1:
            log.exception("payment attempt %s could not be settled", answered[0][0].key)
            return
        log.warning("%s answers could not be settled together", len(answered), exc_info=True)
        for each in answered:
            _settle([each], now, gateway)


def settle_together(answered: Answered, now: dt.datetime, gateway: PaymentGateway) -> None:
    """Record answers, entries and receipts in one transaction; what a guest gave, one by one.

    The same as ``charge_payment.settle`` of each: killed in between, every one of them is a
    question that the janitor asks again under its key.
    """
    for attempt, answer in answered:
        if attempt.is_guest:
            settle(attempt, answer, now, gateway)
    known = {attempt.key: answer for attempt, answer in answered if not attempt.is_guest}
    if not known:
        return
    reach("payment.gateway_answered")
    with transaction.atomic(durable=True):
        settled = operations.record_answers(answers=known, now=now)
        paid = [each for each, state in settled.values() if state is AttemptState.SUCCESS]
        tell_of_receipts(payments=paid, now=now)
        accounts = {part.account_id for each in paid for part in each.parts}
        stop_if_cleared(account_ids=sorted(accounts), now=now)
    reach("payment.result_recorded")
