"""Killed while hearing the gateway or booking its pay-outs: both books say the same, exactly once.

A seed shuffles which case comes when; ``SMARTHUB_SEED`` replays one.
"""

from __future__ import annotations

import os
import random
import uuid
from collections.abc import Iterator

import pytest

from tests.cast import NOW
from tests.crash.installation import Actor, Installation
from tests.crash.test_payments_survive_kill import CARDS, Payer, said, variables
from tests.sandbox_gateway import GOOD, start_simulator, stop_simulator

pytestmark = [pytest.mark.crash, pytest.mark.allow_hosts(["127.0.0.1"])]

SEED = int(os.environ.get("SMARTHUB_SEED", "1"))
HEARING = ("webhook.kept", "webhook.charge_asked", "webhook.handled")
SETTLING = ("settlement.fetched", "settlement.charges_asked", "settlement.booked")
CASES = [(point, card) for point in (*HEARING, *SETTLING) for card in CARDS]
random.Random(SEED).shuffle(CASES)  # noqa: S311 (an order, not a secret)

PAID = """
SELECT split_part(source_key, ':', 2), sum(p.amount_cents)::int
  FROM ledger_entry e JOIN ledger_postingrow p ON p.entry_id = e.id
 WHERE p.gl = 'clearing:sandbox:card' AND e.kind IN ('payment', 'payment_fee')
 GROUP BY 1
"""
SUMS = """
SELECT coalesce(sum(amount_cents) FILTER (WHERE gl = 'bank'), 0)::int,
       coalesce(sum(amount_cents) FILTER (WHERE gl = 'gateway_fee'), 0)::int,
       coalesce(sum(amount_cents) FILTER (WHERE gl = 'clearing:sandbox:card'), 0)::int,
       coalesce(sum(amount_cents), 0)::int
  FROM ledger_postingrow
"""
UNHANDLED = """
SELECT count(*) FROM payments_inboxevent e
 WHERE NOT EXISTS (SELECT FROM payments_inboxresult r WHERE r.event_id = e.id)
"""


@pytest.fixture(scope="module")
def payer(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Payer]:
    simulator = start_simulator(tmp_path_factory.mktemp("gateway") / "state.sqlite3")
    made = Payer(installation, simulator, {})
    methods = said(made.act("prepare", *CARDS)).split()
    made.methods = dict(zip(CARDS, methods, strict=True))
    yield made
    stop_simulator(made.simulator)


def act(payer: Payer, *command: str, stop_at: str = "") -> Actor:
    return payer.installation.start(
        "-m", "tests.crash.money", *command, stop_at=stop_at, **variables(payer.simulator)
    )


def kill_at(payer: Payer, point: str, *command: str) -> None:
    first = act(payer, *command, stop_at=point)
    first.wait_until_stopped_at_its_point()
    first.kill()


def paid_at_the_gateway(payer: Payer) -> list[tuple[str, int]]:
    return sorted(
        (charge["memo"], charge["amount_cents"])
        for charge in payer.simulator.charges("payment:")
        if charge["state"] == "success"
    )


def disputed_at_the_gateway(payer: Payer) -> int:
    charges = payer.simulator.charges("payment:")
    return sum(each["amount_cents"] for charge in charges for each in charge["disputes"])


def settled_at_the_gateway(payer: Payer) -> tuple[int, int]:
    """Return what was paid out before fees, and the fees, in cents."""
    settlements = payer.simulator.gateway.list_settlements(since=NOW.date())
    lines = [line for settlement in settlements for line in settlement.lines]
    return (
        sum(line.amount.cents for line in lines),
        sum(line.fee.cents for line in lines),
    )


@pytest.mark.parametrize(("point", "card"), CASES, ids=lambda value: str(value).replace(" ", ""))
def test_killed_then_recovered_both_books_agree(payer: Payer, point: str, card: str) -> None:
    payment_id = str(uuid.uuid4())
    payer.pay(payment_id, card).end()
    (charge,) = payer.simulator.charges(payment_id)
    if card == GOOD:
        payer.simulator.act(charge["reference"], "dispute", "fraudulent")
    if point in SETTLING:
        payer.pay(str(uuid.uuid4()), GOOD).end()  # so that there is always something to pay out
        payer.simulator.end_day(NOW.date())

    match point:
        case "webhook.kept":
            kill_at(payer, point, "receive", charge["reference"], f"evt_{payment_id}")
        case _ if point in HEARING:
            kill_at(payer, point, "hear")
        case _:
            kill_at(payer, point, "reconcile")
    second_time = said(act(payer, "recover")).split()[3:]

    assert second_time == ["0", "0", "0"], f"SMARTHUB_SEED={SEED}"
    assert len(payer.simulator.charges(payment_id)) == 1
    assert sorted(payer.installation.ask(PAID)) == paid_at_the_gateway(payer)
    bank, fees, clearing, everything = payer.installation.ask(SUMS)[0]
    gross, told_fees = settled_at_the_gateway(payer)
    in_the_gateway = sum(cents for _, cents in paid_at_the_gateway(payer))
    assert (bank, fees) == (gross - told_fees, told_fees)
    assert clearing == in_the_gateway - disputed_at_the_gateway(payer) - gross
    assert everything == 0
    assert payer.installation.ask(UNHANDLED) == [(0,)]
