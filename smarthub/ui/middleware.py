"""What every answer has in common: pages for expected failures, and nothing kept by a cache."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from smarthub.kernel.errors import Conflict, ExpectedError, NotVisible, Refused, Unavailable

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
                return render(request, f"{status}.html", status=status)
        return None


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
