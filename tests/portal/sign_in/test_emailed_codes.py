"""A code by e-mail opens a session, or sets a password: for whoever reads the mailbox alone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from smarthub.notifications.models import Message
from tests.cast import PASSWORD, Cast

ASK_LOGIN = "/accounts/login/code/"
GIVE_LOGIN = "/accounts/login/code/confirm/"
ASK_RESET = "/accounts/password/reset/"
NEW_PASSWORD = "seven quiet herons wade"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
STRANGER = "stranger@mail.example"


def ask(address: str, email: str) -> tuple[Client, Any]:
    """Ask for a code in a browser of its own."""
    client = Client()
    return client, client.post(address, {"email": email})


def code_mailed() -> str:
    """Return the code in the newest message."""
    found = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}", Message.objects.latest("pk").body)
    assert found is not None
    return found[0]


def is_in(client: Client) -> bool:
    """Return whether somebody is signed in here."""
    return "_auth_user_id" in client.session


class TestSigningIn:
    def test_with_the_code_opens_a_session(self, cast: Cast) -> None:
        client, _ = ask(ASK_LOGIN, "maria@prairieridge.example")

        client.post(GIVE_LOGIN, {"code": code_mailed()})

        assert client.session["_auth_user_id"] == str(cast.maria.user.pk)

    def test_four_wrong_tries_leave_the_fifth(self, cast: Cast) -> None:
        client, _ = ask(ASK_LOGIN, "maria@prairieridge.example")
        right = code_mailed()
        for _ in range(4):
            client.post(GIVE_LOGIN, {"code": "2222-2222"})

        client.post(GIVE_LOGIN, {"code": right})

        assert client.session["_auth_user_id"] == str(cast.maria.user.pk)

    def test_in_another_browser_the_code_opens_nothing(self, cast: Cast) -> None:
        ask(ASK_LOGIN, "maria@prairieridge.example")
        other = Client()

        other.post(GIVE_LOGIN, {"code": code_mailed()})

        assert not is_in(other)

    def test_the_code_is_dead_after_too_many_guesses(self, cast: Cast) -> None:
        client, _ = ask(ASK_LOGIN, "maria@prairieridge.example")
        right = code_mailed()
        for _ in range(5):
            client.post(GIVE_LOGIN, {"code": "2222-2222"})

        client.post(GIVE_LOGIN, {"code": right})

        assert not is_in(client)

    @pytest.mark.parametrize("address", [ASK_LOGIN, ASK_RESET])
    def test_a_stranger_is_answered_alike_and_sent_no_code(self, cast: Cast, address: str) -> None:
        _, known = ask(address, "maria@prairieridge.example")

        client, unknown = ask(address, STRANGER)

        assert (unknown.status_code, unknown["Location"]) == (known.status_code, known["Location"])
        assert Message.objects.latest("pk").template == "unknown_address"
        assert not is_in(client)


class TestResetting:
    def reset(self, email: str) -> Client:
        """Go the whole way to a new password."""
        client, asked = ask(ASK_RESET, email)
        given = client.post(asked["Location"], {"code": code_mailed()})
        client.post(given["Location"], {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
        return client

    def test_the_new_password_holds_and_the_old_one_no_longer(self, cast: Cast) -> None:
        self.reset("maria@prairieridge.example")

        cast.maria.user.refresh_from_db()
        assert cast.maria.user.check_password(NEW_PASSWORD)
        assert not cast.maria.user.check_password(PASSWORD)

    def test_its_owner_is_told(self, cast: Cast) -> None:
        self.reset("maria@prairieridge.example")

        told = Message.objects.filter(template="sign_in_changed")
        assert [each.person_id for each in told] == [cast.maria.person_id]

    def test_a_second_step_is_asked_for_as_before(self, cast: Cast) -> None:
        TOTP.activate(cast.maria.user, SECRET)

        client = self.reset("maria@prairieridge.example")
        client.post(
            "/accounts/login/",
            {"login": "maria@prairieridge.example", "password": NEW_PASSWORD},
        )

        assert not is_in(client)
        assert client.get("/").status_code == 302

    def test_with_a_wrong_code_nothing_changes(self, cast: Cast) -> None:
        client, asked = ask(ASK_RESET, "maria@prairieridge.example")

        answer = client.post(asked["Location"], {"code": "2222-2222"})
        client.post(
            "/accounts/password/reset/complete/",
            {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD},
        )

        assert answer.status_code != 302
        cast.maria.user.refresh_from_db()
        assert cast.maria.user.check_password(PASSWORD)
