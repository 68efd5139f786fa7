"""Dana at her desk: signed in with her password and the code of her second step."""

from __future__ import annotations

import base64

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from tests.backoffice.second_step import code_now
from tests.billing.village import VILLAGE
from tests.cast import PASSWORD, Cast
from tests.worlds import Atlas

SECRET = base64.b32encode(b"a secret of 20 bytes").decode()


def sign_in(client: Client, email: str, page: str = "/desk/") -> str:
    """Sign in with the password and return where the browser is sent."""
    answer = client.post("/accounts/login/", {"login": email, "password": PASSWORD, "next": page})
    assert answer.status_code == 302, answer.content
    return str(answer.headers["Location"])


@pytest.fixture
def dana(client: Client, cast: Cast) -> Client:
    """Return a browser in which Dana signed in and gave her second step."""
    TOTP.activate(cast.dana.user, SECRET)
    client.force_login(cast.dana.user)
    answer = client.post("/accounts/2fa/reauthenticate/?next=/desk/", {"code": code_now(SECRET)})
    assert answer.headers["Location"] == "/desk/"
    return client


@pytest.fixture
def village(db: None, atlas: Atlas) -> Cast:
    """Return the cast with meters read for October 2024, on a cycle billed on the 1st."""
    return atlas.lend(VILLAGE)
