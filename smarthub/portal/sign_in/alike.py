"""Answers that take the same time for what is known and what is not.

Forms that name an account, an e-mail address or a code are answered after a fixed time at the
earliest. They do the same work either way; this covers what little is left of a difference.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from smarthub.wiring.answering import no_sooner_than

ALIKE = frozenset(
    {
        "register",
        "register_code",
        "register_send",
        "account_login",
        "account_request_login_code",
        "account_reset_password",
    }
)
"""The forms by which somebody could find out who is a member."""


class AnsweredAlike:
    """Answer these forms no sooner than ``ANSWER_FLOOR_SECONDS`` after they arrived."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST" or not _is_alike(request):
            return self.get_response(request)
        with no_sooner_than(settings.ANSWER_FLOOR_SECONDS):
            return self.get_response(request)


def _is_alike(request: HttpRequest) -> bool:
    try:
        return resolve(request.path_info).url_name in ALIKE
    except Resolver404:
        return False
