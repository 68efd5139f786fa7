"""What stands behind the usage page: why use changed, when it happens, all services together."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from smarthub.accounts.access import open_account
from smarthub.portal.drawings.usage_pattern import draw_pattern
from smarthub.portal.requests import MemberRequest, local_today
from smarthub.portal.usage_address import read_days, write_days
from smarthub.portal.usage_changes import say_changes
from smarthub.portal.usage_together import say_together
from smarthub.wiring.clock import now
from smarthub.workflows.usage.usage_pattern import get_pattern
from smarthub.workflows.usage.usage_spans import month_of, year_of
from smarthub.workflows.usage.usage_together import get_together
from smarthub.workflows.usage.what_changed import get_changes


@require_GET
@login_required
def usage_changed(request: MemberRequest, number: str, point: str, when: str) -> HttpResponse:
    """Say why the use of some days differs from a year before, and from just before."""
    today = local_today(request)
    view = get_changes(
        account=open_account(user_id=request.user.pk, number=number, on=today),
        point_number=point,
        shown=read_days(when),
        on=today,
        zone=request.cooperative.zone,
    )
    context = {"view": view, "when": when, "said": say_changes(view), "as_of": now()}
    return render(request, "portal/usage_changed.html", context)


@require_GET
@login_required
def usage_pattern(request: MemberRequest, number: str, point: str) -> HttpResponse:
    """Show the usual day by its hours, and the usual week by its days."""
    today = local_today(request)
    view = get_pattern(
        account=open_account(user_id=request.user.pk, number=number, on=today),
        point_number=point,
        on=today,
        zone=request.cooperative.zone,
    )
    context = {"view": view, "drawn": draw_pattern(view), "as_of": now()}
    return render(request, "portal/usage_pattern.html", context)


@require_GET
@login_required
def usage_together(request: MemberRequest, number: str, when: str | None = None) -> HttpResponse:
    """Show all metered services of an account in the same month or year."""
    today = local_today(request)
    view = get_together(
        account=open_account(user_id=request.user.pk, number=number, on=today),
        shown=None if when is None else read_days(when),
        on=today,
        zone=request.cooperative.zone,
    )
    last_day = max(each.period.last_day for each in view.services)
    context = {
        "view": view,
        "said": say_together(view),
        "spans": {
            "month": write_days(month_of(last_day)),
            "year": write_days(year_of(last_day.year)),
        },
        "previous": view.previous and write_days(view.previous),
        "following": view.following and write_days(view.following),
        "as_of": now(),
    }
    return render(request, "portal/usage_together.html", context)
