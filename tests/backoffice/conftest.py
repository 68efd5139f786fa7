"""Dana at her desk: signed in with her password and the code of her second step."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import time

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache
from django.test import Client

from tests.cast import PASSWORD, Cast

SECRET = base64.b32encode(b"a secret of 20 bytes").decode()


def totp_code(secret: str, at: float) -> str:
    """Return the six digits an authenticator shows at ``at`` (RFC 6238, worked out anew)."""
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", int(at) // 30), hashlib.sha1)
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def sign_in(client: Client, email: str, page: str = "/desk/") -> str:
    """Sign in with the password and return where the browser is sent."""
    answer = client.post("/accounts/login/", {"login": email, "password": PASSWORD, "next": page})
    assert answer.status_code == 302, answer.content
    return str(answer.headers["Location"])


@pytest.fixture(autouse=True)
def nobody_tried_before() -> None:
    """Forget the sign-ins of other tests: the library counts them, and refuses too many."""
    cache.clear()


@pytest.fixture
def dana(client: Client, cast: Cast) -> Client:
    """Return a browser in which Dana signed in and gave her second step."""
    TOTP.activate(cast.dana.user, SECRET)
    client.force_login(cast.dana.user)
    answer = client.post(
        "/accounts/2fa/reauthenticate/?next=/desk/", {"code": totp_code(SECRET, time.time())}
    )
    assert answer.headers["Location"] == "/desk/"
    return client
