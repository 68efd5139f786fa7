"""Payments whose answer was lost: asked for again, and settled once."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from smarthub.integrations.sandbox.gateway import SandboxGateway
from smarthub.kernel.money import Money
from smarthub.payments.operations import record_answer
from smarthub.payments.types import AttemptState
from smarthub.workflows.money.charge_payment import repair_unknown_attempts
from smarthub.workflows.money.pay_balance import get_receipt
from tests.cast import NOW, Cast
from tests.sandbox_gateway import (
    DECLINED,
    GOOD,
    SILENT_ONCE,
)
from tests.workflows.wallet import HALF, Wallet, bill, owed, subjects

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

LATER = NOW + dt.timedelta(minutes=2)


class TestRepair:
    def test_a_lost_answer_is_unknown_until_it_is_asked_for_and_counts_once(
        self, cast: Cast, wallet: Wallet
    ) -> None:
        bill(cast.account_1001, 50_00)
        card = wallet.add(cast.maria, SILENT_ONCE)

        outcome = wallet.pay(cast.maria, card, HALF)
        owed_meanwhile = owed(cast.account_1001)
        settled = [self.repair(wallet.simulator.gateway) for _ in range(2)]

        assert outcome.state is AttemptState.UNKNOWN
        assert owed_meanwhile == Money(50_00)
        assert settled == [1, 0]
        assert owed(cast.account_1001) == Money(0)
        assert [c["state"] for c in wallet.simulator.charges(str(outcome.payment_id))] == [
            "success"
        ]
        assert subjects() == ["We received your payment of $50.00"]

    def test_a_charge_that_never_arrived_is_sent_under_its_first_key(
        self, cast: Cast, wallet: Wallet, silent_gateway: SandboxGateway
    ) -> None:
        bill(cast.account_1001, 50_00)
        card = wallet.add(cast.maria, GOOD)
        outcome = wallet.pay(cast.maria, card, HALF, gateway=silent_gateway)

        while_down = self.repair(silent_gateway)
        when_up = self.repair(wallet.simulator.gateway)

        assert (while_down, when_up) == (0, 1)
        assert [c["key"] for c in wallet.simulator.charges(str(outcome.payment_id))] == [
            f"payment:{outcome.payment_id}"
        ]
        assert owed(cast.account_1001) == Money(0)

    def test_a_key_too_old_is_looked_up_but_never_charged(
        self, cast: Cast, wallet: Wallet, silent_gateway: SandboxGateway
    ) -> None:
        bill(cast.account_1001, 50_00)
        card = wallet.add(cast.maria, GOOD)
        outcome = wallet.pay(cast.maria, card, HALF, gateway=silent_gateway)

        settled = repair_unknown_attempts(
            now=NOW + dt.timedelta(hours=23), gateway=wallet.simulator.gateway
        )

        assert settled == 0
        assert wallet.simulator.charges(str(outcome.payment_id)) == []

    def test_whoever_left_is_told_by_mail_that_it_failed(
        self, cast: Cast, wallet: Wallet, silent_gateway: SandboxGateway
    ) -> None:
        bill(cast.account_1001, 50_00)
        card = wallet.add(cast.maria, DECLINED)
        wallet.pay(cast.maria, card, HALF, gateway=silent_gateway)

        settled = self.repair(wallet.simulator.gateway)

        assert settled == 1
        assert owed(cast.account_1001) == Money(50_00)
        assert subjects() == ["Your payment of $50.00 did not go through"]

    def test_what_is_settled_stays_as_it_is(self, cast: Cast, wallet: Wallet) -> None:
        bill(cast.account_1001, 50_00)
        card = wallet.add(cast.maria, GOOD)
        outcome = wallet.pay(cast.maria, card, HALF)
        key = f"payment:{outcome.payment_id}"

        news = [
            record_answer(key=key, state=state, now=LATER)
            for state in (AttemptState.SUCCESS, AttemptState.FAILED, AttemptState.UNKNOWN)
        ]

        assert news == [False, False, False]
        assert get_receipt(user_id=cast.maria.user.pk, payment_id=outcome.payment_id) == outcome
        assert owed(cast.account_1001) == Money(0)

    def repair(self, gateway: SandboxGateway) -> int:
        return repair_unknown_attempts(now=LATER, gateway=gateway)


def test_two_janitors_at_once_settle_a_payment_once(
    committing_cast: Cast, wallet: Wallet, silent_gateway: SandboxGateway
) -> None:
    cast = committing_cast
    bill(cast.account_1001, 50_00)
    wallet.pay(cast.maria, wallet.add(cast.maria, GOOD), HALF, gateway=silent_gateway)

    with ThreadPoolExecutor(3) as pool:
        settled = list(pool.map(repair_alone, [wallet.simulator.gateway] * 3))

    assert sum(settled) == 1
    assert owed(cast.account_1001) == Money(0)
    assert subjects() == ["We received your payment of $50.00"]


def repair_alone(gateway: SandboxGateway) -> int:
    try:
        return repair_unknown_attempts(now=LATER, gateway=gateway)
    finally:
        connections.close_all()
