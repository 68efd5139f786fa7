"""The second step before something that matters: a new bank account, e-mail or person.

``@step_up_required`` lets a view run only when the one signed in took a second step in this
session not long ago: an authenticator app, a passkey or a recovery code where they have one,
and else a code sent to a contact they confirmed before. What is done behind it is worth more
than an open session, which may be a phone left on a table.

Put it on the page that shows the form, too: what was typed into a form is not carried across.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from smarthub.kernel.errors import Refused
from smarthub.portal.refusals import say_refusal
from smarthub.portal.requests import MemberRequest
from smarthub.wiring.clock import now, unmoved_seconds
from smarthub.workflows.membership.confirm_it_is_you import (
    confirm_with_code,
    list_ways_to_confirm,
    send_confirming_code,
)

P = ParamSpec("P")
STEP_UP_LASTS = dt.timedelta(minutes=15)
SENT_CODE: Final = "contact_code"
"""How the session notes a second step taken with a code that was sent; the desk wants more."""
SENT_TO: Final = "step_up_sent_to"


def step_up_required(
    view: Callable[Concatenate[Any, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Let a view run only after a second step taken within ``STEP_UP_LASTS``; else lead to it.

    Source: reference, section 6.1 (a second step for what moves money or identity).
    """

    @wraps(view)
    def stepped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not did_step_up(request):
            return lead_to_step_up(request)
        return view(request, *args, **kwargs)

    return stepped


def did_step_up(request: HttpRequest) -> bool:
    """Return whether a second step was taken in this session, and not too long ago."""
    records = get_authentication_records(request, request.user)
    oldest = unmoved_seconds() - STEP_UP_LASTS.total_seconds()
    return any(
        record.get("method") in {"mfa", SENT_CODE} and record["at"] > oldest for record in records
    )


def lead_to_step_up(request: HttpRequest) -> HttpResponseRedirect:
    """Lead to the second step this person has, and back to the page afterwards."""
    if request.method == "POST":
        messages.info(
            request, gettext("Nothing is saved yet. Please confirm first that it is you.")
        )
    back = urlencode({"next": request.get_full_path()})
    return HttpResponseRedirect(f"{reverse(_page_of(request))}?{back}")


def _page_of(request: HttpRequest) -> str:
    if not is_mfa_enabled(request.user):
        return "step_up"
    only_passkey = not is_mfa_enabled(request.user, types=[Authenticator.Type.TOTP])
    return "mfa_reauthenticate_webauthn" if only_passkey else "mfa_reauthenticate"


class WhereForm(forms.Form):
    """Which confirmed contact is to get the code."""

    contact = forms.TypedChoiceField(coerce=int, widget=forms.RadioSelect, label=_("Where to?"))

    def __init__(self, choices: list[tuple[int, str]], data: Any = None) -> None:
        super().__init__(data)
        self.fields["contact"].choices = choices  # type: ignore[attr-defined]
        self.initial["contact"] = choices[0][0] if choices else None


class CodeForm(forms.Form):
    """A code as it was read or pasted."""

    code = forms.CharField(label=_("Code"), max_length=40)


@require_http_methods(["GET", "POST"])
@login_required
def step_up(request: MemberRequest) -> HttpResponse:
    """Send a code to a confirmed contact, and take it."""
    if "code" in request.POST:
        return _take_code(request)
    ways = list_ways_to_confirm(user_id=request.user.pk, now=now())
    form = WhereForm([(way.id, way.masked) for way in ways], request.POST or None)
    if request.method == "POST" and form.is_valid():
        chosen = next(way for way in ways if way.id == form.cleaned_data["contact"])
        try:
            send_confirming_code(user_id=request.user.pk, contact_id=chosen.id, now=now())
        except Refused as refusal:
            form.add_error(None, say_refusal(refusal))
        else:
            request.session[SENT_TO] = chosen.masked
            return HttpResponseRedirect(request.get_full_path())
    return _show(request, form=form, ways=ways, code_form=CodeForm())


def _take_code(request: MemberRequest) -> HttpResponse:
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            confirm_with_code(user_id=request.user.pk, typed=form.cleaned_data["code"], now=now())
        except Refused as refusal:
            form.add_error("code", say_refusal(refusal))
        else:
            record_authentication(request, request.user, method=SENT_CODE)
            request.session.pop(SENT_TO, None)
            return HttpResponseRedirect(get_next_redirect_url(request) or reverse("home"))
    ways = list_ways_to_confirm(user_id=request.user.pk, now=now())
    return _show(
        request, form=WhereForm([(way.id, way.masked) for way in ways]), ways=ways, code_form=form
    )


def _show(request: MemberRequest, **context: Any) -> HttpResponse:
    sent_to = request.session.get(SENT_TO, "")
    by_letter = [way.kind for way in context["ways"]] == ["letter"]
    wrong = context["code_form"].errors or context["form"].errors
    template = "portal/sign_in/step_up.html"
    status = 400 if wrong else 200
    return render(
        request,
        template,
        {
            **context,
            "sent_to": sent_to,
            "by_letter": by_letter,
            "next": request.GET.get("next", ""),
        },
        status=status,
    )
