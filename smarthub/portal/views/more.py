"""Reaching the co-op, and what stands under More: language, sign-out, other ways to pay."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from smarthub.portal.requests import MemberRequest


@require_GET
def contact(request: HttpRequest) -> HttpResponse:
    """Show phones and offices; open to everybody, for a dark house cannot sign in."""
    return render(request, "portal/contact.html")


@require_GET
def other_ways_to_pay(request: HttpRequest) -> HttpResponse:
    """Show how to pay by mail, by phone and at an office (R28)."""
    return render(request, "portal/other_ways_to_pay.html")


@require_GET
@login_required
def more(request: MemberRequest) -> HttpResponse:
    """Show the settings there are."""
    return render(request, "portal/more.html")
