"""The bills: a list for each account, each bill as a page, and the same as a PDF."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from smarthub.accounts.access import open_account
from smarthub.billing.queries import get_bill
from smarthub.portal.bill_printing import drawer_of
from smarthub.portal.requests import MemberRequest, asked_year, local_today
from smarthub.portal.words.bills import say_cash_code, say_segment
from smarthub.wiring.clock import now
from smarthub.workflows.bills.account_bills import (
    get_account_bill,
    list_account_bills,
)
from smarthub.workflows.bills.bill_sent import list_sent


@require_GET
@login_required
def bills(request: MemberRequest) -> HttpResponse:
    """Show the bills of one account, and what is due on it; ``?account=`` and ``?year=`` choose."""
    page = list_account_bills(
        user_id=request.user.pk,
        number=request.GET.get("account"),
        on=local_today(request),
        year=asked_year(request),
    )
    return render(request, "portal/bills.html", {"page": page, "as_of": now()})


@require_GET
@login_required
def bill(request: MemberRequest, number: str, bill_number: str) -> HttpResponse:
    """Show one bill: every line, every reading, and how the amount came about."""
    today = local_today(request)
    account = open_account(user_id=request.user.pk, number=number, on=today)
    page = get_account_bill(account=account, bill_number=bill_number, on=today)
    segments = [
        say_segment(segment, place=place) for place, segment in enumerate(page.explained.segments)
    ]
    cash = say_cash_code(page.bill, request.cooperative)
    told: dict[str, Any] = {"page": page, "bill": page.bill, "segments": segments, "cash": cash}
    told["sent"] = list_sent(bill=page.bill, state_dir=settings.STATE_DIR)
    if page.offer:
        told["offer_id"] = uuid4()
    return render(request, "portal/bill.html", told)


@require_GET
@login_required
def bill_pdf(request: MemberRequest, number: str, bill_number: str) -> HttpResponse:
    """Hand out the printed bill in the language being read."""
    account = open_account(user_id=request.user.pk, number=number, on=local_today(request))
    pdf = drawer_of(request, account)(get_bill(account_id=account.id, number=bill_number))
    name = f"bill-{bill_number}-{get_language()}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)
