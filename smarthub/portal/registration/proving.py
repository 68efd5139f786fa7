"""The first pages of registering: which account, and the code that proves it is theirs.

Whatever is typed, the answer is the same for an account that is there and one that is not.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from smarthub.kernel.errors import Refused
from smarthub.portal.forms.which_account import AddAccountForm
from smarthub.portal.refusals import say_refusal
from smarthub.portal.registration.forms import CodeForm, RegisterForm
from smarthub.portal.registration.steps import SENT, claim_of, forget_claim, keep_claim, list_steps
from smarthub.portal.sign_in.network import network_address
from smarthub.wiring.clock import now
from smarthub.wiring.registration import registration_limits
from smarthub.workflows.membership.claim_account import (
    ClaimOver,
    ask_for_account,
    ask_for_code,
    prove,
)
from smarthub.workflows.membership.register_member import (
    Step,
    confirm_email_by_proof,
    see_standing,
    send_email_code,
)

CHANNELS = ("email", "text", "letter")


@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Ask which account, whose, and where the one who asks is reached."""
    signed_in = request.user.is_authenticated
    form_class = AddAccountForm if signed_in else RegisterForm
    form = form_class(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            claim_id = _begin(request, form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, say_refusal(refusal))
        else:
            keep_claim(request, claim_id)
            return redirect("register_code")
    return _show(request, "ask", {"form": form, "steps": () if signed_in else list_steps(1)})


def _begin(request: HttpRequest, typed: dict[str, Any]) -> UUID:
    return ask_for_account(
        number=typed["number"],
        name=typed["name"],
        email=typed.get("email", ""),
        language=get_language() or "en",
        user_id=request.user.pk if request.user.is_authenticated else None,
        ip_address=network_address(request),
        now=now(),
        limits=registration_limits(),
    )


@require_http_methods(["GET", "POST"])
def register_code(request: HttpRequest) -> HttpResponse:
    """Take the code that proves the account, or tell how to get one."""
    claim_id = claim_of(request)
    user_id = request.user.pk if request.user.is_authenticated else None
    try:
        standing = see_standing(claim_id=claim_id, user_id=user_id, now=now())
    except ClaimOver:
        return begin_again(request)
    if standing.step is not Step.PROVE:
        return redirect("register_add" if standing.step is Step.ADD else "register_email")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            prove(claim_id=claim_id, typed=form.cleaned_data["code"], now=now())
        except Refused as refusal:
            form.add_error("code", say_refusal(refusal))
        else:
            return _go_on(request, claim_id, user_id)
    shown = {"form": form, "sent": request.session.get(SENT, ""), "adds": user_id is not None}
    return _show(request, "code", {**shown, "steps": () if user_id else list_steps(2)})


def _go_on(request: HttpRequest, claim_id: UUID, user_id: int | None) -> HttpResponseRedirect:
    """Tell the new number to whoever typed an old one, and lead to the next step."""
    claim = see_standing(claim_id=claim_id, user_id=user_id, now=now()).claim
    if claim.was_asked_by_old_number:
        messages.info(
            request,
            gettext(
                "The number you typed is one this account had before. Its number is now "
                "%(number)s; it stands on your newest bill."
            )
            % {"number": claim.account_number},
        )
    if user_id is not None:
        return redirect("register_add")
    if claim.email and not confirm_email_by_proof(claim_id=claim_id, now=now()):
        send_email_code(claim_id=claim_id, now=now())
    return redirect("register_email")


@require_POST
def register_send(request: HttpRequest) -> HttpResponse:
    """Have a code sent to what is on file, if there is anything."""
    channel = request.POST.get("channel", "")
    claim_id = claim_of(request)
    if channel in CHANNELS:
        try:
            ask_for_code(claim_id=claim_id, channel=channel, now=now())
            request.session[SENT] = channel
        except ClaimOver:
            return begin_again(request)
        except Refused as refusal:
            messages.warning(request, say_refusal(refusal))
    return redirect("register_code")


@require_GET
def register_where(request: HttpRequest) -> HttpResponse:
    """Show on a picture of the bill where the account number and the code stand."""
    return _show(request, "where", {})


def begin_again(request: HttpRequest) -> HttpResponseRedirect:
    """Lead back to the beginning somebody whose registration was left too long."""
    forget_claim(request)
    messages.info(request, gettext("This took more than an hour. Please begin again."))
    return redirect("register")


def _show(request: HttpRequest, page: str, context: dict[str, Any]) -> HttpResponse:
    form = context.get("form")
    status = 400 if form is not None and form.errors else 200
    return render(request, f"portal/registration/{page}.html", context, status=status)
