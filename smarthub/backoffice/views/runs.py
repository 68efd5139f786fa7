"""Pages for bill runs: the list, one run with its progress, and what is asked before an act."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from smarthub.backoffice.gate import StaffRequest, for_staff, local_today
from smarthub.backoffice.pages import SeeOther, show
from smarthub.backoffice.words.bills import STATES, name_kind, tell_exception, tell_hold
from smarthub.billing.types import RunRow, RunState
from smarthub.kernel.errors import NotVisible
from smarthub.ui.formats import reading_language, say_day, say_money
from smarthub.ui.parts import Question
from smarthub.wiring.clock import now
from smarthub.workflows.bills.billing_desk import open_run_page, open_run_row, open_runs
from smarthub.workflows.bills.review_billing_cycle import (
    approve_review,
    draft_held_back_again,
    drop_review,
    start_review,
)

APPROVE, DROP = "approve", "drop"


@require_GET
@for_staff
def runs(request: StaffRequest) -> HttpResponse:
    """Show every run, and which cycle is to be billed next."""
    page = open_runs(on=local_today(request))
    rows = [(row, str(STATES[row.state])) for row in page.runs]
    return show(request, "backoffice/runs.html", {"page": page, "rows": rows})


@require_POST
@for_staff
def start_run(request: StaffRequest, cycle: str, day: dt.date) -> HttpResponse:
    """Open a run and have it drafted."""
    start_review(user_id=request.user.pk, cycle_code=cycle, bill_date=day, now=now())
    return SeeOther(_address(cycle, day))


@require_GET
@for_staff
def run(request: StaffRequest, cycle: str, day: dt.date) -> HttpResponse:
    """Show one run: progress, totals, exceptions, held bills, what stands out; or go to a draft."""
    if number := request.GET.get("account", "").strip():
        if not number.replace("-", "").replace(".", "").isalnum():
            raise NotVisible(account=number)
        return SeeOther(reverse("desk_draft", args=[cycle, day, number]))
    desk = open_run_page(cycle_code=cycle, bill_date=day)
    told = [
        tell_exception(account_number=each.account_number, code=each.code, values=each.values)
        for each in desk.exceptions
    ]
    held = [
        (row, tell_hold(code=row.held_code, values=row.held_values, reason=row.hold_reason))
        for row in desk.held
    ]
    kinds = [(name_kind(code), count) for code, count in desk.exception_counts]
    context = {"desk": desk, "told": told, "kinds": kinds, "held": held, **_part(desk.row)}
    return show(request, "backoffice/run.html", context)


@require_GET
@for_staff
def run_progress(request: StaffRequest, cycle: str, day: dt.date) -> HttpResponse:
    """Return how far a run is, alone, for ``live.js``."""
    row = open_run_row(cycle_code=cycle, bill_date=day)
    return show(request, "backoffice/_run_progress.html", _part(row))


@require_POST
@for_staff
def draft_again(request: StaffRequest, cycle: str, day: dt.date) -> HttpResponse:
    """Draft the accounts that were held back once more."""
    draft_held_back_again(user_id=request.user.pk, cycle_code=cycle, bill_date=day, now=now())
    return SeeOther(_address(cycle, day))


@require_http_methods(["GET", "POST"])
@for_staff
def run_question(request: StaffRequest, cycle: str, day: dt.date, act: str) -> HttpResponse:
    """Ask before a run's bills are written, or before it is thrown away; then do it."""
    if request.method == "GET":
        row = open_run_row(cycle_code=cycle, bill_date=day)
        return show(request, "backoffice/question.html", {"question": _question(row, act)})
    if act == APPROVE:
        approve_review(user_id=request.user.pk, cycle_code=cycle, bill_date=day, now=now())
        return SeeOther(_address(cycle, day))
    drop_review(user_id=request.user.pk, cycle_code=cycle, bill_date=day, now=now())
    return SeeOther(reverse("desk_runs"))


def _address(cycle: str, day: dt.date) -> str:
    return reverse("desk_run", args=[cycle, day])


def _part(row: RunRow) -> dict[str, Any]:
    """Return what the live part shows, and a version that changes with it."""
    shown = (reading_language(), row.state, row.reached, row.bills, row.exceptions, row.held)
    version = hashlib.sha256(repr(shown).encode()).hexdigest()[:16]
    works = row.state in {RunState.DRAFTING, RunState.WRITING}
    return {"row": row, "state": str(STATES[row.state]), "version": version, "works": works}


def _question(row: RunRow, act: str) -> Question:
    page = "desk_run_drop" if act == DROP else "desk_run_write"
    address = reverse(page, args=[row.cycle_code, row.bill_date])
    back = _address(row.cycle_code, row.bill_date)
    if act == DROP:
        return Question(
            title=gettext("Throw this run away?"),
            sentence=gettext("Its drafts are gone then. No bill was written, and nobody was told."),
            action=gettext("Throw it away"),
            address=address,
            keep=gettext("Keep the run"),
            keep_address=back,
        )
    ready = row.drafts - row.held
    sentence = ngettext(
        "%(count)s bill of %(day)s is written, booked and announced. It cannot be changed "
        "afterwards, only corrected by another bill. Total of all drafts: %(total)s.",
        "%(count)s bills of %(day)s are written, booked and announced. They cannot be changed "
        "afterwards, only corrected by other bills. Total of all drafts: %(total)s.",
        ready,
    )
    values = {"count": ready, "day": say_day(row.bill_date), "total": say_money(row.total)}
    return Question(
        title=gettext("Write these bills?"),
        sentence=sentence % values,
        action=gettext("Write the bills"),
        address=address,
        keep=gettext("Look again"),
        keep_address=back,
    )
