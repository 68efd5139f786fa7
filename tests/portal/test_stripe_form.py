"""Our page around Stripe's form: who may open it, and what it may load."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from smarthub.payments.operations import start_setup
from smarthub.portal.views import stripe_form
from tests.cast import NOW, Cast


@pytest.fixture
def visit(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> str:
    """Begin a visit of Maria's; what Stripe would answer is given, for Stripe is not here."""
    monkeypatch.setattr(
        stripe_form, "card_form", lambda *, reference: (f"{reference}_secret", "http://x/back/")
    )
    start_setup(
        reference="seti_1", person_id=cast.maria.person_id, return_to="http://x/back/", now=NOW
    )
    return reverse("pay_form", args=["seti_1"])


class TestTheForm:
    def test_loads_scripts_from_stripe_and_us_and_from_nobody_else(
        self, client: Client, cast: Cast, visit: str
    ) -> None:
        client.force_login(cast.maria.user)

        answer = client.get(visit)

        policy = dict(
            part.strip().split(" ", 1)
            for part in answer.headers["Content-Security-Policy"].split(";")
            if " " in part.strip()
        )
        scripts = [word for word in policy["script-src"].split() if "nonce" not in word]
        assert scripts == ["'self'", "https://js.stripe.com"]
        assert policy["frame-src"] == "https://js.stripe.com https://hooks.stripe.com"
        assert policy["frame-ancestors"] == "'none'"
        assert answer.content.count(b"<script src=") == 1
        assert b'"clientSecret": "seti_1_secret"' in answer.content

    def test_no_other_page_may_load_stripes_script(self, client: Client, cast: Cast) -> None:
        client.force_login(cast.maria.user)

        assert "stripe" not in client.get("/pay/").headers["Content-Security-Policy"]

    def test_is_nobody_elses(self, client: Client, cast: Cast, visit: str) -> None:
        client.force_login(cast.rosa.user)

        assert client.get(visit).status_code == 404
