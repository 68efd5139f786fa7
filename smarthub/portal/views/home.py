"""The first page: what is due, what is coming, what needs doing."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from smarthub.portal.drawings.home import draw_days
from smarthub.portal.requests import MemberRequest, local_today
from smarthub.portal.views.ahead import NOT_YET
from smarthub.portal.views.due import due_part
from smarthub.ui.parts import Chart
from smarthub.wiring.clock import now
from smarthub.workflows.accounts.account_overview import RecentUse, get_overview

NOON, EVENING = 12, 17


@require_GET
@login_required
def home(request: MemberRequest) -> HttpResponse:
    """Show every account with what is due, the newest bill, and the use of the last days."""
    overview = get_overview(user_id=request.user.pk, on=local_today(request))

    context = {
        **NOT_YET,
        **due_part(overview),
        "chart": _chart(overview.use),
        "part_of_day": part_of_day(now().astimezone(request.cooperative.zone).time()),
    }
    return render(request, "portal/home.html", context)


def part_of_day(time: dt.time) -> str:
    """Return which greeting fits: ``morning``, ``afternoon`` or ``evening``."""
    if time.hour < NOON:
        return "morning"
    return "afternoon" if time.hour < EVENING else "evening"


def _chart(use: RecentUse | None) -> Chart | None:
    if use is None or not use.days:
        return None
    return draw_days(name="recent", days=use.days, unit=use.days[0].use.unit)
