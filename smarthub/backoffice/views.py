"""The desk: one search, an account page, and the frame of the work lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from smarthub.backoffice.entry_names import name_of_entry
from smarthub.backoffice.gate import StaffRequest, for_staff, local_today
from smarthub.backoffice.worklists import list_work
from smarthub.wiring.clock import now
from smarthub.workflows.account_desk import open_account_desk, search_desk


@dataclass(frozen=True, slots=True)
class DeskMenuItem:
    """One entry of the desk's menu."""

    name: str
    short_name: str
    address: str
    icon: str
    current: bool


@require_GET
@for_staff
def desk(request: StaffRequest) -> HttpResponse:
    """Show what a search for ``?q=`` found; without one, the search and the work lists."""
    found = search_desk(term=request.GET.get("q", ""))
    work = () if found.term else list_work(on=local_today(request))
    return _show(request, "backoffice/desk.html", {"found": found, "work": work})


@require_GET
@for_staff
def account(request: StaffRequest, number: str) -> HttpResponse:
    """Show one account; that it was opened is left in the audit trail."""
    page = open_account_desk(
        user_id=request.user.pk, number=number, zone=request.cooperative.zone, now=now()
    )
    entries = [(name_of_entry(entry.kind), entry) for entry in page.entries]
    return _show(request, "backoffice/account.html", {"page": page, "entries": entries})


@require_GET
@for_staff
def work_lists(request: StaffRequest) -> HttpResponse:
    """Show every work list with how much waits on it."""
    return _show(
        request, "backoffice/work_lists.html", {"work": list_work(on=local_today(request))}
    )


def _show(request: StaffRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    response = render(request, template, {**context, "desk_menu": _menu(request)})
    response.headers["Cache-Control"] = "no-store"  # a member's data stays in no browser cache
    return response


def _menu(request: StaffRequest) -> tuple[DeskMenuItem, ...]:
    here = request.resolver_match.url_name if request.resolver_match else None
    items: tuple[tuple[str, str, str, set[str]], ...] = (
        ("desk", gettext("Search"), "search", {"desk", "desk_account"}),
        ("desk_work", gettext("Work lists"), "work", {"desk_work"}),
        ("account_logout", gettext("Sign out"), "leave", set()),
    )
    return tuple(
        DeskMenuItem(
            name=name,
            short_name=name,
            address=reverse(page),
            icon=f"backoffice/icons/{icon}.html",
            current=here in pages,
        )
        for page, name, icon, pages in items
    )
