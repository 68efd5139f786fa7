"""What paying costs where a co-op decided it: agreed to first, and on nobody's account."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from smarthub.cooperative.operations import set_policy
from smarthub.kernel.money import ZERO, Money
from smarthub.notifications.models import Message
from smarthub.payments.engine import FeeRule
from smarthub.payments.models import Payment
from smarthub.payments.operations import FeeNotAgreed
from smarthub.payments.types import AttemptState, MethodKind, PaymentStatus
from smarthub.workflows.bank.reconcile_settlements import reconcile_settlements
from smarthub.workflows.money.pay_balance import pay_balance
from smarthub.workflows.money.pay_by_link import begin_as_guest, card_fee, pay_by_link, start_card
from smarthub.workflows.money.schedule_payment import pay_scheduled, schedule_payment
from tests.cast import NOW, TODAY, Cast
from tests.sandbox_gateway import (
    DECLINED,
    DISPUTED,
    GOOD,
    RETURNS,
    start_simulator,
    stop_simulator,
)
from tests.workflows.both_books import exceptions, hear, on, reference_of, status
from tests.workflows.wallet import HALF, Wallet, bill, owed

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

CARD_CLEARING = "clearing:sandbox:card"
FEE = Money(3_25)
"""For 50.00 by card: 2.00 flat and 2.5 % (1.25)."""


@pytest.fixture
def wallet(tmp_path: Path) -> Iterator[Wallet]:
    """Return a purse at a simulator of the test's own: a pay-out holds everybody's charges."""
    running = start_simulator(tmp_path / "state.sqlite3")
    yield Wallet(running)
    stop_simulator(running)


def charge_fees(**values: Any) -> None:
    """Let paying cost something from today on; by card 2.00 and 2.5 % unless told otherwise."""
    given = {"card_cents": 2_00, "card_percent": "2.5", **values}
    for name, value in given.items():
        set_policy(
            key=f"payment_fee.{name}",
            value=value,
            effective_from=TODAY,
            author="the board",
            now=NOW,
            source_note="resolution 2026-11",
        )


def pay(
    cast: Cast, wallet: Wallet, method: uuid.UUID, fee: Money, pay_id: uuid.UUID | None = None
) -> uuid.UUID:
    payment_id = pay_id or uuid.uuid4()
    pay_balance(
        payment_id=payment_id,
        user_id=cast.maria.user.pk,
        parts=HALF,
        method_id=method,
        now=NOW,
        gateway=wallet.simulator.gateway,
        fee=fee,
    )
    return payment_id


@pytest.mark.parametrize(
    ("kind", "cents", "fee"),
    [
        (MethodKind.CARD, 50_00, 3_25),  # 2.00 + 1.25
        (MethodKind.CARD, 1, 2_00),  # 0.00025 is no cent
        (MethodKind.CARD, 20, 2_01),  # 0.005 is one: half away from zero
        (MethodKind.BANK, 50_00, 75),
    ],
)
def test_a_fee_is_its_flat_part_and_its_percentage(kind: MethodKind, cents: int, fee: int) -> None:
    rule = FeeRule(Money(2_00), Decimal("2.5"), Money(75))

    assert rule.fee(kind=kind, amount=Money(cents)) == Money(fee)


class TestAFee:
    def test_is_charged_with_the_payment_and_owed_by_nobody(
        self, cast: Cast, wallet: Wallet
    ) -> None:
        charge_fees()
        bill(cast.account_1001, 80_00)

        payment_id = pay(cast, wallet, wallet.add(cast.maria, GOOD), FEE)

        (charge,) = wallet.simulator.charges(str(payment_id))
        assert charge["amount_cents"] == 53_25
        assert owed(cast.account_1001) == Money(30_00)
        assert (on(CARD_CLEARING), on("fee:paying")) == (53_25, -3_25)
        assert "$3.25" in Message.objects.get(template="payment_receipt").body

    @pytest.mark.parametrize("fee", [ZERO, Money(3_24), Money(3_26)])
    def test_that_was_not_agreed_to_is_never_charged(
        self, cast: Cast, wallet: Wallet, fee: Money
    ) -> None:
        charge_fees()
        bill(cast.account_1001, 80_00)

        with pytest.raises(FeeNotAgreed) as refused:
            pay(cast, wallet, wallet.add(cast.maria, GOOD), fee)

        assert refused.value.values["fee"] == FEE
        assert not Payment.objects.exists()

    def test_is_none_where_the_co_op_decided_none_and_for_what_it_left_out(
        self, cast: Cast, wallet: Wallet
    ) -> None:
        bill(cast.account_1001, 110_00)
        card, bank = wallet.add(cast.maria, GOOD), wallet.add_bank(cast.maria, "000123456789")

        pay(cast, wallet, card, ZERO)
        charge_fees()
        pay(cast, wallet, bank, ZERO)

        assert on("fee:paying") == 0

    def test_is_charged_once_for_a_double_click_also_when_the_policy_moves_between(
        self, cast: Cast, wallet: Wallet
    ) -> None:
        charge_fees()
        bill(cast.account_1001, 80_00)
        card, payment_id = wallet.add(cast.maria, GOOD), uuid.uuid4()

        pay(cast, wallet, card, FEE, payment_id)
        charge_fees(card_cents=9_00)
        pay(cast, wallet, card, FEE, payment_id)

        assert len(wallet.simulator.charges(str(payment_id))) == 1
        assert on("fee:paying") == -3_25


class TestWhatBecomesOfAFee:
    def test_it_goes_back_with_a_payment_the_bank_returns(self, cast: Cast, wallet: Wallet) -> None:
        charge_fees(bank_cents=1_00)
        bill(cast.account_1001, 80_00)
        payment_id = pay(cast, wallet, wallet.add_bank(cast.maria, RETURNS), Money(1_00))
        simulator = wallet.simulator

        simulator.end_day(TODAY)
        hear(simulator)
        assert (on("clearing:sandbox:ach"), on("fee:paying")) == (51_00, -1_00)
        simulator.end_day(TODAY + dt.timedelta(days=1))
        hear(simulator)

        assert status(payment_id) is PaymentStatus.RETURNED
        assert (on("clearing:sandbox:ach"), on("fee:paying")) == (0, 0)

    def test_a_dispute_takes_its_share_and_gives_it_back_when_won(
        self, cast: Cast, wallet: Wallet
    ) -> None:
        charge_fees()
        bill(cast.account_1001, 80_00)
        payment_id = pay(cast, wallet, wallet.add(cast.maria, DISPUTED), FEE)
        simulator = wallet.simulator

        hear(simulator)
        assert (on(CARD_CLEARING), on("fee:paying")) == (0, 0)
        assert owed(cast.account_1001) == Money(80_00)
        simulator.act(reference_of(simulator, payment_id), "win")
        hear(simulator)

        assert (on(CARD_CLEARING), on("fee:paying")) == (53_25, -3_25)
        assert owed(cast.account_1001) == Money(30_00)

    def test_a_pay_out_holds_it_and_nothing_differs(self, cast: Cast, wallet: Wallet) -> None:
        charge_fees()
        bill(cast.account_1001, 80_00)
        pay(cast, wallet, wallet.add(cast.maria, GOOD), FEE)
        wallet.simulator.end_day(TODAY)

        reconcile_settlements(now=NOW + dt.timedelta(days=3), gateway=wallet.simulator.gateway)

        assert (on(CARD_CLEARING), exceptions()) == (0, [])


class TestOtherWaysToPay:
    def test_a_guest_agrees_to_it_as_well(self, committing_cast: Cast, wallet: Wallet) -> None:
        charge_fees()
        bill(committing_cast.account_1001, 80_00)
        link = begin_as_guest(number="1001", name="Alvarez", now=NOW)
        back, gateway = "http://127.0.0.1:8000/pay/link/x/5000/", wallet.simulator.gateway
        url = start_card(link=link, return_to=back, language="en", now=NOW, gateway=gateway)
        given: dict[str, Any] = {
            "link": link,
            "amount": Money(50_00),
            "reference": wallet.simulator.give_card(url, GOOD),
            "return_to": back,
            "now": NOW,
            "gateway": gateway,
        }

        with pytest.raises(FeeNotAgreed):
            pay_by_link(**given)
        outcome = pay_by_link(fee=card_fee(amount=Money(50_00), now=NOW), **given)

        assert (outcome.state, outcome.fee) == (AttemptState.SUCCESS, FEE)
        assert on(CARD_CLEARING) == 53_25

    @pytest.mark.parametrize(
        ("due", "flat", "charged"),
        [
            (80_00, 2_00, 53_25),  # as agreed
            (20_00, 2_00, 22_50),  # of the 20.00 that are due then: 2.00 and 0.50
            (80_00, 9_00, 53_25),  # dearer by then: no more than was agreed to
            (80_00, 0, 51_25),  # cheaper by then
        ],
    )
    def test_on_a_day_never_more_is_charged_than_was_agreed_to(
        self, committing_cast: Cast, wallet: Wallet, due: int, flat: int, charged: int
    ) -> None:
        charge_fees()
        cast, payment_id, later = committing_cast, uuid.uuid4(), NOW + dt.timedelta(days=2)
        bill(cast.account_1001, due)
        schedule_payment(
            payment_id=payment_id,
            user_id=cast.maria.user.pk,
            parts=HALF,
            method_id=wallet.add(cast.maria, GOOD),
            pay_on=TODAY + dt.timedelta(days=2),
            keeps_amount=False,
            now=NOW,
            fee=FEE,
        )
        charge_fees(card_cents=flat)

        pay_scheduled(now=later, gateway=wallet.simulator.gateway)

        (charge,) = wallet.simulator.charges(str(payment_id))
        assert charge["amount_cents"] == charged

    def test_a_declined_card_costs_nothing(self, cast: Cast, wallet: Wallet) -> None:
        charge_fees()
        bill(cast.account_1001, 80_00)

        with pytest.raises(Exception, match="card_declined"):
            pay(cast, wallet, wallet.add(cast.maria, DECLINED), FEE)

        assert (on(CARD_CLEARING), on("fee:paying")) == (0, 0)
