"""Taking an invitation to an account: its code first, then the offer, then a sign-in of one's own.

The address opens nothing and says nothing: to a wrong code it answers the same for an invitation
that is there and for one that never was.
"""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from smarthub.accounts.operations import AlreadyHolder
from smarthub.kernel.errors import NotVisible, Refused
from smarthub.members.operations import EmailTaken, PhoneTaken
from smarthub.members.types import kind_of_contact
from smarthub.notifications.types import Channel
from smarthub.portal.invitation_session import (
    forget_invitation,
    opened_invitation,
    remember_invitation,
)
from smarthub.portal.language import fill_again
from smarthub.portal.limits import is_within_limits
from smarthub.portal.refusals import say_refusal
from smarthub.portal.registration.opening import list_text_terms, note_texts
from smarthub.portal.requests import MemberRequest, local_today
from smarthub.portal.settings.forms import CodeForm, InvitedContactForm, InvitedForm
from smarthub.portal.sign_in.first_time import sign_in_for_the_first_time
from smarthub.portal.sign_in.passwords import find_password_faults
from smarthub.ui.formats import reading_language
from smarthub.wiring.clock import now
from smarthub.workflows.membership.register_invited import (
    refuse_without_address,
    register_invited,
    send_code_to_invited,
    take_code_of_invited,
)
from smarthub.workflows.membership.share_account import (
    accept_invitation,
    get_opened_invitation,
    open_invitation,
)

INVITED_CONTACT = "invited_contact"
"""What somebody invited by letter wrote; empty where they have neither e-mail nor phone."""


@require_http_methods(["GET", "POST"])
def invitation(request: MemberRequest, number: str) -> HttpResponse:
    """Ask for the code; with it, show the offer and how to take it."""
    if opened_invitation(request) == number and request.method == "GET":
        return _offer(request, number)
    form = CodeForm(request.POST or None)
    fill_again(form, request)
    if form.is_valid():
        if not is_within_limits(request, "open_invitation"):
            return render(request, "429.html", status=429)
        try:
            open_invitation(number=number, typed=form.cleaned_data["code"], now=now())
        except Refused:
            form.add_error("code", _wrong())
        else:
            remember_invitation(request, number=number)
            return redirect("invitation", number=number)
    status = 400 if form.errors else 200
    return render(request, "portal/invitation_code.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
def make_sign_in(request: MemberRequest, number: str) -> HttpResponse:
    """Make a sign-in for whoever opened this invitation, and take it.

    Raises:
        NotVisible: this session opened no such invitation.
    """
    if opened_invitation(request) != number:
        raise NotVisible
    if request.user.is_authenticated:
        return redirect("invitation", number=number)
    try:
        offer = get_opened_invitation(number=number, now=now())
    except Refused:
        return redirect("invitation", number=number)
    by_email = offer.channel == Channel.EMAIL
    if "other" in request.GET:
        request.session.pop(INVITED_CONTACT, None)
    contact = offer.address if by_email else request.session.get(INVITED_CONTACT)
    if contact is None:
        return _ask_contact(request, number)
    form = InvitedForm(request.POST or None, asks_code=not by_email and contact != "")
    fill_again(form, request)
    if request.method == "POST" and _is_good(request, form, (contact, number)):
        opened = _open(request, number, contact, form)
        if opened is not None:
            return opened
    return _show_sign_in(request, form, contact=contact, by_email=by_email)


def _ask_contact(request: MemberRequest, number: str) -> HttpResponse:
    """Ask somebody invited by letter with what they will sign in, and send a code there."""
    form = InvitedContactForm(request.POST or None)
    fill_again(form, request)
    if request.method == "POST" and form.is_valid():
        contact = form.cleaned_data["contact"]
        try:
            if contact:
                send_code_to_invited(
                    number=number, contact=contact, language=reading_language(), now=now()
                )
            else:
                refuse_without_address(number=number, now=now())
        except Refused as refusal:
            form.add_error("contact", say_refusal(refusal))
        else:
            request.session[INVITED_CONTACT] = contact
            return redirect("invited_sign_in", number=number)
    return _show_sign_in(request, form, contact=None, by_email=False)


def _show_sign_in(
    request: MemberRequest, form: forms.Form, *, contact: str | None, by_email: bool
) -> HttpResponse:
    texted = bool(contact) and kind_of_contact(contact or "") == "phone"
    context = {
        "form": form,
        "email": contact or "",
        "asks_code": bool(contact) and not by_email,
        "asks_contact": contact is None,
        "by_email": by_email,
        "consent": list_text_terms() if texted else "",
    }
    status = 400 if form.errors else 200
    return render(request, "portal/invitation_sign_in.html", context, status=status)


def _is_good(request: MemberRequest, form: InvitedForm, known: tuple[str, ...]) -> bool:
    """Whether the form is filled in, with a password nobody guesses or a passkey instead."""
    if form.is_valid() and not _wants_passkey(request):
        typed = form.cleaned_data
        words = (*known, typed["given_name"], typed["family_name"])
        for fault in find_password_faults(typed["password"], words=words, request=request):
            form.add_error("password", fault)
    return form.is_valid()


def _wants_passkey(request: MemberRequest) -> bool:
    return request.POST.get("how") == "passkey"


def _open(
    request: MemberRequest, number: str, contact: str, form: InvitedForm
) -> HttpResponse | None:
    """Open the login and sign in; None with the reason on the form."""
    given = form.cleaned_data
    try:
        if "code" in given:
            take_code_of_invited(number=number, contact=contact, typed=given["code"], now=now())
        user_id = register_invited(
            number=number,
            contact=contact,
            given_name=given["given_name"],
            family_name=given["family_name"],
            language=reading_language(),
            password=None if _wants_passkey(request) else given["password"],
            on=local_today(request),
            now=now(),
        )
    except (EmailTaken, PhoneTaken):
        form.add_error(None, gettext("Somebody signs in with it already. Sign in to accept."))
        return None
    except Refused as refusal:
        form.add_error(None, say_refusal(refusal))
        return None
    forget_invitation(request)
    request.session.pop(INVITED_CONTACT, None)
    messages.success(request, gettext("Your sign-in is made. Welcome."))
    if contact and kind_of_contact(contact) == "phone":
        note_texts(request, user_id)
    if not contact:  # the page that says the name to sign in with, to be written down
        wants = "?then=passkey" if _wants_passkey(request) else ""
        then = f"{reverse('register_paperless')}{wants}"
        return sign_in_for_the_first_time(request, user_id, then=then)
    page = "mfa_add_webauthn" if _wants_passkey(request) else "registered_accounts"
    return sign_in_for_the_first_time(request, user_id, then=reverse(page))


@require_POST
@login_required
def accept(request: MemberRequest, number: str) -> HttpResponse:
    """Take the invitation this session opened.

    Raises:
        NotVisible: this session opened no such invitation.
    """
    if opened_invitation(request) != number:
        raise NotVisible
    try:
        taken = accept_invitation(
            user_id=request.user.pk, number=number, on=local_today(request), now=now()
        )
    except AlreadyHolder:
        messages.info(request, gettext("This account is yours already: nothing has changed."))
    except Refused:
        messages.error(request, _wrong())
    else:
        messages.success(
            request,
            gettext("You now have access to account %(number)s.")
            % {"number": taken.account_number},
        )
    forget_invitation(request)
    return redirect("registered_accounts")


def _offer(request: MemberRequest, number: str) -> HttpResponse:
    try:
        offer = get_opened_invitation(number=number, now=now())
    except Refused:
        forget_invitation(request)
        messages.error(request, _wrong())
        return redirect("invitation", number=number)
    return render(request, "portal/invitation.html", {"offer": offer})


def _wrong() -> str:
    return gettext(
        "This code does not fit, or the invitation is over. Look at the message again, or ask "
        "whoever invited you for a new one."
    )
