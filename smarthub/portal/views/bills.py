"""The bills: a list for each account, each bill as a page, and the same as a PDF."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from smarthub.accounts.access import open_account
from smarthub.portal.requests import MemberRequest, local_today
from smarthub.ui.formats import reading_language
from smarthub.wiring.clock import now
from smarthub.workflows.account_bills import (
    get_account_bill,
    list_account_bills,
    print_account_bill,
)


@require_GET
@login_required
def bills(request: MemberRequest) -> HttpResponse:
    """Show the bills of one account, and what is due on it; ``?account=`` chooses which."""
    chosen = request.GET.get("account")
    page = list_account_bills(user_id=request.user.pk, number=chosen, on=local_today(request))
    return render(request, "portal/bills.html", {"page": page, "as_of": now()})


@require_GET
@login_required
def bill(request: MemberRequest, number: str, bill_number: str) -> HttpResponse:
    """Show one bill: every line, every reading, and how the amount came about."""
    today = local_today(request)
    account = open_account(user_id=request.user.pk, number=number, on=today)
    page = get_account_bill(account=account, bill_number=bill_number, on=today)
    return render(request, "portal/bill.html", {"page": page, "bill": page.bill})


@require_GET
@login_required
def bill_pdf(request: MemberRequest, number: str, bill_number: str) -> HttpResponse:
    """Hand out the printed bill in the language being read."""
    account = open_account(user_id=request.user.pk, number=number, on=local_today(request))
    pdf = print_account_bill(
        account=account,
        bill_number=bill_number,
        language=reading_language(),
        cooperative=request.cooperative,
        pay_address=settings.BASE_URL + reverse("pay"),
        large_print=request.user.person.bill_format == "large_print",
    )
    name = f"bill-{bill_number}-{get_language()}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)
