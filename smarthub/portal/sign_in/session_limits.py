"""When a session ends by itself: some time after the last page, and for good after two weeks.

The framework lets a session that is written to live on; here it ends so long after it began,
whatever was done in it. Whoever chose to stay signed in is spared the first limit, not the second.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils.translation import gettext

from smarthub.wiring.clock import unmoved_seconds

BEGAN: Final = "session_began"
SEEN: Final = "session_seen"
NOTED_EVERY_SECONDS: Final = 300
"""A session is written to no more often than this for the time of its last page."""
ASKED_BY_ITSELF = frozenset({"due", "ahead"})
"""Addresses that an open page asks for without anybody there."""


class SessionLimits:
    """End a session that rested too long or is too old, before anything is shown in it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and BEGAN in request.session:
            at = unmoved_seconds()
            if _is_over(request, at):
                logout(request)
                messages.info(
                    request, gettext("You were signed out, for your safety. Please sign in again.")
                )
            elif _is_worth_noting(request, at):
                request.session[SEEN] = at
        return self.get_response(request)


def begin_session(request: HttpRequest, *, keep: bool) -> None:
    """Note when a session began, and whether it outlives the browser's window."""
    request.session.set_expiry(settings.SESSION_COOKIE_AGE if keep else 0)
    request.session[BEGAN] = request.session[SEEN] = unmoved_seconds()


def _is_over(request: HttpRequest, at: float) -> bool:
    too_old = at - request.session[BEGAN] >= settings.SESSION_COOKIE_AGE
    rested = at - request.session[SEEN] >= settings.SESSION_IDLE_SECONDS
    return too_old or (rested and request.session.get_expire_at_browser_close())


def _is_worth_noting(request: HttpRequest, at: float) -> bool:
    if at - request.session[SEEN] < NOTED_EVERY_SECONDS:
        return False
    try:
        return resolve(request.path_info).url_name not in ASKED_BY_ITSELF
    except Resolver404:
        return False
