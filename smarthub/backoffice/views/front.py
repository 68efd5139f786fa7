"""The desk: one search, an account page, and the frame of the work lists."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from smarthub.backoffice.gate import StaffRequest, for_staff, local_today
from smarthub.backoffice.pages import show
from smarthub.backoffice.views.worklists import list_work
from smarthub.backoffice.words.entries import name_of_entry
from smarthub.wiring.clock import now
from smarthub.workflows.accounts.account_desk import open_account_desk, search_desk


@require_GET
@for_staff
def desk(request: StaffRequest) -> HttpResponse:
    """Show what a search for ``?q=`` found; without one, the search and the work lists."""
    found = search_desk(term=request.GET.get("q", ""))
    work = () if found.term else list_work(on=local_today(request))
    return show(request, "backoffice/desk.html", {"found": found, "work": work})


@require_GET
@for_staff
def account(request: StaffRequest, number: str) -> HttpResponse:
    """Show one account; that it was opened is left in the audit trail."""
    page = open_account_desk(
        user_id=request.user.pk, number=number, zone=request.cooperative.zone, now=now()
    )
    entries = [(name_of_entry(entry.kind), entry) for entry in page.entries]
    return show(request, "backoffice/account.html", {"page": page, "entries": entries})


@require_GET
@for_staff
def work_lists(request: StaffRequest) -> HttpResponse:
    """Show every work list with how much waits on it."""
    return show(request, "backoffice/work_lists.html", {"work": list_work(on=local_today(request))})
