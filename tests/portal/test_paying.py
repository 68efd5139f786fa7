"""Paying on the pages: from the amount due to the receipt, and every way it must not go wrong."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import Settings
from pytest_django.plugin import DjangoDbBlocker

from smarthub.integrations.sandbox.gateway import SandboxGateway
from smarthub.ledger.queries import get_balances
from smarthub.notifications.models import Message
from smarthub.wiring.gateway import payment_gateway
from tests.cast import Cast
from tests.portal.conftest import BILLED, SignIn
from tests.sandbox_gateway import DECLINED, GOOD, SECRET, Simulator
from tests.worlds import Atlas

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

DUE = 28467
"""Maria's bill: 139.46 electric and 145.21 gas."""


@pytest.fixture
def billed(atlas: Atlas, django_db_blocker: DjangoDbBlocker) -> Iterator[Cast]:
    """Return the cast with bills, in a database in which a payment may really commit."""
    with django_db_blocker.unblock(), atlas.copy_of(BILLED):
        yield atlas.lend(BILLED)


@pytest.fixture(autouse=True)
def gateway(simulator: Simulator, settings: Settings) -> Iterator[Simulator]:
    """Let the pages speak to the simulator."""
    settings.GATEWAY_SECRET = SECRET
    turn_to(simulator.url, settings)
    yield simulator
    turn_to("", settings)


def turn_to(url: str, settings: Settings) -> None:
    """Let the pages speak to another gateway, and hang up on the last one."""
    last = payment_gateway()
    assert isinstance(last, SandboxGateway)
    last.close()
    settings.GATEWAY_URL = url
    payment_gateway.cache_clear()


def give_card(maria: Client, simulator: Simulator, number: str = GOOD) -> str:
    """Go to the gateway's form, give a card there, and come back with what it says."""
    answer = maria.post("/pay/card/")
    assert answer.status_code == 303
    reference = simulator.give_card(answer.headers["Location"], number)
    return maria.get(f"/pay/card/return/?setup={reference}", follow=True).text


def form_of(review: str) -> dict[str, str]:
    """Return what the review page sends when its button is pressed."""
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', review)
    method = re.findall(r'name="method"[^>]*value="([^"]+)"', review)
    return {**dict(hidden), "method": method[0]}


def asked(cast: Cast) -> int:
    return get_balances(account_ids=[cast.account_1001])[cast.account_1001].asked.cents


class TestPaying:
    def test_what_is_due_takes_two_taps_with_a_card_once_given(
        self, billed: Cast, sign_in: SignIn, gateway: Simulator
    ) -> None:
        maria = sign_in(billed.maria)
        first = maria.get("/pay/due/", follow=True)
        review = give_card(maria, gateway)

        receipt = maria.post("/pay/review/", form_of(review), follow=True)

        assert "Enter your card" in first.text
        assert "Visa ending in 4242" in " ".join(review.split())
        assert "Thank you. $284.67 is paid" in " ".join(receipt.text.split())
        assert asked(billed) == 0
        assert "Nothing to pay" in maria.get("/").text
        assert Message.objects.filter(template="payment_receipt").count() == 1

    def test_another_amount_leaves_the_rest_due(
        self, billed: Cast, sign_in: SignIn, gateway: Simulator
    ) -> None:
        maria = sign_in(billed.maria)
        maria.post("/pay/", {"pay_1001": "on", "amount_1001": "$100.00"})
        review = give_card(maria, gateway)

        maria.post("/pay/review/", form_of(review))

        assert asked(billed) == DUE - 10_000

    def test_twice_with_one_form_is_one_payment(
        self, billed: Cast, sign_in: SignIn, gateway: Simulator
    ) -> None:
        maria = sign_in(billed.maria)
        maria.get("/pay/due/")
        form = form_of(give_card(maria, gateway))

        first, second = maria.post("/pay/review/", form), maria.post("/pay/review/", form)

        assert first.headers["Location"] == second.headers["Location"]
        assert len(gateway.charges(form["payment_id"])) == 1
        assert asked(billed) == 0

    def test_with_a_declined_card_is_told_beside_the_form_and_can_be_tried_again(
        self, billed: Cast, sign_in: SignIn, gateway: Simulator
    ) -> None:
        maria = sign_in(billed.maria)
        maria.get("/pay/due/")
        form = form_of(give_card(maria, gateway, DECLINED))

        refused = maria.post("/pay/review/", form)
        again = maria.post("/pay/review/", form_of(give_card(maria, gateway)))

        assert refused.status_code == 400
        assert "The bank that issued the card said no." in refused.text
        assert form_of(refused.text)["payment_id"] != form["payment_id"]
        assert again.status_code == 303
        assert asked(billed) == 0

    def test_more_than_is_due_needs_a_yes_and_waits_as_a_credit(
        self, billed: Cast, sign_in: SignIn, gateway: Simulator
    ) -> None:
        maria = sign_in(billed.maria)
        maria.post("/pay/", {"pay_1001": "on", "amount_1001": "300"})
        review = give_card(maria, gateway)

        refused = maria.post("/pay/review/", form_of(review))
        paid = maria.post("/pay/review/", {**form_of(refused.text), "allow_credit": "yes"})

        assert "This is $15.33 more than is due." in " ".join(review.split())
        assert "Only $284.67 is due on account 1001." in refused.text
        assert paid.status_code == 303
        assert asked(billed) == DUE - 30_000

    def test_without_an_answer_says_to_wait_and_not_to_pay_again(
        self, billed: Cast, sign_in: SignIn, gateway: Simulator, settings: Settings
    ) -> None:
        maria = sign_in(billed.maria)
        maria.get("/pay/due/")
        form = form_of(give_card(maria, gateway))
        turn_to("http://127.0.0.1:9", settings)  # nothing listens there

        receipt = maria.post("/pay/review/", form, follow=True)

        assert "Please do not pay again" in receipt.text
        assert asked(billed) == DUE
        assert "$284.67 is on its way already." in " ".join(maria.get("/pay/").text.split())

    def test_comes_back_unharmed_from_a_form_nobody_filled_in(
        self, billed: Cast, sign_in: SignIn
    ) -> None:
        maria = sign_in(billed.maria)
        maria.get("/pay/due/")
        answer = maria.post("/pay/card/")
        reference = answer.headers["Location"].split("/setup/")[1].split("?")[0]

        review = maria.get(f"/pay/card/return/?setup={reference}", follow=True)

        assert "No card was added. Nothing was charged." in review.text
        assert "$284.67" in review.text

    def test_shows_a_receipt_to_nobody_else(
        self, billed: Cast, sign_in: SignIn, gateway: Simulator
    ) -> None:
        maria = sign_in(billed.maria)
        maria.get("/pay/due/")
        receipt = maria.post("/pay/review/", form_of(give_card(maria, gateway)))

        address = receipt.headers["Location"]
        as_file = maria.get(f"{address}pdf/")
        assert as_file.headers["Content-Type"] == "application/pdf"
        assert as_file.content.startswith(b"%PDF")
        assert f"{address}pdf/" in maria.get(address).content.decode()
        assert f"{address}pdf/" in Message.objects.get(template="payment_receipt").body
        for page in (address, f"{address}pdf/"):
            assert sign_in(billed.rosa).get(page).status_code == 404
            assert sign_in(billed.ben).get(page).status_code == 404


class TestChoosing:
    @pytest.mark.parametrize(
        ("sent", "told"),
        [
            ({}, "Choose an account to pay."),
            ({"pay_1001": "on", "amount_1001": ""}, "Write how much to pay."),
            ({"pay_1001": "on", "amount_1001": "0"}, "Write an amount above $0.00."),
            ({"pay_1001": "on", "amount_1001": "-5"}, "Write an amount above $0.00."),
            ({"pay_1001": "on", "amount_1001": "12.345"}, "at most two decimals"),
            ({"pay_1001": "on", "amount_1001": "all of it"}, "such as 25.00."),
            ({"pay_1001": "on", "amount_1001": "NaN"}, "such as 25.00."),
            ({"pay_1001": "on", "amount_1001": "1e99"}, "such as 25.00."),
            ({"pay_1001": "on", "amount_1001": "1,00"}, "such as 25.00."),
            ({"pay_1001": "on", "amount_1001": "1000000000000"}, "too large to pay here."),
        ],
        ids=[
            "none",
            "empty",
            "zero",
            "negative",
            "half cents",
            "words",
            "NaN",
            "power of ten",
            "comma astray",
            "10^12",
        ],
    )
    @pytest.mark.django_db
    def test_says_beside_the_form_what_is_amiss(
        self, cast: Cast, sign_in: SignIn, sent: dict[str, str], told: str
    ) -> None:
        answer = sign_in(cast.maria).post("/pay/", sent)

        assert answer.status_code == 200
        assert told in answer.text
        assert 'class="error-summary"' in answer.text

    def test_leaves_ben_no_account_to_pay(self, cast: Cast, sign_in: SignIn) -> None:
        ben = sign_in(cast.ben)

        form = {"payment_id": str(uuid.uuid4()), "method": str(uuid.uuid4()), "part_1001": "100"}

        assert "There is no account you may pay" in ben.get("/pay/").text
        assert ben.get("/pay/due/?account=1001").status_code == 404
        assert ben.post("/pay/review/", form).status_code == 404

    def test_refuses_a_form_that_was_tampered_with(self, cast: Cast, sign_in: SignIn) -> None:
        maria = sign_in(cast.maria)

        assert maria.post("/pay/review/", {"part_1001": "a lot"}).status_code == 400
        assert maria.post("/pay/review/", {"part_1002": "100"}).status_code == 404
