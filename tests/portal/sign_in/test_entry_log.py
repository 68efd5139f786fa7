"""What is tried at a door stands in the process log, and nothing that was typed there."""

from __future__ import annotations

import logging
import re

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from smarthub.notifications.models import Message
from tests.backoffice.second_step import code_now
from tests.cast import PASSWORD, Cast
from tests.portal.conftest import SignIn

MARIA = "maria@prairieridge.example"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CODE = r"[2-9A-Z]{4}-[2-9A-Z]{4}"


@pytest.fixture(autouse=True)
def everything(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)


def said(caplog: pytest.LogCaptureFixture, logger: str = "smarthub.entry") -> list[str]:
    return [each.getMessage() for each in caplog.records if each.name == logger]


class TestWhatIsTried:
    def test_a_wrong_and_a_right_password(
        self, cast: Cast, caplog: pytest.LogCaptureFixture
    ) -> None:
        client = Client(REMOTE_ADDR="203.0.113.9")

        client.post("/accounts/login/", {"login": MARIA, "password": "wrong"})
        client.post("/accounts/login/", {"login": MARIA, "password": PASSWORD})
        client.post("/accounts/logout/")

        me = f"login {cast.maria.user.pk}"
        assert said(caplog) == [
            "account_login from 203.0.113.9: nobody -> nobody, answered 200",
            f"account_login from 203.0.113.9: nobody -> {me}, answered 302",
            f"account_logout from 203.0.113.9: {me} -> nobody, answered 302",
        ]

    def test_codes_and_second_steps(self, cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
        TOTP.activate(cast.maria.user, SECRET)
        client = Client()
        client.post("/accounts/login/code/", {"email": MARIA})
        client.post("/accounts/login/code/confirm/", {"code": "2222-2222"})
        client.post("/accounts/login/", {"login": MARIA, "password": PASSWORD})
        client.post("/accounts/2fa/authenticate/", {"code": "000000"})

        doors = [line.split(" ")[0] for line in said(caplog)]
        assert doors == [
            "account_request_login_code",
            "account_confirm_login_code",
            "account_login",
            "mfa_authenticate",
        ]

    def test_what_is_not_ones_own_with_who_asked(
        self, cast: Cast, sign_in: SignIn, caplog: pytest.LogCaptureFixture
    ) -> None:
        sign_in(cast.rosa).get("/bills/1001/1001-241101/")

        lines = said(caplog, "smarthub.ui.middleware")
        assert lines == [f"not visible: login {cast.rosa.user.pk} at bill"]


def test_holds_no_password_code_session_or_address_of_a_person(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    TOTP.activate(cast.maria.user, SECRET)
    client = Client()
    client.post("/accounts/login/code/", {"email": MARIA})
    code = re.search(CODE, Message.objects.latest("pk").body)
    assert code is not None
    client.post("/accounts/login/code/confirm/", {"code": code[0]})
    client.post("/accounts/login/", {"login": MARIA, "password": PASSWORD})
    digits = code_now(SECRET)
    client.post("/accounts/2fa/authenticate/", {"code": digits})
    client.post(
        "/register/", {"number": "0000-1003", "name": "Lindgren", "email": "w@mail.example"}
    )

    log = caplog.text
    assert "smarthub.entry" in log
    secrets = [MARIA, PASSWORD, code[0], digits, SECRET, "w@mail.example", "Lindgren"]
    secrets.append(client.cookies["sessionid"].value)
    assert [secret for secret in secrets if secret in log] == []
