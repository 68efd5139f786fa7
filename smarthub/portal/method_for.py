"""Where a member goes on once a card or bank account is stored: to the page that asked for it.

The page that offers to store one says so when it is shown, and it is kept in the session; a visit
to the gateway's form, or a second sign-in step on the way, loses nothing.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from smarthub.portal.chosen_payment import chosen_of

KEY: Final = "method_for"
STORED: Final = "method_stored"


def come_back_here(request: HttpRequest) -> None:
    """Remember the page being shown as the one to come back to, in place of any before."""
    address = request.get_full_path()
    if request.session.get(KEY) != address:
        request.session[KEY] = address


def way_back(request: HttpRequest) -> str:
    """Return the address to go on to: a payment that waits, where no page asked, or the methods."""
    otherwise = reverse("pay_review" if chosen_of(request) else "methods")
    address: str = request.session.get(KEY, otherwise)
    return address


def note_stored(request: HttpRequest, method_id: UUID) -> None:
    """Remember what was stored on the way, so that the page it is for has it chosen."""
    request.session[STORED] = str(method_id)


def stored_on_the_way(request: HttpRequest) -> str:
    """Return the id of what was stored last in this session, or nothing."""
    stored: str = request.session.get(STORED, "")
    return stored


def forget_stored(request: HttpRequest) -> None:
    """Forget it: something was chosen, and only what is stored after that goes before it."""
    request.session.pop(STORED, None)
