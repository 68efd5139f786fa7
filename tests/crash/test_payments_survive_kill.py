"""Killed at any point of paying: charged once at most, and both books say the same."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.crash.installation import Actor, Installation
from tests.crash.pay import FEE_CENTS
from tests.sandbox_gateway import (
    DECLINED,
    GOOD,
    SECRET,
    SILENT_ONCE,
    TIMEOUT_SECONDS,
    Simulator,
    start_simulator,
    stop_simulator,
)

pytestmark = [pytest.mark.crash, pytest.mark.allow_hosts(["127.0.0.1"])]

CENTS = "1234"
CARDS = (GOOD, DECLINED, SILENT_ONCE)
POINTS = ("payment.attempt_recorded", "payment.gateway_answered", "payment.result_recorded")
CHARGED_IN_LEDGER = """
SELECT split_part(source_key, ':', 2), sum(p.amount_cents)::bigint
  FROM ledger_entry e JOIN ledger_postingrow p ON p.entry_id = e.id
 WHERE p.gl = 'clearing:sandbox:card'
 GROUP BY 1
"""
FEES_IN_LEDGER = """
SELECT split_part(source_key, ':', 2), -p.amount_cents
  FROM ledger_entry e JOIN ledger_postingrow p ON p.entry_id = e.id
 WHERE p.gl = 'fee:paying'
"""
MESSAGES = "SELECT template FROM notifications_message WHERE dedupe_key LIKE %s"
BALANCE = """
SELECT sum(amount_cents) FROM ledger_postingrow
 WHERE gl = 'ar:electric' AND account_id = (SELECT id FROM accounts_account WHERE number = '1001')
"""


@dataclass
class Payer:
    """Maria at an installation that may be killed, with three cards in her wallet."""

    installation: Installation
    simulator: Simulator
    methods: dict[str, str]

    def act(self, *command: str, stop_at: str = "") -> Actor:
        return self.installation.start(
            "-m", "tests.crash.pay", *command, stop_at=stop_at, **variables(self.simulator)
        )

    def pay(self, payment_id: str, card: str, *, stop_at: str = "") -> Actor:
        return self.act("pay", payment_id, self.methods[card], CENTS, stop_at=stop_at)

    def books_agree(self) -> bool:
        """Return whether every charge is in the ledger, every entry at the gateway, each once.

        Each charge bears its fee once, beside what it pays of the debt.
        """
        charged = sorted(
            (charge["key"].removeprefix("payment:"), charge["amount_cents"])
            for charge in self.simulator.charges("payment:")
            if charge["state"] == "success"
        )
        entered = sorted(self.installation.ask(CHARGED_IN_LEDGER))
        (balance,) = self.installation.ask(BALANCE)[0]
        fees = sorted(self.installation.ask(FEES_IN_LEDGER))
        paid = sum(cents - FEE_CENTS for _, cents in entered)
        bears_its_fee_once = fees == [(payment, FEE_CENTS) for payment, _ in charged]
        return charged == entered and bears_its_fee_once and balance == 1_000_00 - paid


def variables(simulator: Simulator) -> dict[str, str]:
    return {
        "SMARTHUB_GATEWAY_URL": simulator.url,
        "SMARTHUB_GATEWAY_SECRET": SECRET,
        "SMARTHUB_GATEWAY_TIMEOUT_SECONDS": str(TIMEOUT_SECONDS),
    }


def said(actor: Actor) -> str:
    return actor.end().rpartition("said: ")[2].strip()


@pytest.fixture(scope="module")
def payer(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Payer]:
    simulator = start_simulator(tmp_path_factory.mktemp("gateway") / "state.sqlite3")
    made = Payer(installation, simulator, {})
    methods = said(made.act("prepare", *CARDS)).split()
    made.methods = dict(zip(CARDS, methods, strict=True))
    yield made
    stop_simulator(made.simulator)


@pytest.mark.parametrize("card", CARDS, ids=["paid", "declined", "answer lost"])
@pytest.mark.parametrize("point", POINTS)
def test_killed_while_paying_then_sent_again_and_repaired(
    payer: Payer, point: str, card: str
) -> None:
    payment_id = str(uuid.uuid4())
    first = payer.pay(payment_id, card, stop_at=point)
    first.wait_until_stopped_at_its_point()

    first.kill()
    steps = said(payer.act("recover", payment_id, payer.methods[card], CENTS)).split()

    was_settled = point == "payment.result_recorded" and card != SILENT_ONCE
    end = "card_declined" if card == DECLINED else "success"
    unknown = "unknown" if point == "payment.result_recorded" else "pending"
    sent_again, *repaired, in_the_end = steps
    assert sent_again == (end if was_settled else unknown)
    assert sorted(repaired) == (["0", "0"] if was_settled else ["0", "1"])
    assert in_the_end == end
    assert len(payer.simulator.charges(payment_id)) == 1
    assert payer.books_agree()
    told = payer.installation.ask(MESSAGES, f"%{payment_id}%")
    expected = "payment_receipt" if end == "success" else "payment_failed"
    on_screen_only = end == "card_declined" and was_settled
    assert told == ([] if on_screen_only else [(expected,)])


def test_the_gateway_killed_with_an_answer_on_its_lips_still_knows_the_charge(
    payer: Payer,
) -> None:
    payment_id = str(uuid.uuid4())
    first = payer.pay(payment_id, GOOD, stop_at="payment.gateway_answered")
    first.wait_until_stopped_at_its_point()

    first.kill()
    state, port = payer.simulator.state, int(payer.simulator.url.rpartition(":")[2])
    stop_simulator(payer.simulator)
    while_down = said(payer.act("repair"))
    payer.simulator = start_simulator(state, port=port)
    when_up = said(payer.act("repair"))

    assert (while_down, when_up) == ("0", "1")
    assert len(payer.simulator.charges(payment_id)) == 1
    assert payer.books_agree()
