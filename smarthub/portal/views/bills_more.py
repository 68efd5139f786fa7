"""More of the bills: why one is different, two side by side, and all of them as files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from smarthub.accounts.access import open_account
from smarthub.accounts.types import VisibleAccount
from smarthub.arrears.operations.arrangements import ArrangementNotAllowed
from smarthub.kernel.errors import NotVisible
from smarthub.portal.bill_printing import drawer_of
from smarthub.portal.bill_rows import line_cells, line_head
from smarthub.portal.requests import MemberRequest, asked_year, local_today
from smarthub.portal.words.bill_changes import say_changes
from smarthub.portal.words.bills_beside import say_beside
from smarthub.wiring.clock import now
from smarthub.workflows.bills.bill_changes import get_bill_changes
from smarthub.workflows.bills.bills_beside import put_beside
from smarthub.workflows.bills.bills_taken_away import list_lines, list_taken_away, pack_bills
from smarthub.workflows.debts.back_billing import take_offer


@require_GET
@login_required
def bill_changed(request: MemberRequest, number: str, bill_number: str) -> HttpResponse:
    """Say why a bill differs from the one before and from that of a year ago."""
    account = _account(request, number)
    view = get_bill_changes(
        account=account,
        bill_number=bill_number,
        on=local_today(request),
        zone=request.cooperative.zone,
    )
    told = {"account": account, "bill": view.bill, "changes": say_changes(view)}
    return render(request, "portal/bill_changed.html", told)


@require_POST
@login_required
def bill_over_time(request: MemberRequest, number: str, bill_number: str) -> HttpResponse:
    """Take the offer to pay what a corrected bill asks more over as many months."""
    try:
        arrangement_id = UUID(request.POST.get("arrangement", ""))
    except ValueError:
        raise NotVisible(bill=bill_number) from None
    try:
        take_offer(user_id=request.user.pk, number=number, arrangement_id=arrangement_id, now=now())
    except ArrangementNotAllowed:
        messages.error(request, gettext("This cannot be agreed on here now. Call us about it."))
        return redirect("bill", number=number, bill_number=bill_number)
    messages.success(request, gettext("Agreed. Here are the parts and their days."))
    return redirect("payments")


@require_GET
@login_required
def bills_beside(request: MemberRequest, number: str) -> HttpResponse:
    """Show two bills side by side; ``?first=`` and ``?second=`` choose them by their numbers."""
    view = put_beside(
        account=_account(request, number),
        first=request.GET.get("first") or None,
        second=request.GET.get("second") or None,
    )
    return render(request, "portal/bills_beside.html", {"page": view, "said": say_beside(view)})


@require_GET
@login_required
def bills_zip(request: MemberRequest, number: str) -> HttpResponseBase:
    """Hand out printed bills in one zip while it is packed: all, or those of ``?year=``."""
    account = _account(request, number)
    year = asked_year(request)
    packed = pack_bills(
        bills=list_taken_away(account=account, year=year),
        draw=drawer_of(request, account),
        now=now(),
    )
    return _file(packed, f"bills-{number}{_of(year)}.zip", "application/zip")


@require_GET
@login_required
def bills_csv(request: MemberRequest, number: str) -> HttpResponseBase:
    """Hand out every line of the bills as a spreadsheet: of all, or of those of ``?year=``."""
    account = _account(request, number)
    year = asked_year(request)
    rows = list_lines(bills=list_taken_away(account=account, year=year))
    table = [line_head(), *(line_cells(row) for row in rows)]
    return _file(_as_csv(table), f"bills-{number}{_of(year)}.csv", "text/csv; charset=utf-8")


def _account(request: MemberRequest, number: str) -> VisibleAccount:
    return open_account(user_id=request.user.pk, number=number, on=local_today(request))


def _of(year: int | None) -> str:
    return f"-{year}" if year else ""


def _file(pieces: Iterable[bytes], name: str, media_type: str) -> StreamingHttpResponse:
    disposition = content_disposition_header(as_attachment=True, filename=name)
    headers = {"Content-Disposition": disposition or "attachment"}
    return StreamingHttpResponse(pieces, content_type=media_type, headers=headers)


def _as_csv(table: Iterable[tuple[str, ...]]) -> Iterator[bytes]:
    text = io.StringIO()
    csv.writer(text).writerows(table)
    yield text.getvalue().encode("utf-8-sig")
