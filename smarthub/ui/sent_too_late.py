"""A form that comes after its sender's visit ended: nothing is done, and that is said.

Whoever pays, or changes something, and is led to the sign-in instead, must not wonder whether it
went through; and an address that only takes forms in shows nothing to whoever comes back to it.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.translation import gettext


class SentTooLate:
    """Where a form is answered by the sign-in, say so, and come back to the page it stood on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if request.method != "POST" or not _asks_to_sign_in(request, answer):
            return answer
        say_nothing_was_done(request)
        return redirect_to_login(page_to_come_back_to(request))


def say_nothing_was_done(request: HttpRequest) -> None:
    """Say it of a form that was sent; a page that was only asked for needs no word."""
    if request.method == "POST":
        sentence = gettext(
            "Nothing of what you sent was done: you were not signed in any more. Sign in, and send "
            "it again."
        )
        messages.warning(request, sentence)


def page_to_come_back_to(request: HttpRequest) -> str:
    """Return this page; for a form that was sent, the page of ours it stood on, or the first."""
    if request.method != "POST":
        return request.get_full_path()
    came_from = urlsplit(request.headers.get("Referer", ""))
    if came_from.netloc != request.get_host():
        return "/"
    return came_from._replace(scheme="", netloc="").geturl() or "/"


def _asks_to_sign_in(request: HttpRequest, answer: HttpResponse) -> bool:
    """Whether a page that only its members see led to the sign-in, to come back to itself."""
    if request.user.is_authenticated or not isinstance(answer, HttpResponseRedirect):
        return False
    leads = urlsplit(answer.url)
    is_sign_in = leads.path == resolve_url(settings.LOGIN_URL)
    return is_sign_in and parse_qs(leads.query).get("next") == [request.get_full_path()]
