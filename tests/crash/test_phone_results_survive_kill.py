"""Killed while the phone company's result is taken in: told again, it is booked once, and whole."""

from __future__ import annotations

import uuid

import pytest

from tests.crash.installation import Actor, Installation
from tests.crash.phone import ASKED_CENTS
from tests.crash.test_payments_survive_kill import said

pytestmark = pytest.mark.crash

POINTS = {"phone.result_written": 0, "phone.result_recorded": 1}
"""How many results a process killed there leaves behind."""
RESULTS = {
    "paid": ("paid", ASKED_CENTS, "booked"),
    "declined": ("failed", ASKED_CENTS, "noted"),
    "another amount": ("paid", ASKED_CENTS - 1, "suspense"),
}
EVENTS = "SELECT count(*)::int FROM payments_phoneevent WHERE reference = %s"
ON_ACCOUNT = """
SELECT coalesce(sum(m.amount_cents), 0)::int FROM payments_paymentpart m
  JOIN payments_phoneevent e ON e.payment_id = m.payment_id WHERE e.reference = %s
"""
CHARGED = (
    "SELECT coalesce(sum(amount_cents), 0)::int FROM ledger_postingrow WHERE gl = 'clearing:ivr'"
)
SUSPENSE = "SELECT count(*)::int FROM payments_suspenseitem WHERE source_key = %s"


def act(installation: Installation, *command: str, stop_at: str = "") -> Actor:
    return installation.start("-m", "tests.crash.phone", *command, stop_at=stop_at)


@pytest.mark.parametrize("result", RESULTS)
@pytest.mark.parametrize("point", POINTS)
def test_a_result_is_booked_once_wherever_it_was_killed(
    installation: Installation, point: str, result: str
) -> None:
    outcome, cents, told = RESULTS[result]
    hand_off, reference = str(uuid.uuid4()), f"tel-{uuid.uuid4().hex[:8]}"
    command = ("tell", hand_off, reference, outcome, str(cents))
    ((before,),) = installation.ask(CHARGED)
    said(act(installation, "start", hand_off))

    first = act(installation, *command, stop_at=point)
    first.wait_until_stopped_at_its_point()
    first.kill()
    left = installation.ask(EVENTS, reference)
    answers = [said(act(installation, *command)) for _ in range(2)]

    was_charged = cents if outcome == "paid" else 0
    assert left == [(POINTS[point],)]
    assert answers == [told, told]
    assert installation.ask(EVENTS, reference) == [(1,)]
    # what the company charged is here, on the account or in suspense, to the cent
    assert installation.ask(CHARGED) == [(before + was_charged,)]
    assert installation.ask(ON_ACCOUNT, reference) == [(cents if told == "booked" else 0,)]
    assert installation.ask(SUSPENSE, f"ivr:{reference}") == [(int(told == "suspense"),)]
