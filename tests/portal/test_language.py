"""Changing the language in the middle of a form keeps what was typed and does nothing else."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.cast import Cast
from tests.portal.conftest import SignIn

TYPED = {"pay_1001": "on", "amount_1001": "12.3x"}
"""An amount nobody could pay: it is kept as it was typed, and not yet complained about."""


@pytest.fixture
def maria(billed: Cast, sign_in: SignIn) -> Client:
    return sign_in(billed.maria)


class TestSwitchingInAForm:
    def test_shows_the_same_page_in_the_other_language_with_what_was_typed(
        self, maria: Client
    ) -> None:
        answer = maria.post("/pay/", {**TYPED, "switch_language": "es"})

        assert answer.status_code == 200
        assert '<html lang="es">' in answer.text
        assert 'value="12.3x"' in answer.text
        assert "error-summary" not in answer.text

    def test_keeps_a_box_unticked_that_was_unticked(self, maria: Client) -> None:
        asked_first = maria.get("/pay/").text
        answer = maria.post("/pay/", {"amount_1001": "5.00", "switch_language": "es"})

        assert " checked" in asked_first
        assert " checked" not in answer.text

    def test_holds_for_the_pages_after_it(self, maria: Client) -> None:
        maria.post("/pay/", {**TYPED, "switch_language": "es"})

        assert '<html lang="es">' in maria.get("/bills/").text

    def test_chooses_nothing_to_pay(self, maria: Client) -> None:
        maria.post("/pay/", {"pay_1001": "on", "amount_1001": "5.00", "switch_language": "es"})

        assert maria.get("/pay/review/").headers["Location"] == "/pay/"

    def test_to_a_language_there_is_not_is_no_switch(self, maria: Client) -> None:
        answer = maria.post("/pay/", {**TYPED, "switch_language": "xx"})

        assert '<html lang="en">' in answer.text
        assert "error-summary" in answer.text

    @pytest.mark.parametrize(
        ("address", "field"),
        [("/accounts/login/", "login"), ("/accounts/password/reset/", "email")],
    )
    def test_keeps_the_address_of_whoever_signs_in_but_no_password(
        self, client: Client, cooperative_founded: None, address: str, field: str
    ) -> None:
        typed = {field: "maria@prairie", "password": "half a passw", "switch_language": "es"}

        answer = client.post(address, typed)

        assert '<html lang="es">' in answer.text
        assert 'value="maria@prairie"' in answer.text
        assert "half a passw" not in answer.text
        assert "error-summary" not in answer.text

    def test_button_belongs_to_the_form_and_is_not_what_enter_presses(self, maria: Client) -> None:
        page = maria.get("/pay/").text

        # The first button of a form is what Enter presses: it must be one that goes on.
        continues, switches = (
            page.index('class="visually-hidden" form="pay-form"'),
            page.index('name="switch_language"'),
        )
        assert continues < switches
        assert page.count('form="pay-form"') == 2
