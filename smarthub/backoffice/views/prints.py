"""Pages for the paper of a bill run: ask for it, see how far it is, take the files."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from smarthub.backoffice.gate import StaffRequest, for_staff
from smarthub.backoffice.pages import SeeOther, show
from smarthub.ui.formats import reading_language
from smarthub.wiring.clock import now
from smarthub.workflows.bills.print_batches import (
    PrintBatch,
    WhyPrintStopped,
    ask_for_print,
    open_print_batch,
    read_print_file,
)

KINDS = {"pdf": "application/pdf", "json": "application/json", "xml": "application/xml"}
WHY_REFUSED = {
    "printed_otherwise": gettext_lazy(
        "It was made for the first layout, which cannot be printed with others. Print it singly."
    ),
}
WHY_STOPPED = {
    WhyPrintStopped.ERROR: gettext_lazy(
        "The program could not draw one of the bills. Whoever looks after the server finds the "
        "reason in the worker's log; once it is mended, print what is left."
    ),
    WhyPrintStopped.DISK_FULL: gettext_lazy(
        "The server's disk is full. Have space made on it, then print what is left."
    ),
    WhyPrintStopped.NOT_WRITTEN: gettext_lazy(
        "The server could not write into the folder of this run. Have its rights and its disk "
        "looked at, then print what is left."
    ),
    WhyPrintStopped.CUT_OFF: gettext_lazy(
        "The printing was cut off and does not go on by itself: the server was restarted, or had "
        "too little memory. Print what is left; if it stops again, have the server looked at."
    ),
}


@require_GET
@for_staff
def print_batch(request: StaffRequest, cycle: str, day: dt.date) -> HttpResponse:
    """Show the paper of a run: how far it is, its files, and what could not be printed."""
    batch = open_print_batch(cycle_code=cycle, bill_date=day, state_dir=settings.STATE_DIR)
    refused = [(each.bill, WHY_REFUSED[each.code]) for each in batch.refusals]
    context = {**_part(batch), "refused": refused}
    return show(request, "backoffice/print_batch.html", context)


@require_GET
@for_staff
def print_progress(request: StaffRequest, cycle: str, day: dt.date) -> HttpResponse:
    """Return how far the paper is, alone, for ``live.js``."""
    batch = open_print_batch(cycle_code=cycle, bill_date=day, state_dir=settings.STATE_DIR)
    return show(request, "backoffice/_print_progress.html", _part(batch))


@require_POST
@for_staff
def start_print(request: StaffRequest, cycle: str, day: dt.date) -> HttpResponse:
    """Have printed what is in no file yet."""
    ask_for_print(
        user_id=request.user.pk,
        cycle_code=cycle,
        bill_date=day,
        state_dir=settings.STATE_DIR,
        now=now(),
    )
    return SeeOther(reverse("desk_print", args=[cycle, day]))


@require_GET
@for_staff
def print_file(request: StaffRequest, cycle: str, day: dt.date, name: str) -> HttpResponse:
    """Hand out a file: a PDF of bills, or what it holds as JSON or XML."""
    content = read_print_file(
        user_id=request.user.pk,
        cycle_code=cycle,
        bill_date=day,
        name=name,
        state_dir=settings.STATE_DIR,
        now=now(),
    )
    response = HttpResponse(content, content_type=KINDS[name.rpartition(".")[2]])
    response.headers["Content-Disposition"] = f'attachment; filename="{cycle}-{day}-{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _part(batch: PrintBatch) -> dict[str, Any]:
    """Return what the live part shows, and a version that changes with it."""
    shown = (reading_language(), batch.works, batch.printed, batch.left, batch.stopped)
    version = hashlib.sha256(repr(shown).encode()).hexdigest()[:16]
    return {
        "batch": batch,
        "row": batch.run,
        "state": _state(batch),
        "why_stopped": WHY_STOPPED[batch.stopped] if batch.stopped else "",
        "version": version,
    }


def _state(batch: PrintBatch) -> str:
    if batch.works:
        return gettext("Being printed")
    if batch.stopped:
        return gettext("Stopped")
    if batch.left:
        return gettext("Not printed yet") if not batch.printed else gettext("More to print")
    return gettext("All printed")
