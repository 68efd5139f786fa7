"""What was used hour by hour: one day, or the week that ends with it."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from smarthub.accounts.access import open_account
from smarthub.kernel.errors import NotVisible
from smarthub.portal.hour_drawings import draw_hours, intervals_of
from smarthub.portal.requests import MemberRequest, local_today
from smarthub.wiring.clock import now
from smarthub.workflows.account_hours import get_hours


@require_GET
@login_required
def usage_hours(
    request: MemberRequest, number: str, point: str, day: str, *, week: bool = False
) -> HttpResponse:
    """Show the hours of a local day (``2026-11-21``), or of the week that ends with it."""
    today, zone = local_today(request), request.cooperative.zone
    account = open_account(user_id=request.user.pk, number=number, on=today)
    view = get_hours(
        account=account, point_number=point, day=_day_in(day), on=today, zone=zone, week=week
    )

    context = {
        "view": view,
        "week": week,
        "as_of": now(),
        "chart": draw_hours(view, zone=zone),
        "intervals": intervals_of(view, zone=zone),
    }
    return render(request, "portal/usage_hours.html", context)


def _day_in(address: str) -> dt.date:
    """Return the day an address names.

    Raises:
        NotVisible: it names none.
    """
    try:
        return dt.date.fromisoformat(address)
    except ValueError:
        raise NotVisible from None
