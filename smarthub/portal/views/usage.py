"""What was used: one service at a time, thirteen months and the last days."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from smarthub.accounts.access import list_visible_accounts, open_account
from smarthub.portal.drawings import draw_days, draw_months
from smarthub.portal.requests import MemberRequest, local_today
from smarthub.wiring.clock import now
from smarthub.workflows.account_usage import get_usage


@require_GET
@login_required
def usage(request: MemberRequest) -> HttpResponse:
    """Go to the first metered service, electricity before all else; say so if there is none."""
    accounts = list_visible_accounts(user_id=request.user.pk, on=local_today(request))
    metered = [
        (account, point) for account in accounts for point in account.points if point.metered
    ]
    if not metered:
        return render(request, "portal/usage_none.html")
    account, point = min(metered, key=lambda pair: pair[1].service != "electric")
    return redirect("usage_at", number=account.number, point=point.number)


@require_GET
@login_required
def usage_at(request: MemberRequest, number: str, point: str) -> HttpResponse:
    """Show the use at one service point, in two charts with their tables."""
    today = local_today(request)
    account = open_account(user_id=request.user.pk, number=number, on=today)
    view = get_usage(account=account, point_number=point, on=today)

    context = {
        "view": view,
        "as_of": now(),
        "accounts": list_visible_accounts(user_id=request.user.pk, on=today),
        "days": draw_days(name="days", days=view.days, unit=view.unit),
        "months": draw_months(
            name="months", months=view.months, comparison=view.comparison, unit=view.unit
        ),
    }
    return render(request, "portal/usage.html", context)
