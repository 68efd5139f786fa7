"""Pay-outs against payments: what fits is booked, what does not is put before staff."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from smarthub.kernel.money import Money
from smarthub.payments.models import MoneyException
from smarthub.payments.operations import explain_exception, record_settlement
from smarthub.payments.ports import Settlement, SettlementLine
from smarthub.payments.types import LineKind, PaymentStatus
from smarthub.workflows.bank.reconcile_settlements import reconcile_settlements
from smarthub.workflows.money.charge_payment import repair_unknown_attempts
from tests.cast import NOW, Cast
from tests.sandbox_gateway import (
    DISPUTED,
    GOOD,
    RETURNS,
    Simulator,
    start_simulator,
    stop_simulator,
)
from tests.workflows.both_books import exceptions, on, reference_of, status
from tests.workflows.wallet import Wallet, bill, owed

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
TODAY = NOW.date()


@pytest.fixture
def own(tmp_path_factory: pytest.TempPathFactory) -> object:
    """Run a simulator of the test's own: a pay-out holds everybody's charges."""
    running = start_simulator(tmp_path_factory.mktemp("own") / "state.sqlite3")
    yield running
    stop_simulator(running)


@pytest.fixture
def wallet(own: Simulator) -> Wallet:
    return Wallet(own)


def pay(cast: Cast, wallet: Wallet, method: uuid.UUID, cents: int) -> uuid.UUID:
    payment_id = uuid.uuid4()
    wallet.pay(cast.maria, method, {"1001": Money(cents)}, payment_id=payment_id)
    return payment_id


def reconcile(wallet: Wallet, *, days: int = 0) -> int:
    return reconcile_settlements(
        now=NOW + dt.timedelta(days=days), gateway=wallet.simulator.gateway
    )


def a_line(charge: str, cents: int, reference: str = "txn_1") -> SettlementLine:
    return SettlementLine(reference, LineKind.CHARGE, charge, Money(cents), Money(0))


class TestWhatFits:
    def test_clearing_comes_to_nothing_and_the_bank_has_the_rest(
        self, cast: Cast, wallet: Wallet
    ) -> None:
        """50.00 by card with a fee of 1.75, 20.00 by bank with a fee of 0.16 and returned."""
        bill(cast.account_1001, 100_00)
        pay(cast, wallet, wallet.add(cast.maria, GOOD), 50_00)
        returned = pay(cast, wallet, wallet.add_bank(cast.maria, RETURNS), 20_00)
        for days in (0, 1):
            wallet.simulator.end_day(TODAY + dt.timedelta(days=days))

        booked = [reconcile(wallet, days=2) for _ in range(2)]

        assert booked == [2, 0]
        assert status(returned) is PaymentStatus.RETURNED
        assert on("clearing:sandbox:card") == on("clearing:sandbox:ach") == 0
        assert on("gateway_fee") == 1_75 + 16
        assert on("bank") == 50_00 - 1_75 - 16
        assert owed(cast.account_1001) == Money(75_00)  # 100.00 - 50.00 and the fee of 25.00
        assert exceptions() == []

    def test_a_dispute_we_never_heard_of_is_found_by_the_pay_out(
        self, cast: Cast, wallet: Wallet
    ) -> None:
        bill(cast.account_1001, 100_00)
        payment_id = pay(cast, wallet, wallet.add(cast.maria, DISPUTED), 50_00)
        wallet.simulator.end_day(TODAY)

        reconcile(wallet, days=1)

        assert status(payment_id) is PaymentStatus.DISPUTED
        assert on("clearing:sandbox:card") == 0
        assert exceptions() == ["disputed"]


class TestWhatDoesNotFit:
    def test_a_charge_nobody_made_goes_to_suspense(self, cast: Cast) -> None:
        del cast
        settlement = Settlement("pay_1", TODAY, (a_line("chg_of_nobody", 12_34),))

        news = [record_settlement(gateway="sandbox", settlement=settlement, now=NOW) for _ in "ab"]

        assert news == [True, False]
        assert (on("suspense"), on("bank")) == (-12_34, 12_34)
        assert exceptions() == ["line_unknown"]

    def test_another_amount_and_a_second_pay_out_of_one_charge(
        self, cast: Cast, wallet: Wallet
    ) -> None:
        bill(cast.account_1001, 100_00)
        payment_id = pay(cast, wallet, wallet.add(cast.maria, GOOD), 50_00)
        charge = reference_of(wallet.simulator, payment_id)

        for number, cents in enumerate([50_01, 50_00]):
            line = a_line(charge, cents, f"txn_{number}")
            settlement = Settlement(f"pay_{number}", TODAY, (line,))
            record_settlement(gateway="sandbox", settlement=settlement, now=NOW)

        assert exceptions() == ["line_differs", "settled_twice"]

    def test_a_charge_not_paid_out_in_time_until_it_is(self, cast: Cast, wallet: Wallet) -> None:
        bill(cast.account_1001, 100_00)
        pay(cast, wallet, wallet.add(cast.maria, GOOD), 50_00)
        empty = start_nothing(wallet)

        reconcile_settlements(now=NOW + dt.timedelta(days=6), gateway=empty.gateway)
        overdue = exceptions()
        wallet.simulator.end_day(TODAY)
        reconcile(wallet, days=7)
        stop_simulator(empty)

        assert overdue == ["not_settled"]
        assert exceptions() == []
        assert MoneyException.objects.get().explanation.text == "Paid out since."

    def test_an_attempt_unknown_for_longer_than_a_key_lives(
        self, cast: Cast, wallet: Wallet, silent_gateway: object
    ) -> None:
        bill(cast.account_1001, 100_00)
        method = wallet.add(cast.maria, GOOD)
        wallet.pay(cast.maria, method, {"1001": Money(1)}, gateway=silent_gateway)  # type: ignore[arg-type]

        later = NOW + dt.timedelta(hours=24)
        repair_unknown_attempts(now=later, gateway=wallet.simulator.gateway)
        reconcile(wallet, days=1)

        assert exceptions() == ["unanswered"]

    def test_is_closed_by_words(self, cast: Cast) -> None:
        settlement = Settlement("pay_1", TODAY, (a_line("chg_of_nobody", 12_34),))
        record_settlement(gateway="sandbox", settlement=settlement, now=NOW)
        found = MoneyException.objects.get()

        explain_exception(
            exception_id=found.pk, text="The till's own test", by=cast.dana.person_id, now=NOW
        )

        assert exceptions() == []


def start_nothing(wallet: Wallet) -> Simulator:
    """Start a simulator that paid nothing out."""
    return start_simulator(wallet.simulator.state.with_name("other.sqlite3"))
