"""Devices a person signed in on before: known by a cookie that says nothing to anybody else.

Two things hang on it. Somebody signing in on a device never seen before is told to the person,
and wrong passwords are counted apart: a stranger who types a member's address with wrong
passwords uses up the budget of their own network, never that of the member's own device.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

COOKIE: Final = "device"
SALT: Final = "smarthub.device"
YEAR_SECONDS: Final = 31_536_000
MOST_LOGINS: Final = 8
"""A device at an office may serve many; the last ones are kept."""
NOT_NEW: Final = "device_is_not_new"


@dataclass(frozen=True, slots=True)
class Device:
    """A device as its cookie tells it: a number drawn by chance, and who signed in there."""

    id: str
    logins: tuple[str, ...]

    def knows(self, login: str) -> bool:
        """Return whether somebody signed in here with this login before."""
        return _mark(login) in self.logins


def device_of(request: HttpRequest) -> Device:
    """Return the device; one without a sound cookie is a new one."""
    try:
        kept = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=YEAR_SECONDS)
        return Device(str(kept["id"]), tuple(map(str, kept["logins"])))
    except (signing.BadSignature, KeyError, TypeError):
        return Device(secrets.token_hex(8), ())


def remember_device(request: HttpRequest, response: HttpResponse, *, login: str) -> None:
    """Let the device know who signed in on it; the cookie carries marks, no address."""
    device = device_of(request)
    logins = (_mark(login), *(each for each in device.logins if each != _mark(login)))
    response.set_cookie(
        COOKIE,
        signing.dumps({"id": device.id, "logins": logins[:MOST_LOGINS]}, salt=SALT),
        max_age=YEAR_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def tell_no_new_device(request: HttpRequest) -> None:
    """Keep still about the device on which a sign-in was opened just now."""
    setattr(request, NOT_NEW, True)


def is_new_device(request: HttpRequest, *, login: str) -> bool:
    """Return whether the person should be told that they signed in here."""
    return not (getattr(request, NOT_NEW, False) or device_of(request).knows(login))


SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)


def name_of_device(user_agent: str) -> str:
    """Return what a person calls the device: ``Chrome, Windows``; empty when nothing is known."""
    found = [
        next((name for sign, name in signs if sign in user_agent), "")
        for signs in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(name for name in found if name)


def _mark(login: str) -> str:
    return salted_hmac(SALT, login.casefold(), algorithm="sha256").hexdigest()[:16]
