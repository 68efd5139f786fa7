"""A co-op may demand a second step of everybody; then nobody's pages open without one."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from smarthub.cooperative.operations import set_policy
from smarthub.members.models import Contact
from smarthub.notifications.models import Message
from smarthub.portal.sign_in.second_step_for_all import DEMANDED, POLICY
from tests.backoffice.second_step import totp_code
from tests.cast import PASSWORD, Cast
from tests.portal.conftest import NOW, SignIn

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def demand(*, value: bool) -> None:
    """Set the policy of the co-op."""
    set_policy(
        key=POLICY,
        value=value,
        effective_from=dt.date(2024, 1, 1),
        source_note="Board, 2 January 2024",
        author="dana",
        now=NOW,
    )


def home_of_maria() -> tuple[Client, int]:
    """Sign in as Maria by the form; return the browser, and how her first page answered."""
    client = Client()
    client.post("/accounts/login/", {"login": "maria@prairieridge.example", "password": PASSWORD})
    return client, client.get("/").status_code


@pytest.mark.usefixtures("cast")
class TestSecondStepForAll:
    def test_is_not_demanded_at_first(self) -> None:
        assert home_of_maria()[1] == 200

    def test_is_not_demanded_where_it_was_turned_off(self) -> None:
        demand(value=False)

        assert home_of_maria()[1] == 200

    @pytest.mark.parametrize(
        "address",
        [
            "/",
            "/bills/",
            "/usage/",
            "/more/",
            "/pay/",
            "/settings/contacts/",
            "/settings/messages/",
        ],
    )
    def test_every_page_leads_to_one(self, address: str) -> None:
        demand(value=True)

        client, _ = home_of_maria()
        answer = client.get(address)

        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/confirm-it-is-you/?next=")

    def test_whoever_no_code_reaches_at_once_is_led_to_setting_one_up(self, cast: Cast) -> None:
        demand(value=True)
        Contact.objects.filter(person=cast.maria.person_id).update(ended_at=NOW)

        client, _ = home_of_maria()

        assert client.get("/bills/")["Location"].startswith("/accounts/2fa/?next=")

    def test_a_second_step_taken_opens_them(self, cast: Cast) -> None:
        demand(value=True)
        TOTP.activate(cast.maria.user, SECRET)

        client, _ = home_of_maria()
        before = client.get("/bills/").status_code
        client.post("/accounts/2fa/authenticate/", {"code": totp_code(SECRET, NOW.timestamp())})

        assert (before, client.get("/bills/").status_code) == (302, 200)

    def test_signing_out_and_help_stay_open(self) -> None:
        demand(value=True)

        client, _ = home_of_maria()

        assert client.get("/accounts/logout/").status_code == 200
        assert client.get("/contact/").status_code == 200

    def test_a_code_to_a_confirmed_contact_is_the_second_step_of_a_password(self) -> None:
        demand(value=True)

        client, _ = home_of_maria()
        led = client.get("/bills/")["Location"]
        contact = re.search(r'name="contact" value="(\d+)"', client.get(led).text)
        assert contact is not None
        client.post(led, {"contact": contact[1]})
        code = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}", Message.objects.latest("pk").body)
        assert code is not None
        answer = client.post(led, {"code": code[0]})

        assert led == "/accounts/confirm-it-is-you/?next=%2Fbills%2F"
        assert (answer["Location"], client.get("/bills/").status_code) == ("/bills/", 200)

    def test_a_code_is_not_the_second_step_of_a_code(self, cast: Cast, sign_in: SignIn) -> None:
        demand(value=True)
        client = sign_in(cast.maria)  # the session notes no password
        session = client.session
        session[DEMANDED] = True
        session.save()

        assert client.get("/bills/")["Location"].startswith("/accounts/2fa/?next=")
