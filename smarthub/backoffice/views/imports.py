"""Pages for files of reads: give one, see what would come of it, confirm, and follow it."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from smarthub.backoffice.gate import StaffRequest, for_staff, local_today
from smarthub.backoffice.pages import SeeOther, show
from smarthub.backoffice.words.problems import PROBLEM_WORDS
from smarthub.metering.types import GivenFile, Problem
from smarthub.ui.formats import reading_language
from smarthub.wiring.clock import now
from smarthub.wiring.read_formats import GREEN_BUTTON, OURS
from smarthub.workflows.reads.import_desk import (
    WhyStopped,
    confirm_file,
    drop_file,
    give_file,
    list_given_files,
    open_given_file,
)
from smarthub.workflows.reads.import_reads import list_mapping_profiles

NEEDS_A_NAME = {GREEN_BUTTON, "temperature"}
STATES = {
    "running": gettext_lazy("Being tried"),
    "preview": gettext_lazy("Waits for you"),
    "waiting": gettext_lazy("Being taken in"),
    "done": gettext_lazy("Taken in"),
    "refused": gettext_lazy("Nothing was kept"),
    "dropped": gettext_lazy("Put away"),
    "failed": gettext_lazy("Stopped"),
}
WHY_STOPPED = {
    WhyStopped.ERROR: gettext_lazy(
        "The program could not go on with this file. What went wrong is in the worker's log."
    ),
    WhyStopped.NO_PROFILE: gettext_lazy(
        "The way it was to be read is no longer there. Choose another."
    ),
    WhyStopped.CUT_OFF: gettext_lazy(
        "The work on this file was cut off, and is not tried any more."
    ),
}
FLOWS = {
    "delivered": gettext_lazy("Used"),
    "received": gettext_lazy("Sent to the co-op"),
    "demand": gettext_lazy("Demand"),
}


class FileForm(forms.Form):
    """A file, and how it is to be read."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    file = forms.FileField(
        label=gettext_lazy("File"),
        error_messages={
            "required": gettext_lazy("Choose the file."),
            "empty": gettext_lazy("The file is empty; ask for it again."),
        },
    )
    profile = forms.ChoiceField(label=gettext_lazy("How it is to be read"))
    of = forms.CharField(
        label=gettext_lazy("Meter or weather station"),
        help_text=gettext_lazy("Only for Green Button and for temperatures."),
        required=False,
        max_length=30,
    )
    refuse_flawed = forms.ChoiceField(
        label=gettext_lazy("If some rows cannot be kept"),
        choices=[
            ("", gettext_lazy("Keep the others")),
            ("1", gettext_lazy("Keep nothing of the file")),
        ],
        required=False,
    )

    def __init__(self, *args: Any, profiles: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["profile"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101 (for type checkers)
        choice.choices = [(name, name) for name in profiles]

    def clean(self) -> dict[str, Any]:
        """Ask which meter or station, where the file does not say."""
        given = super().clean() or {}
        if given.get("profile") in NEEDS_A_NAME and not given.get("of"):
            self.add_error("of", gettext("Say which meter or station the file is of."))
        return given


@require_http_methods(["GET", "POST"])
@for_staff
def imports(request: StaffRequest) -> HttpResponse:
    """Show the files given so far; take another."""
    own = sorted(list_mapping_profiles(on=local_today(request)))
    sent = request.method == "POST"
    form = FileForm(
        request.POST if sent else None,
        request.FILES if sent else None,
        profiles=[*own, *OURS, GREEN_BUTTON],
        initial={"key": uuid.uuid4()},
    )
    if form.is_valid():
        given = form.cleaned_data
        named = given["profile"] in NEEDS_A_NAME
        give_file(
            user_id=request.user.pk,
            key=given["key"],
            name=given["file"].name,
            chunks=given["file"].chunks(),
            profile=f"{given['profile']}:{given['of']}" if named else given["profile"],
            refuse_flawed=bool(given["refuse_flawed"]),
            state_dir=settings.STATE_DIR,
            now=now(),
        )
        return SeeOther(reverse("desk_import", args=[given["key"]]))
    files = [(each, STATES[each.state]) for each in list_given_files(user_id=request.user.pk)]
    context = {"form": form, "files": files}
    return show(request, "backoffice/imports.html", context, status=400 if form.errors else 200)


@require_GET
@for_staff
def one_import(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """Show one file: how far it is, what would come of it, or what came of it."""
    return show(request, "backoffice/import.html", _part(request, key))


@require_GET
@for_staff
def import_progress(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """Return how far it is, alone, for ``live.js``."""
    return show(request, "backoffice/_import_progress.html", _part(request, key))


@require_POST
@for_staff
def confirm_import(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """Take the tried file in."""
    confirm_file(user_id=request.user.pk, key=key, now=now())
    return SeeOther(reverse("desk_import", args=[key]))


@require_POST
@for_staff
def drop_import(request: StaffRequest, key: uuid.UUID) -> HttpResponse:
    """Put the tried file away."""
    drop_file(user_id=request.user.pk, key=key, now=now())
    return SeeOther(reverse("desk_imports"))


def _part(request: StaffRequest, key: uuid.UUID) -> dict[str, Any]:
    given = open_given_file(user_id=request.user.pk, key=key, state_dir=settings.STATE_DIR)
    shown = (reading_language(), given.state, given.bytes_done)
    return {
        "given": given,
        "state": STATES[given.state],
        "why_stopped": WHY_STOPPED.get(given.report.get("failure", "")),
        "percent": 100 * given.bytes_done // max(given.bytes_total, 1),
        "first": _first(given, request),
        "problems": [
            (each, *PROBLEM_WORDS[Problem(each["code"])])
            for each in given.report.get("problems", ())
        ],
        "totals": [
            {**each, "total": Decimal(each["total"]), "flow": FLOWS[each["flow"]]}
            for each in given.report.get("totals", ())
        ],
        "version": hashlib.sha256(repr(shown).encode()).hexdigest()[:16],
    }


def _first(given: GivenFile, request: StaffRequest) -> list[dict[str, Any]]:
    zone = request.cooperative.zone
    return [
        {
            **each,
            "starts_at": dt.datetime.fromisoformat(each["starts_at"]).astimezone(zone),
            "value": Decimal(each["value"]),
        }
        for each in given.report.get("first", ())
    ]
