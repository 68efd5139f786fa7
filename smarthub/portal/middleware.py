"""What every request of a person gets: the co-op, its zone, and their language.

The co-op is read when it is first asked for, once a request; a request that shows no page
never asks.
"""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject

from smarthub.cooperative.queries import get_cooperative
from smarthub.cooperative.types import Cooperative
from smarthub.wiring.clock import today

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


def _read_cooperative() -> Cooperative:
    cooperative = get_cooperative(on=today(UTC))
    timezone.activate(cooperative.zone)
    return cooperative
