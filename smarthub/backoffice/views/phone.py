"""A card by phone: the clerk starts a hand-off, tells the caller the code, and sees how it goes."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID, uuid4

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from smarthub.backoffice.forms.money import AmountField
from smarthub.backoffice.gate import StaffRequest, for_staff
from smarthub.backoffice.pages import SeeOther, show
from smarthub.backoffice.words import money as money_words
from smarthub.kernel.errors import Conflict, NotVisible, Refused
from smarthub.payments.types import PhoneState
from smarthub.ui.formats import say_number
from smarthub.wiring.clock import now
from smarthub.wiring.phone import get_play_phone, require_phone_vendor
from smarthub.workflows.money.pay_by_phone import see_phone_page, start_phone_payment

STATES = {
    PhoneState.WAITING: (_("waiting for the caller"), ""),
    PhoneState.LOOKED_UP: (_("looked up, the card is being given"), "tag-sun"),
    PhoneState.PAID: (_("paid"), ""),
    PhoneState.FAILED: (_("the card was refused; the caller may try another"), "tag-alarm"),
    PhoneState.PARKED: (_("charged, but it did not match: it waits in suspense"), "tag-alarm"),
    PhoneState.EXPIRED: (_("expired"), ""),
}
"""How a hand-off stands, in words, and the tone of the tag."""


class PhoneForm(forms.Form):
    """How much the caller pays; its key makes a double click one hand-off."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    amount = AmountField(
        label=_("Amount"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"required": _("Write an amount in dollars and cents, such as 25.00.")},
    )


@require_http_methods(["GET", "POST"])
@for_staff
def phone_payment(request: StaffRequest, number: str) -> HttpResponse:
    """Ask how much; sent back, start it, and show its code and state until it is over."""
    require_phone_vendor()
    page = see_phone_page(
        user_id=request.user.pk, number=number, hand_off_id=_asked(request), now=now()
    )
    sent = request.method == "POST"
    initial = {"amount": say_number(page.due.dollars, 2) if page.due.cents > 0 else ""}
    form = PhoneForm(request.POST if sent else None, initial=initial)
    if form.is_valid():
        try:
            start_phone_payment(
                hand_off_id=form.cleaned_data["key"],
                user_id=request.user.pk,
                number=number,
                amount=form.cleaned_data["amount"],
                now=now(),
            )
        except (Refused, Conflict) as refused:
            form.add_error(None, money_words.say_refusal(refused))
        else:
            query = urlencode({"hand_off": form.cleaned_data["key"]})
            return SeeOther(f"{reverse('desk_phone', args=[number])}?{query}")
    state, tone = STATES[page.hand_off.state] if page.hand_off else ("", "")
    context = {"page": page, "form": form, "state": state, "tone": tone}
    context["play_phone"] = get_play_phone()
    status = 400 if form.errors else 200
    return show(request, "backoffice/phone.html", context, status=status)


def _asked(request: StaffRequest) -> UUID | None:
    asked = request.GET.get("hand_off")
    try:
        return UUID(asked) if asked else None
    except ValueError:
        raise NotVisible from None
