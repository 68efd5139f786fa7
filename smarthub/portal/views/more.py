"""Reaching the co-op, and what stands under More: language, sign-out, other ways to pay."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET

from smarthub.billing.engine.cash_number import in_groups
from smarthub.cooperative.queries import get_zone
from smarthub.kernel.bar_code import code_128_svg
from smarthub.portal.requests import MemberRequest, local_today
from smarthub.wiring.clock import today
from smarthub.workflows.money.cash_at_store import is_cash_taken, list_cash_accounts, open_cash_slip


@require_GET
def contact(request: HttpRequest) -> HttpResponse:
    """Show phones and offices; open to everybody, for a dark house cannot sign in."""
    return render(request, "portal/contact.html")


@require_GET
def other_ways_to_pay(request: HttpRequest) -> HttpResponse:
    """Show how to pay by mail, by phone, at an office and with cash at a store (R28)."""
    on, user = today(get_zone()), request.user
    stores = is_cash_taken(on=on)
    cash = list_cash_accounts(user_id=user.pk, on=on) if stores and user.is_authenticated else ()
    return render(request, "portal/other_ways_to_pay.html", {"stores": stores, "cash": cash})


@require_GET
@login_required
def cash_at_store(request: MemberRequest, number: str) -> HttpResponse:
    """Show the bar code by which a store takes cash for an account."""
    slip = open_cash_slip(user_id=request.user.pk, number=number, on=local_today(request))
    context = {
        "slip": slip,
        "groups": in_groups(slip.number),
        # Drawn by us from digits alone.
        "bars": mark_safe(code_128_svg(slip.number)),  # noqa: S308
    }
    return render(request, "portal/cash_at_store.html", context)


@require_GET
@login_required
def more(request: MemberRequest) -> HttpResponse:
    """Show the settings there are."""
    return render(request, "portal/more.html")
