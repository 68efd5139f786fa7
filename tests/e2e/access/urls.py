"""The addresses as served, and one more for each way a request can fail."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import path

from smarthub.config.urls import urlpatterns as served
from smarthub.kernel.errors import Conflict, NotVisible, Refused, Unavailable

FAILURES: dict[int, type[Exception]] = {
    400: Refused,
    403: PermissionDenied,
    404: NotVisible,
    409: Conflict,
    500: RuntimeError,
    503: Unavailable,
}


def fail(request: HttpRequest, status: int) -> HttpResponse:
    """Fail as a page does that answers with ``status``."""
    raise FAILURES[status]


urlpatterns = [*served, path("_fail/<int:status>/", fail, name="fail")]
