"""Suspicious contacts members reported, and calls with members noted by staff."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from smarthub.accounts.access import open_for_staff
from smarthub.backoffice.gate import StaffRequest, for_staff
from smarthub.backoffice.pages import show
from smarthub.notifications.queries import list_notes
from smarthub.wiring.clock import now
from smarthub.workflows.messages.contact_log import note_for_account
from smarthub.workflows.messages.genuine_contact import (
    list_reports_for_staff,
    open_picture,
    open_report,
    take_step,
)

NEWEST_NOTES = 50


class StepForm(forms.Form):
    """What was done about a report."""

    state = forms.ChoiceField(
        label=_("What it is"),
        choices=[
            ("looked_into", _("Being looked into")),
            ("ours", _("It was ours")),
            ("fraud", _("Fraud; members are warned")),
            ("closed", _("Closed")),
        ],
    )
    note = forms.CharField(
        label=_("What was done"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class NoteForm(forms.Form):
    """A call, visit or letter."""

    way = forms.ChoiceField(
        label=_("What it was"),
        choices=[
            ("call", _("Call")),
            ("visit", _("Visit")),
            ("letter", _("Letter")),
            ("other", _("Other")),
        ],
    )
    by_us = forms.ChoiceField(
        label=_("Who began it"),
        choices=[("member", _("The member")), ("us", _("The co-op"))],
    )
    about = forms.CharField(
        label=_("What it was about"),
        max_length=400,
        help_text=_("The member reads it in their log. No card or bank data."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    minutes_ago = forms.IntegerField(
        label=_("How many minutes ago"), min_value=0, max_value=10_080, initial=0
    )


@require_GET
@for_staff
def reports(request: StaffRequest) -> HttpResponse:
    """Show what members reported, open reports first."""
    found = list_reports_for_staff(user_id=request.user.pk)
    return show(request, "backoffice/reports.html", {"reports": found})


@require_http_methods(["GET", "POST"])
@for_staff
def report(request: StaffRequest, report_id: UUID) -> HttpResponse:
    """Show one report, and note what was done about it."""
    found = open_report(user_id=request.user.pk, report_id=report_id)
    form = StepForm(request.POST or None)
    if form.is_valid():
        take_step(
            user_id=request.user.pk,
            report_id=report_id,
            state=form.cleaned_data["state"],
            note=form.cleaned_data["note"],
            now=now(),
        )
        messages.success(request, gettext("Noted."))
        return redirect("desk_report", report_id=report_id)
    return _show_form(request, "backoffice/report.html", {"report": found, "form": form})


@require_GET
@for_staff
def picture(request: StaffRequest, report_id: UUID) -> HttpResponse:
    """Hand out the picture of a report: dots we drew ourselves, never what was sent."""
    data = open_picture(user_id=request.user.pk, report_id=report_id)
    headers = {
        "Content-Disposition": f'inline; filename="report-{report_id}.jpg"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "no-store",
    }
    return HttpResponse(data, content_type="image/jpeg", headers=headers)


@require_http_methods(["GET", "POST"])
@for_staff
def note(request: StaffRequest, number: str) -> HttpResponse:
    """Note a call about an account, and show those noted before."""
    account = open_for_staff(user_id=request.user.pk, number=number, now=now())
    form = NoteForm(request.POST or None)
    if form.is_valid():
        ago = dt.timedelta(minutes=form.cleaned_data["minutes_ago"])
        note_for_account(
            user_id=request.user.pk,
            number=number,
            way=form.cleaned_data["way"],
            by_us=form.cleaned_data["by_us"] == "us",
            about=form.cleaned_data["about"],
            happened_at=now() - ago,
            now=now(),
        )
        messages.success(request, gettext("Noted."))
        return redirect("desk_note", number=number)
    notes = list_notes(account_numbers=[number], limit=NEWEST_NOTES)
    context = {"account": account, "form": form, "notes": notes}
    return _show_form(request, "backoffice/note.html", context)


def _show_form(request: StaffRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    return show(request, template, context, status=400 if context["form"].errors else 200)
