"""The desk's pages of messages on bills: the list, a new one, one to prove, replace or stop."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from smarthub.backoffice.forms.messages import AUDIENCES, ONE_DAY, MessageForm, filled
from smarthub.backoffice.gate import StaffRequest, for_staff, local_today
from smarthub.backoffice.pages import SeeOther, show
from smarthub.billing.operations.messages import MessageReplaced
from smarthub.billing.types import MessageDesk
from smarthub.wiring.clock import now
from smarthub.workflows.bills.bill_messages import (
    MessageReadersUnknown,
    NothingToProveOn,
    list_messages,
    open_message,
    prove_message,
    publish_message,
    stop_message,
)

BAD_REQUEST = 400
PROOFS = {"prove_en": "en", "prove_es": "es"}


@require_GET
@for_staff
def bill_messages(request: StaffRequest) -> HttpResponse:
    """Show every message that stands, and which are on bills now."""
    today = local_today(request)
    rows = [
        {
            "told": told,
            "last_day": told.ends_on - ONE_DAY,
            "audience": str(AUDIENCES[told.audience]),
            "state": _state(told, today),
        }
        for told in list_messages()
    ]
    return show(request, "backoffice/messages.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@for_staff
def bill_message_new(request: StaffRequest) -> HttpResponse:
    """Write a message: prove it on a bill as often as wanted, then put it on bills."""
    return _written(request, MessageForm(request.POST or None), None)


@require_http_methods(["GET", "POST"])
@for_staff
def bill_message(request: StaffRequest, number: int) -> HttpResponse:
    """Show a message; write another in its place, or stop it."""
    told = open_message(number=number)
    if request.POST.get("act") == "stop":
        return _stopped(request, number)
    return _written(request, MessageForm(request.POST or None, initial=filled(told)), told)


def _stopped(request: StaffRequest, number: int) -> HttpResponse:
    try:
        stop_message(user_id=request.user.pk, number=number, on=local_today(request), now=now())
    except MessageReplaced:
        messages.error(request, gettext("Somebody changed this message meanwhile. Look again."))
    else:
        messages.success(request, gettext("Stopped. Bills made from now on do not carry it."))
    return SeeOther(reverse("desk_bill_messages"))


def _written(request: StaffRequest, form: MessageForm, told: MessageDesk | None) -> HttpResponse:
    """Do what a valid form asks for; else show it, with what is wrong beside its fields."""
    if form.is_valid():
        try:
            return _done(request, form, told)
        except MessageReadersUnknown as unknown:
            form.add_error(
                "values",
                gettext("There is no %(values)s. Correct it or leave it out.") % unknown.values,
            )
        except NothingToProveOn:
            form.add_error(None, gettext("There is no bill yet to prove it on."))
        except MessageReplaced:
            form.add_error(None, gettext("Somebody changed this message meanwhile. Look again."))
    context = {"form": form, "told": told}
    status = BAD_REQUEST if form.is_bound else 200
    return show(request, "backoffice/message.html", context, status=status)


def _done(request: StaffRequest, form: MessageForm, told: MessageDesk | None) -> HttpResponse:
    if language := PROOFS.get(request.POST.get("act", "")):
        return _proof(request, form, language)
    publish_message(
        user_id=request.user.pk,
        message=form.message(),
        replaces=told.message.number if told else None,
        now=now(),
    )
    messages.success(request, gettext("Saved. Bills of its days carry it once they are written."))
    return SeeOther(reverse("desk_bill_messages"))


def _proof(request: StaffRequest, form: MessageForm, language: str) -> HttpResponse:
    pdf = prove_message(
        user_id=request.user.pk,
        message=form.message(),
        language=language,
        cooperative=request.cooperative,
        message_address=message_address(),
        now=now(),
    )
    headers = {
        "Content-Disposition": f'inline; filename="proof-{language}.pdf"',
        "Cache-Control": "no-store",
    }
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


def message_address() -> str:
    """Return where members read what a message means, ``{number}`` standing for its number."""
    sample = reverse("bill_message", args=[0])
    return settings.BASE_URL + sample.replace("/0/", "/{number}/")


def _state(told: MessageDesk, today: dt.date) -> str:
    if told.starts_on <= today < told.ends_on:
        return "now"
    return "later" if today < told.starts_on < told.ends_on else "over"
