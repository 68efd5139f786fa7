"""What Stripe is told of who charges a stored card: heard by a server that only writes down."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar
from urllib.parse import parse_qs

import pytest

from smarthub.integrations.stripe.gateway import StripeGateway
from smarthub.kernel.money import Money
from smarthub.payments.ports import ChargeAnswer
from smarthub.payments.types import AttemptState, Initiator, MethodKind
from smarthub.portal.refusals import say_decline

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

ANSWER: dict[str, object] = {
    "id": "x_1",
    "object": "payment_intent",
    "status": "succeeded",
    "metadata": {},
}
ASKS_HOLDER: dict[str, object] = {
    "error": {
        "type": "card_error",
        "code": "authentication_required",
        "decline_code": "authentication_required",
        "message": "Your card was declined.",
        "payment_intent": {"id": "pi_1", "object": "payment_intent"},
    }
}


class Heard(BaseHTTPRequestHandler):
    """Answers everything with one object, and keeps what was sent."""

    sent: ClassVar[list[tuple[str, dict[str, list[str]]]]] = []
    answer: ClassVar[tuple[int, dict[str, object]]] = (200, ANSWER)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.sent.append((self.path, parse_qs(body)))
        status, told = self.answer
        answer = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture
def gateway() -> Iterator[StripeGateway]:
    Heard.sent.clear()
    Heard.answer = (200, ANSWER)
    with HTTPServer(("127.0.0.1", 0), Heard) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield StripeGateway(
            secret="sk_test_1",
            events_secret="whsec_1",
            form_address="http://127.0.0.1:8000/pay/form/",
            timeout_seconds=5,
            api=f"http://127.0.0.1:{server.server_port}",
        )
        server.shutdown()


def test_a_card_is_stored_by_its_holder_to_be_charged_without_them(gateway: StripeGateway) -> None:
    gateway.create_setup(
        member_ref="person:1",
        kind=MethodKind.CARD,
        return_to="http://127.0.0.1:8000/back/",
        language="en",
        key="once",
    )

    path, sent = Heard.sent[-1]
    assert (path, sent["usage"]) == ("/v1/setup_intents", ["off_session"])


@pytest.mark.parametrize(
    ("initiator", "off_session"), [(Initiator.CUSTOMER, "false"), (Initiator.MERCHANT, "true")]
)
def test_a_charge_says_whether_its_holder_is_there(
    gateway: StripeGateway, initiator: Initiator, off_session: str
) -> None:
    answer = gateway.charge(
        token="cus_1/pm_1/card", amount=Money(1_00), key="k", memo="m", initiator=initiator
    )

    assert answer.state is AttemptState.SUCCESS
    assert [value.lower() for value in Heard.sent[-1][1]["off_session"]] == [off_session]


def test_a_bank_that_wants_to_ask_its_holder_is_a_decline_that_says_so(
    gateway: StripeGateway,
) -> None:
    Heard.answer = (200, ANSWER | {"status": "requires_action"})
    here = gateway.charge(token="cus_1/pm_1/card", amount=Money(1_00), key="k", memo="m")
    cancelled = Heard.sent[-1][0]
    Heard.answer = (402, ASKS_HOLDER)
    away = gateway.charge(token="cus_1/pm_1/card", amount=Money(1_00), key="k", memo="m")

    assert here == ChargeAnswer(AttemptState.FAILED, "x_1", "authentication_required")
    assert cancelled == "/v1/payment_intents/x_1/cancel"
    assert away == ChargeAnswer(AttemptState.FAILED, "pi_1", "authentication_required")


def test_a_member_is_told_what_to_do_about_it() -> None:
    assert "add it again" in say_decline("authentication_required")
