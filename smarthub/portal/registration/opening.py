"""The last pages of registering: the e-mail or phone, the sign-in itself, and paperless bills."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods

from smarthub.kernel.errors import Refused
from smarthub.members.queries import TEXTS, get_profile
from smarthub.members.types import kind_of_contact, read_sign_in_name
from smarthub.portal.refusals import say_refusal
from smarthub.portal.registration.forms import CodeForm, OtherContactForm, SetUpForm
from smarthub.portal.registration.proving import begin_again
from smarthub.portal.registration.steps import claim_of, forget_claim, list_steps
from smarthub.portal.requests import MemberRequest
from smarthub.portal.settings.applied import list_own_numbers
from smarthub.portal.settings.contacts import TEXTS_VERSION
from smarthub.portal.sign_in.first_time import sign_in_for_the_first_time
from smarthub.portal.sign_in.forms import TYPED_EMAIL
from smarthub.portal.sign_in.network import network_address
from smarthub.portal.sign_in.passwords import find_password_faults
from smarthub.wiring.clock import now
from smarthub.workflows.membership.claim_account import ClaimOver
from smarthub.workflows.membership.consents import note_consent
from smarthub.workflows.membership.register_member import (
    Standing,
    Step,
    accept_paperless,
    add_to_login,
    confirm_email,
    see_standing,
    send_email_code,
    use_other_email,
)
from smarthub.workflows.membership.register_member import register as open_sign_in

PAGES = {
    Step.PROVE: "register_code",
    Step.CONFIRM_EMAIL: "register_email",
    Step.SIGN_IN: "register_sign_in",
    Step.SET_UP: "register_set_up",
    Step.ADD: "register_add",
}
"""The page of each step."""


def _standing(request: HttpRequest) -> Standing:
    user_id = request.user.pk if request.user.is_authenticated else None
    return see_standing(claim_id=claim_of(request), user_id=user_id, now=now())


@require_http_methods(["GET", "POST"])
def register_email(request: HttpRequest) -> HttpResponse:
    """Take the code sent to the address that was typed, or send it again, or elsewhere."""
    try:
        standing = _standing(request)
    except ClaimOver:
        return begin_again(request)
    if standing.step is not Step.CONFIRM_EMAIL:
        return redirect(PAGES[standing.step])
    form, other = CodeForm(), OtherContactForm()
    if request.method == "POST":
        form, other, done = _work_on_email(request, standing)
        if done:
            return redirect("register_email")
    wrong = form.errors or other.errors
    context = {
        "form": form,
        "other": other,
        "email": standing.claim.email,
        "consent": list_text_terms() if kind_of_contact(standing.claim.email) == "phone" else "",
        "steps": list_steps(3),
    }
    return render(request, "portal/registration/email.html", context, status=400 if wrong else 200)


def _work_on_email(
    request: HttpRequest, standing: Standing
) -> tuple[CodeForm, OtherContactForm, bool]:
    """Do what was asked for about the address; the form it was asked with says what is wrong."""
    claim_id = standing.claim.id
    form = CodeForm(request.POST if "code" in request.POST else None)
    other = OtherContactForm(request.POST if "email" in request.POST else None)
    asked: CodeForm | OtherContactForm = other if "email" in request.POST else form
    try:
        if "again" in request.POST:
            send_email_code(claim_id=claim_id, now=now())
            messages.info(request, gettext("A new code is on its way. Only the newest one works."))
            return form, other, True
        if not asked.is_valid():
            return form, other, False
        if asked is other:
            use_other_email(claim_id=claim_id, email=other.cleaned_data["email"], now=now())
        else:
            confirm_email(claim_id=claim_id, typed=form.cleaned_data["code"], now=now())
    except Refused as refusal:
        asked.errors.setdefault("__all__", asked.error_class()).append(say_refusal(refusal))
        return form, other, False
    return form, other, True


@require_http_methods(["GET", "POST"])
def register_sign_in(request: HttpRequest) -> HttpResponse:
    """Lead somebody who has a sign-in to it, with the address already written."""
    try:
        standing = _standing(request)
    except ClaimOver:
        return begin_again(request)
    if standing.step is not Step.SIGN_IN:
        return redirect(PAGES[standing.step])
    if request.method == "POST":
        if standing.is_email_taken:
            request.session[TYPED_EMAIL] = standing.claim.email
        return HttpResponseRedirect(f"{reverse('account_login')}?next={reverse('register_add')}")
    context = {"standing": standing, "steps": list_steps(4)}
    return render(request, "portal/registration/sign_in.html", context)


@require_http_methods(["GET", "POST"])
def register_set_up(request: HttpRequest) -> HttpResponse:
    """Open the sign-in: with a passkey, which comes first, or with a password."""
    try:
        standing = _standing(request)
    except ClaimOver:
        return begin_again(request)
    if standing.step is not Step.SET_UP:
        return redirect(PAGES[standing.step])
    form = SetUpForm(
        standing.people, request.POST or None, initial={"language": get_language() or "en"}
    )
    with_passkey = request.POST.get("how") == "passkey"
    if request.method == "POST" and _is_good(request, form, standing, with_passkey=with_passkey):
        return _open(request, form, standing, with_passkey=with_passkey)
    status = 400 if form.errors else 200
    context = {"form": form, "email": standing.claim.email, "steps": list_steps(4)}
    return render(request, "portal/registration/set_up.html", context, status=status)


def _is_good(
    request: HttpRequest, form: SetUpForm, standing: Standing, *, with_passkey: bool
) -> bool:
    if form.is_valid() and not with_passkey:
        person = form.cleaned_data["person"] or standing.people[0][0]
        faults = find_password_faults(
            form.cleaned_data["password"],
            words=(
                standing.claim.email,
                standing.claim.account_number,
                dict(standing.people)[person],
            ),
            request=request,
        )
        for fault in faults:
            form.add_error("password", fault)
    return form.is_valid()


def _open(
    request: HttpRequest, form: SetUpForm, standing: Standing, *, with_passkey: bool
) -> HttpResponse:
    """Open the login and sign it in; a passkey is made right after the paperless page."""
    user_id = open_sign_in(
        claim_id=standing.claim.id,
        person_id=form.cleaned_data["person"] or standing.people[0][0],
        password=None if with_passkey else form.cleaned_data["password"],
        language=form.cleaned_data["language"],
        now=now(),
    )
    if standing.claim.email and kind_of_contact(standing.claim.email) == "phone":
        note_texts(request, user_id)
    forget_claim(request)
    page = reverse("register_paperless")
    return sign_in_for_the_first_time(
        request, user_id, then=f"{page}?then=passkey" if with_passkey else page
    )


def note_texts(request: HttpRequest, user_id: int) -> None:
    """Keep that a phone was given for texts, with the words that stood beside its code."""
    note_consent(
        user_id=user_id,
        kind=TEXTS,
        granted=True,
        text=list_text_terms(),
        text_version=TEXTS_VERSION,
        language=get_language() or "en",
        now=now(),
        ip_address=network_address(request),
        user_agent=request.headers.get("User-Agent", ""),
    )


def list_text_terms() -> str:
    """Return to what somebody agrees who registers by phone: kept with the consent."""
    return gettext(
        "By typing the code you agree that we send texts about your accounts to this phone. "
        "Your carrier may want money for them; you can end them here at any time."
    )


@require_http_methods(["GET", "POST"])
@login_required
def register_add(request: MemberRequest) -> HttpResponse:
    """Add a proved account to the sign-in of whoever is signed in."""
    try:
        standing = _standing(request)
        if standing.step is not Step.ADD:
            return redirect(PAGES[standing.step])
        if request.method == "POST":
            number = add_to_login(claim_id=standing.claim.id, user_id=request.user.pk, now=now())
            forget_claim(request)
            messages.success(
                request, gettext("Account %(number)s is now with your others.") % {"number": number}
            )
            return redirect("home")
    except ClaimOver:
        return begin_again(request)
    except Refused as refusal:
        forget_claim(request)
        context: dict[str, Any] = {"reason": say_refusal(refusal)}
        return render(request, "portal/registration/not_added.html", context, status=400)
    return render(request, "portal/registration/add.html", {"claim": standing.claim})


@require_http_methods(["GET", "POST"])
@login_required
def register_paperless(request: MemberRequest) -> HttpResponse:
    """Offer bills without paper, and say what that means before it is chosen.

    Without an e-mail address there is nothing to offer: then it says with what to sign in.
    Somebody who was invited and signs in by a name comes here for that, too.
    """
    then = "mfa_add_webauthn" if request.GET.get("then") == "passkey" else "home"
    if not request.user.email:
        signs_in_with = get_profile(user_id=request.user.pk).signs_in_with
        context = {
            "then": then,
            "name": signs_in_with,
            "is_own": read_sign_in_name(signs_in_with),
            "has_bills": bool(list_own_numbers(request)),
        }
        return render(request, "portal/registration/registered.html", context)
    terms = list_paperless_terms()
    if request.method == "POST":
        if request.POST.get("choice") == "paperless":
            accept_paperless(
                user_id=request.user.pk,
                text=" ".join(terms),
                language=get_language() or "en",
                ip_address=network_address(request),
                user_agent=request.headers.get("User-Agent", ""),
                now=now(),
            )
        return redirect(then)
    return render(request, "portal/registration/paperless.html", {"terms": terms})


def list_paperless_terms() -> tuple[str, ...]:
    """Return what going without paper means: these words are kept with the consent."""
    return (
        gettext("We send you an e-mail the day a bill is ready, and no paper."),
        gettext("The bill is due on the same day as before, whether or not you read the e-mail."),
        gettext("Your bills stay here as pages and as PDF files, to print or to keep."),
        gettext("If two e-mails in a row cannot be delivered, paper comes again and we tell you."),
        gettext("You can go back to paper at any time; it costs nothing."),
    )
