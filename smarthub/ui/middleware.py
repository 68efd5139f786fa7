"""What every answer has in common: pages for expected failures, no cache, safe compression."""

from __future__ import annotations

import logging
from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render

from smarthub.kernel.errors import Conflict, ExpectedError, NotVisible, Refused, Unavailable

log = logging.getLogger(__name__)

STATUS: dict[type[ExpectedError], int] = {
    NotVisible: 404,
    Refused: 400,
    Conflict: 409,
    Unavailable: 503,
}


class ExpectedErrors:
    """Answer an ``ExpectedError`` a view let through with its page; the rest reach the log."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Return the page for an expected failure; anything else goes on to the log."""
        for kind, status in STATUS.items():
            if isinstance(error, kind):
                if kind is NotVisible:
                    log.warning(
                        "not visible: login %s at %s",
                        getattr(getattr(request, "user", None), "pk", None),
                        _place(request),
                    )
                return render(request, f"{status}.html", status=status)
        return None


def _place(request: HttpRequest) -> str:
    """Return the name of the address that was asked for: no number of an account stands in it."""
    match = request.resolver_match
    return str(match.view_name) if match else "no address"


class KeptByNobody:
    """Forbid every cache to keep an answer, unless the view said otherwise.

    Pages show what a household owes and uses; a shared computer must not show them again.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if "Cache-Control" not in response:
            response["Cache-Control"] = "no-store"
        return response


class CompressedUnlessEchoing(GZipMiddleware):
    """Compress a page or figures, unless who asked may have put words of their own into it.

    Whoever can place text beside a secret and watch the compressed length can guess the secret
    (BREACH). So an answer is compressed only if it was asked for by a bare address: no form, no
    query, no error page that tells the address back. Django hides the exact length besides.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Return the answer, compressed where it is a page that echoes nothing."""
        bare = request.method == "GET" and not request.META.get("QUERY_STRING")
        page = response.get("Content-Type", "").startswith(("text/html", "application/json"))
        if not (bare and page and response.status_code == HTTPStatus.OK):
            return response
        return super().process_response(request, response)
