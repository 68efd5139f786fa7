"""The desk's page of the credit for turning Auto Pay on: its programmes, a new one, an end."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from smarthub.auto_pay.types import CreditProgramme, ProgrammeId
from smarthub.backoffice.forms.money import AmountField
from smarthub.backoffice.gate import StaffRequest, for_staff, local_today
from smarthub.backoffice.pages import SeeOther, show
from smarthub.backoffice.words.bills import SERVICES
from smarthub.kernel.errors import Conflict, Refused
from smarthub.wiring.clock import now
from smarthub.workflows.auto_pay import sign_up_credits

WORDS = {
    "programmes_overlap": _("Another credit holds on some of these days. End that one first."),
    "programme_ends_too_early": _("It can end today at the earliest, and after it starts."),
    "programme_changed_meanwhile": _("Somebody else ended it meanwhile. Please look again."),
}


def _day_field(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}), **more)


class ProgrammeForm(forms.Form):
    """A new credit programme; its id makes a double click one programme."""

    programme_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    amount = AmountField(
        label=_("Credit for each service"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    starts_on = _day_field(_("First day a sign-up counts"))
    ends_on = _day_field(
        _("First day it no longer counts"),
        help_text=_("Leave it empty until somebody ends it."),
        required=False,
    )
    services = forms.MultipleChoiceField(
        label=_("For which services"),
        choices=list(SERVICES.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose a service.")},
    )
    for_migrated = forms.BooleanField(
        label=_("Also for members who had Auto Pay in the old system"), required=False
    )
    source_note = forms.CharField(
        label=_("What it rests on"),
        help_text=_("A resolution of the board and its date."),
        max_length=300,
    )

    def programme(self) -> CreditProgramme:
        """Return the programme; only of a form without errors."""
        values = self.cleaned_data
        return CreditProgramme(
            id=ProgrammeId(values["programme_id"]),
            amount=values["amount"],
            starts_on=values["starts_on"],
            ends_on=values["ends_on"],
            services=tuple(values["services"]),
            for_migrated=values["for_migrated"],
            source_note=values["source_note"].strip(),
        )


class EndForm(forms.Form):
    """The end of a programme."""

    programme_id = forms.UUIDField(widget=forms.HiddenInput)
    new_id = forms.UUIDField(widget=forms.HiddenInput)
    ends_on = _day_field(_("First day it no longer counts"))


@require_http_methods(["GET", "POST"])
@for_staff
def credit_programmes(request: StaffRequest) -> HttpResponse:
    """Show the programmes and what each came to; sent back, set one or end one."""
    on = local_today(request)
    sent = request.method == "POST"
    is_end = request.POST.get("act") == "end"
    form = ProgrammeForm(
        request.POST if sent and not is_end else None,
        initial={"starts_on": on, "for_migrated": True},
    )
    end = EndForm(request.POST if is_end else None)
    if (end if is_end else form).is_valid():
        try:
            _do(request, form, end if is_end else None, on)
        except (Refused, Conflict) as refused:
            (end if is_end else form).add_error(None, WORDS[refused.code])
        else:
            messages.success(request, gettext("Set. What members earned before stays theirs."))
            return SeeOther(reverse("desk_auto_pay_credits"))
    rows = sign_up_credits.list_programme_rows()
    context = {
        "form": form,
        "end": end,
        "rows": [
            {"row": row, "counts": row.programme.holds(on), "end": _end_of(row.programme, on)}
            for row in rows
        ],
    }
    status = 400 if form.errors or end.errors else 200
    return show(request, "backoffice/money/auto_pay_credits.html", context, status=status)


def _do(request: StaffRequest, form: ProgrammeForm, end: EndForm | None, on: dt.date) -> None:
    if end is None:
        sign_up_credits.set_programme(
            user_id=request.user.pk, programme=form.programme(), now=now()
        )
        return
    sign_up_credits.end_programme(user_id=request.user.pk, on=on, now=now(), **end.cleaned_data)


def _end_of(programme: CreditProgramme, on: dt.date) -> EndForm | None:
    """Return the form that ends a programme; none for one that is over."""
    if programme.ends_on is not None and programme.ends_on <= on:
        return None
    initial = {
        "programme_id": programme.id,
        "new_id": uuid4(),
        "ends_on": max(on + dt.timedelta(days=1), programme.starts_on),
    }
    return EndForm(initial=initial, prefix=None, auto_id=f"id_{programme.id.hex[:8]}_%s")
