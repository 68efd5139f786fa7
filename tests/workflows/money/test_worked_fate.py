"""The second table of docs/algorithms/ledger.md, row by row, and others' judgement of it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from smarthub.kernel.money import Money
from smarthub.ledger.models import PostingRow
from smarthub.payments.models import SuspenseItem
from smarthub.payments.operations import match_suspense, park_in_suspense
from smarthub.workflows.bank.reconcile_settlements import reconcile_settlements
from smarthub.workflows.cooperative.export_ledger import gather_export
from smarthub.workflows.money.refund_payment import ask_refund
from tests.cast import NOW, TODAY, Cast
from tests.integrations.plain_accounts.judges import judge, written
from tests.sandbox_gateway import DISPUTED, GOOD, RETURNS, start_simulator, stop_simulator
from tests.workflows.both_books import hear, on, reference_of
from tests.workflows.cooperative.test_export_ledger import bill_and_book
from tests.workflows.wallet import Wallet, owed

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@pytest.fixture
def wallet(tmp_path: Path) -> Iterator[Wallet]:
    """Return a purse at a simulator of the test's own: a pay-out holds everybody's charges."""
    running = start_simulator(tmp_path / "state.sqlite3")
    yield Wallet(running)
    stop_simulator(running)


class Table:
    """Notes what each row posts, and what is owed after it."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.seen = PostingRow.objects.count()

    def row(self) -> tuple[dict[str, int], int]:
        """Return what was posted since the last row, by account, and what is owed now."""
        rows = PostingRow.objects.order_by("pk").values_list("gl", "amount_cents")[self.seen :]
        legs: dict[str, int] = {}
        for gl, cents in rows:
            legs[gl] = legs.get(gl, 0) + cents
        self.seen += len(rows)
        return legs, owed(self.cast.account_1001).cents


def test_the_fate_of_payments_comes_out_as_printed(  # noqa: PLR0915 (a table, row by row)
    cast: Cast, wallet: Wallet, tmp_path: Path
) -> None:
    simulator, card, ach = wallet.simulator, "clearing:sandbox:card", "clearing:sandbox:ach"
    later = NOW + dt.timedelta(days=3)
    bill_and_book(cast, "1001", TODAY, 100_00)
    table, disputed, returned, big = Table(cast), uuid.uuid4(), uuid.uuid4(), uuid.uuid4()

    method = wallet.add(cast.maria, DISPUTED)
    wallet.pay(cast.maria, method, {"1001": Money(50_00)}, payment_id=disputed)
    assert table.row() == ({card: 50_00, "ar:electric": -50_00}, 50_00)
    hear(simulator)
    assert table.row() == ({card: -50_00, "ar:electric": 50_00}, 100_00)
    simulator.act(reference_of(simulator, disputed), "win")
    hear(simulator)
    assert table.row() == ({card: 50_00, "ar:electric": -50_00}, 50_00)

    bank = wallet.add_bank(cast.maria, RETURNS)
    wallet.pay(cast.maria, bank, {"1001": Money(20_00)}, payment_id=returned)
    assert table.row() == ({}, 50_00)
    simulator.end_day(TODAY)
    hear(simulator)
    assert table.row() == ({ach: 20_00, "ar:electric": -20_00}, 30_00)
    reconcile_settlements(now=later, gateway=simulator.gateway)
    paid_out = {card: -50_00, ach: -20_00, "gateway_fee": 16_91, "bank": 53_09}
    assert table.row() == (paid_out, 30_00)
    simulator.end_day(TODAY + dt.timedelta(days=1))
    hear(simulator)
    back = {ach: -20_00, "ar:electric": 20_00, "ar:fees": 25_00, "fee:nsf": -25_00}
    assert table.row() == (back, 75_00)
    reconcile_settlements(now=later, gateway=simulator.gateway)
    assert table.row() == ({ach: 20_00, "bank": -20_00}, 75_00)

    method = wallet.add(cast.maria, GOOD)
    wallet.pay(cast.maria, method, {"1001": Money(300_00)}, payment_id=big, allow_credit=True)
    shared = {card: 300_00, "ar:electric": -50_00, "ar:fees": -25_00, "unapplied_cash": -225_00}
    assert table.row() == (shared, -225_00)
    ask_refund(
        refund_id=uuid.uuid4(),
        user_id=cast.dana.user.pk,
        payment_id=big,
        account_number="1001",
        amount=Money(80_00),
        reason="Paid too much",
        now=NOW,
        gateway=simulator.gateway,
    )
    assert table.row() == ({"unapplied_cash": 80_00, "refund_payable": 0, card: -80_00}, -145_00)

    park_in_suspense(
        source_key="lockbox:1",
        amount=Money(45_00),
        channel="mail",
        told="?",
        received_on=TODAY,
        now=NOW,
    )
    assert table.row() == ({"clearing:mail": 45_00, "suspense": -45_00}, -145_00)
    item = SuspenseItem.objects.get()
    match_suspense(item_id=item.pk, account_number="1001", by=cast.dana.person_id, now=NOW)
    assert table.row() == ({"suspense": 45_00, "unapplied_cash": -45_00}, -190_00)

    assert on("suspense") == on(ach) == 0
    assert judge(written(gather_export(), "beancount"), "beancount", tmp_path) == ""
