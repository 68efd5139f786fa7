"""Contact methods: e-mail addresses and phones, each confirmed by a code before it is used."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_GET, require_http_methods

from smarthub.kernel.errors import Conflict, NotVisible, Refused
from smarthub.members.queries import TEXTS, get_profile
from smarthub.members.types import ContactView, read_sign_in_name
from smarthub.portal.refusals import say_refusal
from smarthub.portal.requests import MemberRequest
from smarthub.portal.settings.applied import (
    list_own_numbers,
    say_accounts,
    say_confirmed,
    say_ended,
    say_signs_in,
)
from smarthub.portal.settings.forms import CodeForm, NewEmailForm, NewPhoneForm
from smarthub.portal.settings.showing import FormPage, ask, is_sent, show_form
from smarthub.portal.sign_in.step_up import step_up_required
from smarthub.wiring.clock import now
from smarthub.wiring.senders import carries_texts
from smarthub.workflows.membership import change_profile
from smarthub.workflows.membership.consents import note_consent

TEXTS_VERSION = "2026-11"


@require_GET
@login_required
def contacts(request: MemberRequest) -> HttpResponse:
    """Show every contact: confirmed or not, and which one signs in."""
    known = get_profile(user_id=request.user.pk)
    context = {
        "emails": [each for each in known.contacts if each.kind == "email"],
        "phones": [each for each in known.contacts if each.kind == "phone"],
        "profile": known,
        "carries_texts": carries_texts(),
        "is_own_name": read_sign_in_name(known.signs_in_with),
    }
    return render(request, "portal/settings/contacts.html", context)


@require_http_methods(["GET", "POST"])
@step_up_required
def add_email(request: MemberRequest) -> HttpResponse:
    """Add an e-mail address: it gets a code first."""
    form = NewEmailForm(request.POST or None)
    page = FormPage(
        title=gettext("Add an e-mail address"),
        action=gettext("Send a code there"),
        back=gettext("Contact Methods"),
        back_address="contacts",
        affects=(
            gettext(
                "Once you typed the code, e-mails about %(accounts)s go there as well: "
                "bills, receipts and notices."
            )
            % {"accounts": say_accounts(list_own_numbers(request))},
            gettext("Your other addresses are told."),
        ),
    )
    return _begin(request, form, page, kind="email")


@require_http_methods(["GET", "POST"])
@step_up_required
def add_phone(request: MemberRequest) -> HttpResponse:
    """Add a phone, with consent to texts: it gets a code first.

    Raises:
        NotVisible: nobody carries texts for this installation.
    """
    if not carries_texts():
        raise NotVisible
    form = NewPhoneForm(request.POST or None)
    page = FormPage(
        title=gettext("Add a mobile phone"),
        action=gettext("Send a code there"),
        back=gettext("Contact Methods"),
        back_address="contacts",
        affects=(
            gettext("Once you typed the code, texts about %(accounts)s may go there.")
            % {"accounts": say_accounts(list_own_numbers(request))},
            gettext("Your carrier may want money for texts. Remove the phone here to end them."),
            gettext("Your other addresses are told."),
        ),
    )
    return _begin(request, form, page, kind="phone")


@require_http_methods(["GET", "POST"])
@login_required
def confirm_contact(request: MemberRequest, reference: UUID) -> HttpResponse:
    """Take the code that was sent to a contact, or send another."""
    contact = change_profile.find_contact(user_id=request.user.pk, reference=reference)
    if contact.is_confirmed:
        return redirect("contacts")
    form = CodeForm(request.POST if "code" in request.POST else None)
    if is_sent(request):
        try:
            if not form.is_bound:
                change_profile.send_contact_code(
                    user_id=request.user.pk, reference=reference, now=now()
                )
                messages.info(request, gettext("A new code is on its way."))
            elif form.is_valid():
                _confirm(request, contact, form.cleaned_data["code"])
                return redirect("contacts")
        except Refused as refusal:
            form.errors  # noqa: B018 (a form is cleaned before an error is added)
            _refuse(form, "code", refusal)
    context = {"contact": contact, "form": form}
    status = 400 if form.errors else 200
    return render(request, "portal/settings/confirm_contact.html", context, status=status)


@require_http_methods(["GET", "POST"])
@step_up_required
def end_contact(request: MemberRequest, reference: UUID) -> HttpResponse:
    """Ask, then stop using a contact."""
    contact = change_profile.find_contact(user_id=request.user.pk, reference=reference)
    if not is_sent(request):
        return ask(
            request,
            title=gettext("Remove %(contact)s?") % {"contact": contact.value},
            sentence=gettext(
                "Bills, notices and codes no longer go there. It gets one last "
                "message that says so."
            ),
            action=gettext("Remove it"),
            keep=gettext("Keep the contact"),
            back="contacts",
        )
    try:
        change_profile.end_contact(user_id=request.user.pk, reference=reference, now=now())
    except Refused as refusal:
        messages.error(request, say_refusal(refusal))
        return redirect("contacts")
    if contact.kind == "phone":
        _note_consent(request, granted=False, text=str(NewPhoneForm.base_fields["agreed"].label))
    say_ended(request, contact, profile=get_profile(user_id=request.user.pk))
    return redirect("contacts")


@require_http_methods(["GET", "POST"])
@step_up_required
def sign_in_with(request: MemberRequest, reference: UUID) -> HttpResponse:
    """Ask, then let the member sign in with another confirmed address or phone.

    Raises:
        NotVisible: the contact is not theirs, or not confirmed, or no texts are carried.
    """
    contact = change_profile.find_contact(user_id=request.user.pk, reference=reference)
    if not contact.is_confirmed or (contact.kind == "phone" and not carries_texts()):
        raise NotVisible
    old = get_profile(user_id=request.user.pk).signs_in_with
    if not is_sent(request):
        return ask(
            request,
            title=gettext("Sign in with %(contact)s?") % {"contact": contact.value},
            sentence=gettext(
                "From now on you sign in with this instead of %(old)s. "
                "Your password stays. Both are told."
            )
            % {"old": old},
            action=gettext("Sign in with it"),
            keep=gettext("Keep it as it is"),
            back="contacts",
        )
    try:
        change_profile.sign_in_with(user_id=request.user.pk, reference=reference, now=now())
    except Conflict:
        messages.error(request, gettext("Somebody signs in with it already. Choose another."))
    else:
        say_signs_in(request, old=old, new=contact.value)
    return redirect("contacts")


def _begin(request: MemberRequest, form: Any, page: FormPage, *, kind: str) -> HttpResponse:
    if form.is_valid():
        try:
            reference = change_profile.begin_contact(
                user_id=request.user.pk, kind=kind, value=form.cleaned_data["value"], now=now()
            )
        except Refused as refusal:
            _refuse(form, "value", refusal)
        else:
            return redirect("confirm_contact", reference=reference)
    return show_form(request, page, form)


def _confirm(request: MemberRequest, contact: ContactView, typed: str) -> None:
    change_profile.confirm_contact(
        user_id=request.user.pk, reference=contact.reference, typed=typed, now=now()
    )
    if contact.kind == "phone":
        _note_consent(request, granted=True, text=str(NewPhoneForm.base_fields["agreed"].label))
    say_confirmed(request, contact)


def _refuse(form: Any, field: str, refusal: Refused) -> None:
    form.add_error(field if form.is_bound else None, say_refusal(refusal))


def _note_consent(request: MemberRequest, *, granted: bool, text: str) -> None:
    note_consent(
        user_id=request.user.pk,
        kind=TEXTS,
        granted=granted,
        text=text,
        text_version=TEXTS_VERSION,
        language=get_language() or "en",
        now=now(),
        ip_address=get_adapter().get_client_ip(request),
        user_agent=request.headers.get("User-Agent", ""),
    )
