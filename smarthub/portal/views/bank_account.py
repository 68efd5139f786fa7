"""A bank account the co-op draws on itself, stored by its holder; there only where it does so."""

from __future__ import annotations

from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from smarthub.portal.forms.bank_accounts import BankAccountForm
from smarthub.portal.language import fill_again
from smarthub.portal.method_for import note_stored, way_back
from smarthub.portal.requests import MemberRequest, local_today
from smarthub.portal.sign_in.network import network_address
from smarthub.portal.sign_in.step_up import step_up_required
from smarthub.portal.views.pay import SeeOther
from smarthub.portal.words.bank_accounts import VERSION, consent_paragraphs
from smarthub.ui.formats import reading_language
from smarthub.wiring.bank_files import bank_sealer
from smarthub.wiring.clock import now
from smarthub.workflows.auto_pay.set_up_auto_pay import Agreement
from smarthub.workflows.bank.own_bank_account import require_own_origination, store_own_bank_account


@sensitive_post_parameters("number", "number_again", "routing")
@require_http_methods(["GET", "POST"])
def methods_bank_own(request: MemberRequest) -> HttpResponse:
    """Ask for an account and a consent; sent back, store both. Nothing here where it is off."""
    require_own_origination(on=local_today(request))
    return _ask(request)


@step_up_required
def _ask(request: MemberRequest) -> HttpResponse:
    sent = request.POST if request.method == "POST" else None
    form = BankAccountForm(sent, initial={"form_id": uuid4()})
    fill_again(form, request)
    if form.is_bound and form.is_valid():
        return _store(request, form)
    context = {"form": form, "paragraphs": _paragraphs(request)}
    status = 400 if form.errors else 200
    return render(request, "portal/methods_bank_own.html", context, status=status)


def _store(request: MemberRequest, form: BankAccountForm) -> HttpResponse:
    stored = store_own_bank_account(
        form_id=form.cleaned_data["form_id"],
        user_id=request.user.pk,
        account=form.account(),
        agreement=Agreement(
            words="\n\n".join(_paragraphs(request)),
            version=VERSION,
            language=reading_language(),
            ip_address=network_address(request),
            user_agent=request.headers.get("User-Agent", ""),
        ),
        sealer=bank_sealer(),
        now=now(),
    )
    said = gettext(
        "The account ending in %(last4)s is stored. Your bank is asked first; these pages say "
        "from which day you can pay with it."
    )
    note_stored(request, stored.id)
    messages.success(request, said % {"last4": stored.last4})
    return SeeOther(way_back(request))


def _paragraphs(request: MemberRequest) -> list[str]:
    identity = request.cooperative.identity
    return consent_paragraphs(cooperative=identity.name, phone=identity.office_phone)
