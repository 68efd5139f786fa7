"""Operation Round-Up: what it is, and on or off for each account."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from smarthub.portal.requests import MemberRequest, local_today
from smarthub.wiring.clock import now
from smarthub.workflows.bills.round_up_bills import RoundUpNotOffered, choose_round_up, see_round_up


@require_GET
@login_required
def round_up(request: MemberRequest) -> HttpResponse:
    """Show each account's choice, and what its bills gave by year."""
    found = see_round_up(user_id=request.user.pk, on=local_today(request))
    return render(request, "portal/round_up.html", {"found": found})


@require_POST
@login_required
def choose(request: MemberRequest, number: str) -> HttpResponse:
    """Turn rounding up on or off for an account."""
    rounds_up = request.POST.get("rounds_up") == "yes"
    try:
        choose_round_up(
            user_id=request.user.pk,
            number=number,
            rounds_up=rounds_up,
            on=local_today(request),
            now=now(),
        )
    except RoundUpNotOffered:
        messages.error(request, gettext("Rounding up is not offered at the moment."))
    else:
        told = (
            gettext("Thank you. Your next bill is rounded up.")
            if rounds_up
            else gettext("Your bills are no longer rounded up.")
        )
        messages.success(request, told)
    return redirect("round_up")
