"""The session cookie, sent or deleted only by an answer that cannot be older than the sign-in.

A browser asks for several things at once. Signing in gives the session a new name, and whatever was
asked for under the old one may be answered later: a live part, the service worker, an icon. The
framework has such an answer delete the cookie, for nobody knows the old name any more; the browser
then forgets the new one, and the member is signed out a moment after signing in.
"""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

ONLY_LOOKS: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class SteadySessionMiddleware(SessionMiddleware):
    """Leave the cookie as it is, unless this very request ended or began a session.

    A name that opens nothing is left on the device: the next sign-in writes over it.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Return the answer, with a session cookie only where it tells the browser news."""
        sent = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        looks = request.method in ONLY_LOOKS
        if sent and request.session.is_empty() and (looks or not request.session.modified):
            patch_vary_headers(response, ("Cookie",))
            return response
        answer = super().process_response(request, response)
        if looks and sent == request.session.session_key:
            answer.cookies.pop(settings.SESSION_COOKIE_NAME, None)
        return answer
