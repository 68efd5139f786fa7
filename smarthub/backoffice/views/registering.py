"""Registering as the office sees it: a code for somebody at the desk, and sweeps to look at."""

from __future__ import annotations

import re
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods

from smarthub.accounts.access import open_for_staff
from smarthub.accounts.claims import list_open_sweeps
from smarthub.backoffice.gate import StaffRequest, for_staff
from smarthub.backoffice.pages import SeeOther, show
from smarthub.kernel.errors import Refused
from smarthub.members.types import PersonId
from smarthub.wiring.clock import now
from smarthub.wiring.second_steps import has_second_step, remove_second_steps
from smarthub.wiring.sessions import end_sessions
from smarthub.workflows.membership.lost_second_step import (
    list_with_second_step,
    take_second_step_away,
)
from smarthub.workflows.membership.sign_out_holders import sign_out_holders
from smarthub.workflows.membership.watch_registration import give_code, look_at_sweep

PERSON: Final = re.compile(r"[0-9]{1,17}")
"""A person's row, as a page sends it back."""


@require_http_methods(["GET", "POST"])
@for_staff
def online_access(request: StaffRequest, number: str) -> HttpResponse:
    """Make a one-time code for whoever holds the account, shown once; or sign them out."""
    account = open_for_staff(user_id=request.user.pk, number=number, now=now())
    code = ""
    if "sign_out" in request.POST:
        return _sign_out(request, number)
    if "bill_code" in request.POST:
        return _take_second_step(request, number)
    if request.method == "POST":
        try:
            code = give_code(user_id=request.user.pk, number=number, now=now())
        except Refused:
            messages.error(
                request, gettext("Five codes were made within the hour. Please wait an hour.")
            )
    guarded = list_with_second_step(
        account_id=account.id, now=now(), has_second_step=has_second_step
    )
    context = {"account": account, "code": code, "guarded": guarded}
    return show(request, "backoffice/online_access.html", context)


def _sign_out(request: StaffRequest, number: str) -> HttpResponse:
    ended = sign_out_holders(
        user_id=request.user.pk, number=number, now=now(), end_sessions=end_sessions
    )
    messages.success(
        request,
        ngettext(
            "Signed out on %(ended)d device. The holders are told.",
            "Signed out on %(ended)d devices. The holders are told.",
            ended,
        )
        % {"ended": ended},
    )
    return SeeOther(request.path)


def _take_second_step(request: StaffRequest, number: str) -> HttpResponse:
    chosen = request.POST.get("person", "")
    try:
        take_second_step_away(
            user_id=request.user.pk,
            number=number,
            person_id=PersonId(int(chosen) if PERSON.fullmatch(chosen) else 0),
            typed=request.POST["bill_code"],
            now=now(),
            remove=remove_second_steps,
            end_sessions=end_sessions,
        )
    except Refused:
        messages.error(
            request,
            gettext("This is not the code on the newest bill, or it was used. Nothing changed."),
        )
    else:
        messages.success(request, gettext("The second step is gone. The member is told."))
    return SeeOther(request.path)


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
