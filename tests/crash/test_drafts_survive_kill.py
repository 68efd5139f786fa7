"""Killed at any point of a draft run: each bill is drafted once, and both books say the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.crash.installation import Actor, Installation
from tests.crash.test_payments_survive_kill import CHARGED_IN_LEDGER, said, variables
from tests.sandbox_gateway import (
    DECLINED,
    GOOD,
    SILENT_ONCE,
    Simulator,
    start_simulator,
    stop_simulator,
)

pytestmark = [pytest.mark.crash, pytest.mark.allow_hosts(["127.0.0.1"])]

CARDS = (GOOD, DECLINED, SILENT_ONCE)
POINTS = (
    "auto_pay.try_noted",
    "auto_pay.attempt_recorded",
    "payment.gateway_answered",
    "payment.result_recorded",
)
STREET = 8
"""Accounts whose drafts make one chunk; asked one at once, four calls wait when two are settled."""
REACHED = {
    "auto_pay.try_noted": (0, range(1)),
    "auto_pay.attempt_recorded": (STREET, range(1)),
    "payment.gateway_answered": (STREET, range(2, 5)),
    "payment.result_recorded": (STREET, range(2, 5)),
}
"""How many attempts of a chunk are recorded at each point, and how many calls may be made."""
ATTEMPTS = """
SELECT count(*)
  FROM payments_attempt a JOIN auto_pay_drafttry t USING (payment_id)
  JOIN auto_pay_autopaydraft d ON d.id = t.draft_id
 WHERE d.bill_number = ANY(%s)
"""
TRIES = """
SELECT t.payment_id::text
  FROM auto_pay_drafttry t JOIN auto_pay_autopaydraft d ON d.id = t.draft_id
 WHERE d.bill_number = %s
"""


@dataclass
class Drafter:
    """An installation that drafts and may be killed, with three cards of Maria's."""

    installation: Installation
    simulator: Simulator
    methods: dict[str, str]

    def act(self, *command: str, stop_at: str = "") -> Actor:
        return self.installation.start(
            "-m", "tests.crash.draft", *command, stop_at=stop_at, **variables(self.simulator)
        )

    def charges(self, bill_number: str) -> list[str]:
        """Return the outcome of every charge the gateway was asked for a bill."""
        tries = [row[0] for row in self.installation.ask(TRIES, bill_number)]
        return [c["state"] for each in tries for c in self.simulator.charges(each)]

    def books_agree(self) -> bool:
        charged = sorted(
            (charge["key"].removeprefix("payment:"), charge["amount_cents"])
            for charge in self.simulator.charges("payment:")
            if charge["state"] == "success"
        )
        return charged == sorted(self.installation.ask(CHARGED_IN_LEDGER))


@pytest.fixture(scope="module")
def drafter(
    installation: Installation, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Drafter]:
    simulator = start_simulator(tmp_path_factory.mktemp("gateway") / "state.sqlite3")
    made = Drafter(installation, simulator, {})
    methods = said(made.act("prepare", *CARDS)).split()
    made.methods = dict(zip(CARDS, methods, strict=True))
    yield made
    stop_simulator(made.simulator)


@pytest.mark.parametrize("card", CARDS, ids=["paid", "declined", "answer lost"])
@pytest.mark.parametrize("point", POINTS)
def test_killed_while_drafting_then_run_again_and_repaired(
    drafter: Drafter, point: str, card: str
) -> None:
    bill = f"{point}:{CARDS.index(card)}"[-38:]
    said(drafter.act("plan", bill, drafter.methods[card]))
    first = drafter.act("run", stop_at=point)
    first.wait_until_stopped_at_its_point()

    first.kill()
    said(drafter.act("recover"))

    end = "failed" if card == DECLINED else "success"
    assert drafter.charges(bill) == [end]
    assert drafter.books_agree()
    told = dict(pair.split("=") for pair in said(drafter.act("states")).split())
    assert told[bill] == ("to_be_tried_again" if card == DECLINED else "paid")


@pytest.mark.parametrize("point", POINTS)
def test_killed_with_a_chunk_begun_and_some_of_its_calls_made(drafter: Drafter, point: str) -> None:
    first_number = str(3000 + 100 * POINTS.index(point))
    street = said(drafter.act("street", first_number, str(STREET), drafter.methods[GOOD])).split()
    first = drafter.act("run", "1", stop_at=point)
    first.wait_until_stopped_at_its_point()

    first.kill()
    ((attempts,),) = drafter.installation.ask(ATTEMPTS, street)
    calls = sum(len(drafter.charges(bill)) for bill in street)
    said(drafter.act("recover"))

    begun, may_be_made = REACHED[point]
    assert attempts == begun
    assert calls in may_be_made
    assert [drafter.charges(bill) for bill in street] == [["success"]] * STREET
    assert drafter.books_agree()
