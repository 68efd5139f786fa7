"""The running simulator, as a person, a program and a stranger meet it."""

from __future__ import annotations

import sqlite3
import uuid

import pytest

from smarthub.integrations.sandbox.gateway import SandboxGateway
from smarthub.kernel.money import Money
from smarthub.payments.ports import (
    ChargeAnswer,
    GatewayUnavailable,
    KeyConflict,
    SetupState,
    SetupUnknown,
)
from smarthub.payments.types import AttemptState, Initiator, MethodKind
from tests.sandbox_gateway import (
    DECLINED,
    GOOD,
    SECRET,
    SILENT_ONCE,
    Simulator,
    start_simulator,
    stop_simulator,
)

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

RETURN_TO = "http://127.0.0.1:8000/pay/card/return/"


def begin(simulator: Simulator, *, language: str = "en") -> str:
    """Begin a visit and return the form's address."""
    session = simulator.gateway.create_setup(
        member_ref="person:1",
        kind=MethodKind.CARD,
        return_to=RETURN_TO,
        language=language,
        key=str(uuid.uuid4()),
    )
    return session.url


def state_of(simulator: Simulator, number: str = GOOD) -> SetupState:
    reference = simulator.give_card(begin(simulator), number)
    return simulator.gateway.get_setup(reference=reference)


def token_of(simulator: Simulator, number: str = GOOD) -> str:
    return state_of(simulator, number).token


class TestTheForm:
    @pytest.mark.parametrize(
        ("language", "title", "mark"),
        [("en", "Add a card", "SANDBOX:"), ("es", "Agregar una tarjeta", "ENTORNO DE PRUEBA:")],
    )
    def test_speaks_the_members_language_and_says_that_it_is_a_sandbox(
        self, simulator: Simulator, language: str, title: str, mark: str
    ) -> None:
        page = simulator.browser.get(begin(simulator, language=language))

        assert page.status_code == 200
        assert f'<html lang="{language}">' in page.text
        assert f"<h1>{title}</h1>" in page.text
        assert mark in page.text

    def test_is_sent_with_headers_that_let_nothing_else_in(self, simulator: Simulator) -> None:
        page = simulator.browser.get(begin(simulator))

        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "form-action 'self' http://127.0.0.1:8000;" in policy
        assert "frame-ancestors 'none'" in policy
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["X-Content-Type-Options"] == "nosniff"

    def test_leads_back_to_where_the_member_was(self, simulator: Simulator) -> None:
        answer = simulator.fill_in_form(begin(simulator))

        assert answer.status_code == 303
        assert answer.headers["Location"].startswith(f"{RETURN_TO}?setup=set_")

    def test_tells_what_is_wrong_beside_its_field_and_never_repeats_the_number(
        self, simulator: Simulator
    ) -> None:
        answer = simulator.fill_in_form(begin(simulator), number="4242424242424241", cvc="1")

        assert answer.status_code == 422
        assert '<a href="#number">Card number: This is not a card number.' in answer.text
        assert 'aria-invalid="true" aria-describedby="cvc-hint cvc-wrong"' in answer.text
        assert "4242424242424241" not in answer.text

    def test_keeps_the_first_card_of_a_visit(self, simulator: Simulator) -> None:
        form = begin(simulator)
        reference = simulator.give_card(form, GOOD)
        token = simulator.gateway.get_setup(reference=reference).token

        simulator.give_card(form, DECLINED)
        answer = simulator.browser.get(form)

        assert simulator.gateway.get_setup(reference=reference).token == token
        assert answer.status_code == 303

    def test_knows_no_other_address(self, simulator: Simulator) -> None:
        for path in ("/setup/set_never_was", "/", "/admin"):
            assert simulator.browser.get(f"{simulator.url}{path}").status_code == 404


class TestTheInterface:
    @pytest.mark.parametrize("secret", ["", "Bearer", "Bearer wrong", f"Basic {SECRET}"])
    def test_lets_nobody_in_without_the_secret(self, simulator: Simulator, secret: str) -> None:
        answer = simulator.browser.get(
            f"{simulator.url}/v1/charges", headers={"Authorization": secret}
        )

        assert answer.status_code == 401

    def test_charges_once_for_a_key(self, simulator: Simulator) -> None:
        token, key = token_of(simulator), str(uuid.uuid4())

        answers = {self.charge(simulator, token, key) for _ in range(3)}

        (answer,) = answers
        assert (answer.state, answer.reason) == (AttemptState.SUCCESS, "")
        assert simulator.gateway.lookup(key=key, token="") == answer
        assert len(simulator.charges(key)) == 1

    def test_refuses_a_key_with_other_values(self, simulator: Simulator) -> None:
        token, key = token_of(simulator), str(uuid.uuid4())
        self.charge(simulator, token, key)

        with pytest.raises(KeyConflict):
            self.charge(simulator, token, key, cents=2)

        assert [charge["amount_cents"] for charge in simulator.charges(key)] == [1]

    def test_a_card_it_never_saw_fails(self, simulator: Simulator) -> None:
        answer = self.charge(simulator, "card_never_was", str(uuid.uuid4()))

        assert answer == ChargeAnswer(AttemptState.FAILED, reference="", reason="token_unknown")

    def test_with_another_secret_the_outcome_is_not_known(self, simulator: Simulator) -> None:
        stranger = SandboxGateway(base_url=simulator.url, secret="other", timeout_seconds=1)

        with pytest.raises(GatewayUnavailable):
            stranger.lookup(key="x", token="")

        stranger.close()

    def test_holds_one_answer_back_and_gives_the_same_when_asked_again(
        self, simulator: Simulator
    ) -> None:
        token, key = token_of(simulator, SILENT_ONCE), str(uuid.uuid4())

        with pytest.raises(GatewayUnavailable):
            self.charge(simulator, token, key)

        again = self.charge(simulator, token, key)
        assert again.state is AttemptState.SUCCESS
        assert simulator.gateway.lookup(key=key, token="") == again
        assert len(simulator.charges(key)) == 1

    def test_knows_no_charge_and_no_visit_that_never_was(self, simulator: Simulator) -> None:
        assert simulator.gateway.lookup(key="never was", token="") is None
        with pytest.raises(SetupUnknown):
            simulator.gateway.get_setup(reference="set_never_was")

    @pytest.mark.parametrize("body", [b"", b"[]", b"{", b"{}", b"x" * 20_000])
    def test_refuses_nonsense_without_falling_over(self, simulator: Simulator, body: bytes) -> None:
        answer = simulator.browser.post(
            f"{simulator.url}/v1/charges",
            content=body,
            headers={"Authorization": f"Bearer {SECRET}", "Idempotency-Key": "nonsense"},
        )

        assert answer.status_code in {400, 413}
        assert simulator.charges("nonsense") == []

    @pytest.mark.parametrize("named", ["", "net_of_another_card"])
    def test_refuses_a_card_without_its_holder_where_its_storing_is_not_named(
        self, simulator: Simulator, named: str
    ) -> None:
        state, key = state_of(simulator, GOOD), str(uuid.uuid4())

        refused, taken = (
            simulator.gateway.charge(
                token=state.token,
                amount=Money(1),
                key=each,
                memo="",
                initiator=Initiator.MERCHANT,
                network_reference=reference,
            )
            for each, reference in ((key, named), (f"{key}-2", state.network_reference))
        )

        assert refused == ChargeAnswer(AttemptState.FAILED, "", "stored_credential_missing")
        assert taken.state is AttemptState.SUCCESS
        assert [each["key"] for each in simulator.charges(key)] == [f"{key}-2"]

    def charge(self, simulator: Simulator, token: str, key: str, cents: int = 1) -> ChargeAnswer:
        return simulator.gateway.charge(token=token, amount=Money(cents), key=key, memo="")


class TestTheProcess:
    def test_killed_and_started_again_it_knows_everything_but_the_number(
        self, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        state, key = tmp_path_factory.mktemp("gateway") / "state.sqlite3", str(uuid.uuid4())
        first = start_simulator(state)
        answer = first.gateway.charge(
            token=token_of(first), amount=Money(1), key=key, memo="before"
        )
        stop_simulator(first)  # by SIGKILL

        second = start_simulator(state)

        assert second.gateway.lookup(key=key, token="") == answer
        stop_simulator(second)
        assert b"4242424242424242" not in state.read_bytes()
        with sqlite3.connect(state) as link:
            assert link.execute("SELECT last4 FROM method").fetchall() == [("4242",)]
        link.close()

    def test_when_it_is_down_the_outcome_is_not_known(self, silent_gateway: SandboxGateway) -> None:
        with pytest.raises(GatewayUnavailable):
            silent_gateway.lookup(key="x", token="")
