"""Passkeys and devices of Maria's, asked by Rosa; and the reader's own."""

from __future__ import annotations

from allauth.mfa.models import Authenticator

from tests.cast import Cast
from tests.portal.rosa.tables import Ask, Tables

MISSING = {"passkey": "99999999"}


def prepare(cast: Cast) -> dict[str, str]:
    """Give Maria a passkey; its credential need not work to be looked for."""
    passkey = Authenticator.objects.create(
        user=cast.maria.user,
        type=Authenticator.Type.WEBAUTHN,
        data={"name": "Maria's phone", "credential": {}},
    )
    return {"passkey": str(passkey.pk)}


# Both pages first ask whoever looks to confirm that it is them. What Rosa is told of a passkey of
# Maria's once she did has no test yet.
ASKED: Tables = {
    f"accounts/2fa/webauthn/keys/<int:pk>/{act}/": tuple(
        Ask(
            method,
            lambda t, act=act: f"/accounts/2fa/webauthn/keys/{t['passkey']}/{act}/",  # type: ignore[misc]
            None if method == "GET" else lambda _: {},
            status=302,
        )
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
    )
    for act in ("edit", "remove")
}

ASKED |= {
    "desk/sweeps/": (
        Ask("GET", lambda _: "/desk/sweeps/", owner="dana"),
        Ask("POST", lambda _: "/desk/sweeps/", lambda _: {"looked_at": "1"}, owner="dana"),
    ),
    "desk/accounts/<str:number>/online-access/": (
        Ask("GET", lambda t: f"/desk/accounts/{t['account']}/online-access/", owner="dana"),
        Ask(
            "POST",
            lambda t: f"/desk/accounts/{t['account']}/online-access/",
            lambda _: {},
            owner="dana",
        ),
    ),
}

OWN = {
    "accounts/confirm-it-is-you/": "the reader's own contacts, to send a code to",
    "accounts/devices/": "where the reader is signed in; another's number ends nothing",
    "accounts/2fa/webauthn/": "the reader's own passkeys",
    "accounts/2fa/webauthn/add/": "the reader's own passkeys",
    "accounts/2fa/webauthn/reauthenticate/": "the reader's own passkeys",
    "register/add/": "adds to the reader's own sign-in what was proved in this browser",
    "register/paperless/": "a choice of whoever is signed in",
}
