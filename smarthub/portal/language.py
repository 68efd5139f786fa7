"""Change the language in the middle of a form, and keep what was typed.

On a page with a form the language button belongs to that form: it sends what was typed along
with ``switch_language``. Here the language is changed, and the view is asked for its page as if
it had been opened, with what was typed beside it. Nothing is done with the form, nothing is
stored, and no script is needed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import translation

SWITCH = "switch_language"


class LanguageSwitchedInForm:
    """Turn a form sent by its language button into a look at the same page in that language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = request.POST.get(SWITCH) if request.method == "POST" else None
        if language not in dict(settings.LANGUAGES):
            return self.get_response(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        request.typed = request.POST  # type: ignore[attr-defined]
        request.method = "GET"
        response = self.get_response(request)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            path=settings.LANGUAGE_COOKIE_PATH,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite=settings.LANGUAGE_COOKIE_SAMESITE,
        )
        return response


def fill_again(form: forms.Form, request: HttpRequest) -> None:
    """Fill a form with what was typed before its language was changed; unchecked, as it stood."""
    typed: QueryDict | None = getattr(request, "typed", None)
    if typed is None:
        return
    values: dict[str, Any] = {
        name: field.widget.value_from_datadict(typed, {}, form.add_prefix(name))
        for name, field in form.fields.items()
    }
    form.initial = {**form.initial, **values}
