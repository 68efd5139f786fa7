"""Where a member goes on once a card or bank account is stored: to the page that asked for it.

The page that offers to store one says so when it is shown, and it is kept in the session; a visit
to the gateway's form, or a second sign-in step on the way, loses nothing.
"""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest
from django.urls import reverse

from smarthub.portal.chosen_payment import chosen_of

KEY: Final = "method_for"


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
