"""What every request of a person gets: the co-op, its zone, and their language.

The co-op is read when it is first asked for, once a request; a request that shows no page
never asks.
"""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

import pghistory
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject

from smarthub.cooperative.queries import get_cooperative
from smarthub.cooperative.types import Cooperative
from smarthub.wiring.clock import now, today

UTC = ZoneInfo("UTC")


class CooperativeOfRequest:
    """Give the request its co-op; whoever reads it first also sets the zone times are said in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.cooperative = SimpleLazyObject(_read_cooperative)  # type: ignore[attr-defined]
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()


class SpokenLanguage:
    """Speak the language of the person signed in, unless this browser chose one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chose = settings.LANGUAGE_COOKIE_NAME in request.COOKIES
        if not chose and request.user.is_authenticated:
            language = request.user.person.language
            translation.activate(language)
            request.LANGUAGE_CODE = language
        return self.get_response(request)


class ChangesSigned:
    """Sign every change of a row with whoever is signed in; the history tables keep it.

    Only for requests that may change something; a look is not held up.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in {"POST", "PUT", "PATCH", "DELETE"}:
            return self.get_response(request)
        with pghistory.context(user=request.user.pk, at=now().isoformat()):
            return self.get_response(request)


class NothingLeftBehind:
    """Have the browser forget what it kept of these pages when somebody signs out.

    Pages are not kept at all (``KeptByNobody``); this is for whatever a browser kept all the
    same, and for the next person at a shared computer. The language stays: it is nobody's.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        was_signed_in = request.method == "POST" and request.user.is_authenticated
        response = self.get_response(request)
        if was_signed_in and not request.user.is_authenticated:
            response["Clear-Site-Data"] = '"cache", "storage"'
        return response


def _read_cooperative() -> Cooperative:
    cooperative = get_cooperative(on=today(UTC))
    timezone.activate(cooperative.zone)
    return cooperative
