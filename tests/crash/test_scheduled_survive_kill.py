"""A scheduled payment, its job killed at any point: charged once at most, and both books agree."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from tests.crash.installation import Installation
from tests.crash.test_payments_survive_kill import CARDS, CENTS, Payer, said
from tests.sandbox_gateway import DECLINED, start_simulator, stop_simulator

pytestmark = [pytest.mark.crash, pytest.mark.allow_hosts(["127.0.0.1"])]

POINTS = ("schedule.payment_recorded", "payment.gateway_answered", "payment.result_recorded")


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
def test_killed_on_its_day_it_is_made_once(payer: Payer, point: str, card: str) -> None:
    ordered = str(uuid.uuid4())
    assert said(payer.act("order", ordered, payer.methods[card], CENTS)) == "ordered"
    first = payer.act("run_orders", stop_at=point)
    first.wait_until_stopped_at_its_point()

    first.kill()
    again = said(payer.act("run_orders_and_repair"))

    assert again == "0"  # the job finds the payment made; what is left is the janitor's
    charges = payer.simulator.charges(ordered)
    assert [charge["state"] for charge in charges] == ["failed" if card == DECLINED else "success"]
    assert payer.books_agree()
