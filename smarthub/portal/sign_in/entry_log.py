"""One line in the process log for each thing tried at a door: signing in, codes, second steps.

It says which door, from where, who was signed in before and after, and how it was answered. What
was typed is never in it, nor an address of a person: a login stands there by its number.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from smarthub.portal.sign_in.network import network_address

log = logging.getLogger("smarthub.entry")

DOOR_FAMILIES = ("account_", "mfa_", "register", "invit")
DOORS = frozenset({"step_up", "devices", "accept_invitation", "close_login"})


class EntryLog:
    """Write down each form sent at a door."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        door = _door(request)
        if not door:
            return self.get_response(request)
        before = _who(request)
        response = self.get_response(request)
        log.info(
            "%s from %s: %s -> %s, answered %s",
            door,
            network_address(request),
            before,
            _who(request),
            response.status_code,
        )
        return response


def _door(request: HttpRequest) -> str:
    """Return the name of the door a form is sent to; empty where there is none."""
    if request.method != "POST":
        return ""
    try:
        name = str(resolve(request.path_info).url_name)
    except Resolver404:
        return ""
    return name if name in DOORS or name.startswith(DOOR_FAMILIES) else ""


def _who(request: HttpRequest) -> str:
    return f"login {request.user.pk}" if request.user.is_authenticated else "nobody"
