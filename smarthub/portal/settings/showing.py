"""What the settings pages share: a form on a page that says what it affects, and its refusals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from smarthub.portal.language import fill_again
from smarthub.portal.requests import MemberRequest
from smarthub.ui.parts import Question


@dataclass(frozen=True)
class FormPage:
    """One form: what it is for, what saving it affects, and the way back."""

    title: str
    action: str
    back: str
    back_address: str
    affects: Sequence[str] = ()
    quiet: str = ""
    attributes: dict[str, str] = field(default_factory=dict)


def show_form(request: MemberRequest, page: FormPage, form: forms.Form) -> HttpResponse:
    """Show a form, with what was typed and what was wrong with it."""
    fill_again(form, request)
    status = 400 if form.errors else 200
    context = {"page": page, "form": form}
    return render(request, "portal/settings/form.html", context, status=status)


def ask(
    request: MemberRequest, *, title: str, sentence: str, action: str, keep: str, back: str
) -> HttpResponse:
    """Ask before something that is hard to take back; the answer is sent to the same address."""
    question = Question(
        title=title,
        sentence=sentence,
        action=action,
        address=request.path,
        keep=keep,
        keep_address=reverse(back) if "/" not in back else back,
    )
    return render(request, "ui/confirm_page.html", {"question": question})


def is_sent(request: MemberRequest) -> bool:
    """Return whether the form was sent."""
    return request.method == "POST"
