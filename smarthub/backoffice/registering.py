"""Registering as the office sees it: a code for somebody at the desk, and sweeps to look at."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from smarthub.accounts.access import open_for_staff
from smarthub.accounts.queries import list_open_sweeps
from smarthub.backoffice.gate import StaffRequest, for_staff
from smarthub.backoffice.pages import SeeOther, show
from smarthub.kernel.errors import Refused
from smarthub.wiring.clock import now
from smarthub.workflows.watch_registration import give_code, look_at_sweep


@require_http_methods(["GET", "POST"])
@for_staff
def online_access(request: StaffRequest, number: str) -> HttpResponse:
    """Make a one-time code for whoever holds the account; it is shown once, here."""
    account = open_for_staff(user_id=request.user.pk, number=number, now=now())
    code = ""
    if request.method == "POST":
        try:
            code = give_code(user_id=request.user.pk, number=number, now=now())
        except Refused:
            messages.error(
                request, gettext("Five codes were made within the hour. Please wait an hour.")
            )
    context = {"account": account, "code": code}
    return show(request, "backoffice/online_access.html", context)


@require_http_methods(["GET", "POST"])
@for_staff
def sweeps(request: StaffRequest) -> HttpResponse:
    """Show who asked for many account numbers in a short time, until somebody looked."""
    chosen = request.POST.get("looked_at", "")
    if request.method == "POST":
        if chosen.isascii() and chosen.isdigit() and len(chosen) < 18:  # noqa: PLR2004 (a row's id)
            look_at_sweep(user_id=request.user.pk, sweep_id=int(chosen), now=now())
        return SeeOther(request.path)
    return show(request, "backoffice/sweeps.html", {"sweeps": list_open_sweeps()})
