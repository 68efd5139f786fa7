"""The page that explains a message a bill carries."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from smarthub.portal.requests import MemberRequest, local_today
from smarthub.workflows.bills.bill_messages import read_bill_message


@require_GET
@login_required
def bill_message(request: MemberRequest, number: int) -> HttpResponse:
    """Show a message that stands on a bill of one of this person's accounts, and what it means."""
    told = read_bill_message(user_id=request.user.pk, number=number, on=local_today(request))
    return render(request, "portal/bill_message.html", {"told": told})
