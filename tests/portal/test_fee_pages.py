"""The fee for paying on the pages: seen beside each way of paying, and nothing without a tick."""

from __future__ import annotations

import re

import pytest

from smarthub.cooperative.operations import set_policy
from smarthub.payments.models import Payment
from tests.cast import Cast
from tests.portal.conftest import NOW, TODAY, SignIn
from tests.portal.test_paying import DUE, billed, form_of, gateway, give_card
from tests.sandbox_gateway import Simulator

__all__ = ["billed", "gateway"]

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

FEE = 250


@pytest.fixture(autouse=True)
def fee(billed: Cast) -> None:
    set_policy(
        key="payment_fee.card_cents",
        value=FEE,
        effective_from=TODAY,
        author="the board",
        now=NOW,
        source_note="resolution 2026-11",
    )


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


class TestAMember:
    def test_sees_the_fee_before_and_pays_it_only_when_it_is_ticked(
        self, billed: Cast, sign_in: SignIn, gateway: Simulator
    ) -> None:
        maria = sign_in(billed.maria)
        before = maria.get("/pay/due/", follow=True).text
        review = give_card(maria, gateway)

        unticked = maria.post("/pay/review/", form_of(review))
        ticked = {**form_of(unticked.text), "agrees_to_fee": "yes"}
        receipt = maria.post("/pay/review/", ticked, follow=True)

        assert "a fee of $2.50" in text_of(before)
        assert "With a fee of $2.50: $287.17 in all" in text_of(review)
        assert "no fee" not in text_of(review)
        assert unticked.status_code == 400
        assert "Paying this way costs a fee of $2.50" in text_of(unticked.text)
        payment = Payment.objects.get()
        assert (payment.amount_cents, payment.fee_cents) == (DUE, FEE)
        assert "Fee for paying $2.50" in text_of(receipt.text)
        (charge,) = gateway.charges(str(payment.pk))
        assert charge["amount_cents"] == DUE + FEE

    @pytest.mark.parametrize("shown", ["0", "249", "1e3", "-250", "9" * 20])
    def test_cannot_agree_to_another_fee(
        self, billed: Cast, sign_in: SignIn, gateway: Simulator, shown: str
    ) -> None:
        maria = sign_in(billed.maria)
        maria.get("/pay/due/", follow=True)
        sent = form_of(give_card(maria, gateway))

        answer = maria.post(
            "/pay/review/", {**sent, f"fee_{sent['method']}": shown, "agrees_to_fee": "yes"}
        )

        assert answer.status_code == 400
        assert not Payment.objects.exists()
