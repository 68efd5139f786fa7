"""Change the language: for this browser, for the person signed in, and inside a form.

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
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from smarthub.members.operations import choose_language

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
        keep_choice(request, str(language))
        response = self.get_response(request)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            path=settings.LANGUAGE_COOKIE_PATH,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite="Lax",
        )
        return response


@require_POST
def switch_language(request: HttpRequest) -> HttpResponse:
    """Change the language, go back to the page, and remember it for whoever is signed in."""
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        keep_choice(request, language)
    return set_language(request)


def keep_choice(request: HttpRequest, language: str) -> None:
    """Write to the person in this language too, on every device, once they chose it themselves."""
    if request.user.is_authenticated and choose_language(
        user_id=request.user.pk, language=language
    ):
        _say_language(request, language)


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


def _say_language(request: HttpRequest, language: str) -> None:
    """Say in the language that was just chosen what is written in it from now on."""
    with translation.override(language):
        messages.success(
            request,
            gettext(
                "These pages, your messages and your bills are in English from now on, "
                "on every device."
            ),
        )
