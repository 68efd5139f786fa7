"""Turn expected failures into pages: 404, 409 and 503; the rest reach the log."""

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
    """Answer an ``ExpectedError`` a view let through with its page."""

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
