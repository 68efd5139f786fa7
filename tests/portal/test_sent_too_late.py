"""A form that comes after its sender's visit ended: nothing is done, and that is said."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from smarthub.auto_pay.models import AutoPayPlan
from smarthub.payments.models import Payment
from tests.cast import Cast
from tests.portal.conftest import SignIn

HERE = "http://testserver"


@pytest.fixture
def too_late(billed: Cast, sign_in: SignIn) -> Client:
    """Maria's browser, an hour after her last page."""
    maria = sign_in(billed.maria)
    maria.get("/pay/due/")
    maria.cookies.pop("sessionid")
    return maria


@pytest.mark.parametrize(
    ("sent_to", "stood_on"),
    [
        ("/pay/review/", "/pay/review/"),
        ("/pay/auto/agree/", "/pay/auto/agree/"),
        ("/pay/auto/1001/drafts/1001-241101/", "/pay/auto/1001/"),
        ("/pay/card/", "/pay/auto/set-up/?account=1001"),
    ],
)
def test_it_leads_to_the_sign_in_and_back_to_the_page_it_stood_on(
    too_late: Client, sent_to: str, stood_on: str
) -> None:
    answer = too_late.post(
        sent_to, {"part_1001": "100"}, headers={"Referer": HERE + stood_on}, follow=True
    )

    said = re.sub(r"\s+", " ", answer.text)
    ((address, _),) = answer.redirect_chain
    assert address.replace("%3F", "?").replace("%3D", "=") == f"/accounts/login/?next={stood_on}"
    assert "Nothing of what you sent was done: you were not signed in any more." in said
    assert not Payment.objects.exists()
    assert not AutoPayPlan.objects.exists()


@pytest.mark.parametrize("referer", ["", "https://evil.example/pay/", "//evil.example/pay/"])
def test_nobody_is_led_to_another_site(too_late: Client, referer: str) -> None:
    answer = too_late.post("/pay/review/", headers={"Referer": referer})

    assert answer.headers["Location"] == "/accounts/login/?next=/"


def test_a_page_only_asked_for_is_asked_for_again_without_a_word(too_late: Client) -> None:
    answer = too_late.get("/bills/?account=1001", follow=True)

    assert "Nothing of what you sent was done" not in answer.text


@pytest.mark.django_db
def test_a_wrong_password_is_no_form_that_came_too_late(client: Client) -> None:
    answer = client.post(
        "/accounts/login/?next=/bills/", {"login": "nobody@example.org", "password": "x"}
    )

    assert "Nothing of what you sent was done" not in answer.text
