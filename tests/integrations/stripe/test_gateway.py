"""The adapter against localstripe, which plays Stripe's server in a process of its own.

It knows cards, charges, declines and refunds. It ignores idempotency keys, lists no payments of one
customer, and has no bank accounts, disputes or pay-outs; those answers are read as Stripe
documents them.
"""

from __future__ import annotations

import datetime as dt
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
import stripe

from smarthub.integrations.event_signature import sign
from smarthub.integrations.stripe import reading
from smarthub.integrations.stripe.gateway import StripeGateway
from smarthub.kernel.money import Money
from smarthub.payments.ports import (
    EventRefused,
    GatewayUnavailable,
    MethodFacts,
    SetupUnknown,
)
from smarthub.payments.types import AttemptState, DisputeStage, LineKind, MethodKind

pytestmark = pytest.mark.allow_hosts(["127.0.0.1", "localhost"])

PUBLIC, SECRET, EVENTS_SECRET = "pk_test_x", "sk_test_12345", "whsec_for_tests"
NOW = dt.datetime(2026, 11, 22, 18, 0, tzinfo=dt.UTC)
GOOD, DECLINED_LATER = "4242424242424242", "4000000000000341"


@dataclass
class LocalStripe:
    """The running stand-in, and our adapter before it."""

    url: str
    gateway: StripeGateway

    def give_card(self, number: str) -> str:
        """Do what Stripe's script does in a browser, and return the token kept of it."""
        session = self.gateway.create_setup(
            member_ref="person:1",
            kind=MethodKind.CARD,
            return_to="http://127.0.0.1:8000/pay/card/return/",
            language="en",
            key=str(uuid.uuid4()),
        )
        client_secret, _ = self.gateway.get_form(reference=session.reference)
        httpx.post(
            f"{self.url}/v1/setup_intents/{session.reference}/confirm",
            json={
                "key": PUBLIC,
                "client_secret": client_secret,
                "payment_method_data": {
                    "type": "card",
                    "card": {"number": number, "exp_month": 8, "exp_year": 2030, "cvc": "123"},
                },
            },
            headers={"Authorization": f"Bearer {SECRET}"},
            trust_env=False,
        ).raise_for_status()
        return self.gateway.get_setup(reference=session.reference).token


@pytest.fixture(scope="module")
def local() -> Iterator[LocalStripe]:
    """Start localstripe on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "localstripe", "--from-scratch", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            httpx.get(url, trust_env=False)
            break
        except httpx.TransportError:
            time.sleep(0.1)
    yield LocalStripe(url, adapter(url))
    process.kill()
    process.wait()


def adapter(url: str) -> StripeGateway:
    return StripeGateway(
        secret=SECRET,
        events_secret=EVENTS_SECRET,
        form_address="http://127.0.0.1:8000/pay/form/",
        timeout_seconds=10,
        api=url,
    )


class TestCards:
    def test_are_kept_as_token_brand_and_four_digits(self, local: LocalStripe) -> None:
        session = local.gateway.create_setup(
            member_ref="person:1",
            kind=MethodKind.CARD,
            return_to="http://127.0.0.1:8000/back/",
            language="es",
            key="once",
        )
        before = local.gateway.get_setup(reference=session.reference)

        assert session.url == f"http://127.0.0.1:8000/pay/form/{session.reference}/"
        assert before.token == ""
        assert local.gateway.get_form(reference=session.reference)[1].endswith("/back/")
        with pytest.raises(SetupUnknown):
            local.gateway.get_setup(reference="seti_nobody")

    def test_are_charged_and_refunded(self, local: LocalStripe) -> None:
        token, key = local.give_card(GOOD), f"payment:{uuid.uuid4()}"

        charged = local.gateway.charge(token=token, amount=Money(12_34), key=key, memo="m")
        state = local.gateway.get_charge(reference=charged.reference)
        refunded = local.gateway.refund(
            charge_reference=charged.reference, amount=Money(2_34), key=f"refund:{key}"
        )
        again = local.gateway.lookup_refund(charge_reference=charged.reference, key=f"refund:{key}")

        assert token.startswith("cus_")
        assert charged.state is AttemptState.SUCCESS
        assert state is not None
        assert (state.key, state.amount, state.disputes) == (key, Money(12_34), ())
        assert refunded.state is AttemptState.SUCCESS
        assert again == refunded

    def test_that_are_declined_have_failed_with_the_banks_reason(self, local: LocalStripe) -> None:
        token = local.give_card(DECLINED_LATER)

        answer = local.gateway.charge(token=token, amount=Money(1_00), key="d", memo="m")

        assert (answer.state, answer.reason) == (AttemptState.FAILED, "card_declined")

    def test_what_is_not_there_is_none_or_has_failed(self, local: LocalStripe) -> None:
        assert local.gateway.get_charge(reference="pi_nobody") is None
        gone = local.gateway.refund(charge_reference="pi_nobody", amount=Money(1), key="r")
        assert gone.state is AttemptState.FAILED

    def test_detached_twice_is_no_fault(self, local: LocalStripe) -> None:
        token = local.give_card(GOOD)

        for _ in range(2):
            local.gateway.detach(token=token)


class TestSilence:
    def test_leaves_the_outcome_unknown(self) -> None:
        nobody = adapter("http://127.0.0.1:9")

        with pytest.raises(GatewayUnavailable):
            nobody.charge(token="cus_1/pm_1/card", amount=Money(1), key="k", memo="m")
        with pytest.raises(GatewayUnavailable):
            nobody.lookup(key="k", token="cus_1/pm_1/card")


class TestEvents:
    @pytest.mark.parametrize(
        ("told", "kind", "charge"),
        [
            ({"object": "payment_intent", "id": "pi_1"}, "payment_intent.succeeded", "pi_1"),
            ({"object": "dispute", "payment_intent": "pi_2"}, "charge.dispute.created", "pi_2"),
            ({"object": "refund", "payment_intent": "pi_3"}, "refund.updated", "pi_3"),
            ({"object": "payout", "id": "po_1"}, "payout.paid", ""),
        ],
    )
    def test_name_their_charge(self, told: dict[str, str], kind: str, charge: str) -> None:
        event = reading.event({"id": "evt_1", "type": kind, "data": {"object": told}})

        assert event.charge_reference == charge
        assert event.kind.startswith("dispute") == ("dispute" in kind)

    def test_are_heard_only_with_the_endpoints_signature(self) -> None:
        gateway = adapter("http://127.0.0.1:9")
        body = b'{"id": "evt_1", "type": "x", "data": {"object": {"payment_intent": "pi_1"}}}'
        at = int(NOW.timestamp())

        heard = gateway.read_event(
            body=body,
            headers={"Stripe-Signature": sign(body=body, secret=EVENTS_SECRET, at=at)},
            now=NOW,
        )

        assert heard.charge_reference == "pi_1"
        forged = {"Stripe-Signature": sign(body=body, secret="guessed", at=at)}
        with pytest.raises(EventRefused):
            gateway.read_event(body=body, headers=forged, now=NOW)


class TestWhatOnlyStripeHas:
    """Read from answers in the shape Stripe documents; no stand-in plays them."""

    def test_a_bank_account_is_its_bank_and_last_digits(self) -> None:
        method = stripe.PaymentMethod.construct_from(
            {
                "id": "pm_1",
                "type": "us_bank_account",
                "us_bank_account": {"bank_name": "STRIPE TEST BANK", "last4": "6789"},
                "card": None,
            },
            None,
        )

        state = reading.setup_state("seti_1", "cus_1", method)

        assert state.token == "cus_1/pm_1/us_bank_account"
        assert (state.kind, state.last4, state.expires_on) == (MethodKind.BANK, "6789", None)

    def test_a_dispute_has_a_stage(self) -> None:
        intent = stripe.PaymentIntent.construct_from(
            {
                "id": "pi_1",
                "status": "succeeded",
                "amount": 500,
                "metadata": {"smarthub_key": "payment:1"},
                "latest_charge": {"id": "ch_1", "disputed": True},
            },
            None,
        )
        disputes = [
            stripe.Dispute.construct_from(
                {"id": "dp_1", "amount": 500, "reason": "fraudulent", "status": status}, None
            )
            for status in ("needs_response", "won", "lost")
        ]

        state = reading.charge_state(intent, disputes, key_name="smarthub_key")

        assert reading.is_disputed(intent)
        assert state.key == "payment:1"
        assert [each.stage for each in state.disputes] == [
            DisputeStage.OPEN,
            DisputeStage.WON,
            DisputeStage.LOST,
        ]

    def test_a_pay_out_has_a_line_for_each_transaction_but_its_own(self) -> None:
        payout = stripe.Payout.construct_from({"id": "po_1", "arrival_date": 1_795_392_000}, None)
        lines = [
            stripe.BalanceTransaction.construct_from(
                {
                    "id": f"txn_{kind}",
                    "type": kind,
                    "amount": amount,
                    "fee": fee,
                    "source": {"payment_intent": "pi_1"},
                },
                None,
            )
            for kind, amount, fee in [
                ("payout", -4_55, 0),
                ("charge", 50_00, 1_75),
                ("refund", -20_00, 0),
                ("adjustment", -10_00, 15_00),
            ]
        ]

        settlement = reading.settlement(payout, lines)

        assert [line.kind for line in settlement.lines] == [
            LineKind.CHARGE,
            LineKind.REFUND,
            LineKind.DISPUTE,
        ]
        assert settlement.amount == Money(50_00 - 1_75 - 20_00 - 10_00 - 15_00)
        assert {line.charge_reference for line in settlement.lines} == {"pi_1"}


def test_an_update_of_a_card_by_its_network_names_its_token(local: LocalStripe) -> None:
    token = local.give_card(GOOD)
    customer, method, kind = token.split("/")
    about = {"object": "payment_method", "id": method, "customer": customer, "type": kind}

    event = reading.event(
        {
            "id": "evt_9",
            "type": "payment_method.automatically_updated",
            "data": {"object": about},
        }
    )
    facts = local.gateway.get_method(token=event.method_token)

    assert (event.method_token, event.charge_reference) == (token, "")
    assert facts == MethodFacts("Visa", "4242", dt.date(2030, 8, 31))
    assert local.gateway.get_method(token="cus_0/pm_never/card") is None
