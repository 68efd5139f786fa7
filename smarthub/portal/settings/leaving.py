"""Taking one's data away, and closing the sign-in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import cast

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from smarthub.accounts.access import list_visible_accounts
from smarthub.kernel.period import Period
from smarthub.portal.forms.downloads import FIRST_DAY, ONE_DAY
from smarthub.portal.requests import MemberRequest, local_today
from smarthub.portal.settings.showing import is_sent
from smarthub.portal.sign_in.step_up import step_up_required
from smarthub.wiring.clock import now
from smarthub.wiring.usage_formats import CSV, usage_format
from smarthub.workflows.membership.close_login import close_login
from smarthub.workflows.membership.take_data.packing import pack_everything
from smarthub.workflows.usage.export_usage import NothingMetered, export_usage


@require_GET
@login_required
def my_data(request: MemberRequest) -> HttpResponse:
    """Say what can be taken away and what closing does."""
    return render(request, "portal/settings/my_data.html")


@require_GET
@step_up_required
def everything(request: MemberRequest) -> HttpResponse:
    """Hand out everything held about the member, while it is packed."""
    today = local_today(request)
    packed = pack_everything(
        user_id=request.user.pk,
        on=today,
        now=now(),
        read_me=render_to_string("portal/settings/read_me.txt", {"request": request}),
        more_files=_readings(request),
    )
    name = content_disposition_header(as_attachment=True, filename=f"my-data-{today}.zip")
    return cast(
        "HttpResponse",  # a stream is one but for its content, which nothing here reads
        StreamingHttpResponse(
            packed,
            content_type="application/zip",
            headers={"Content-Disposition": name or "attachment"},
        ),
    )


@require_http_methods(["GET", "POST"])
@step_up_required
def close(request: MemberRequest) -> HttpResponse:
    """Say what closing does and what stays, then close the sign-in."""
    if not is_sent(request):
        return render(request, "portal/settings/close.html")
    close_login(user_id=request.user.pk, on=local_today(request), now=now())
    logout(request)
    messages.success(request, gettext("Your sign-in is closed. Thank you for being a member."))
    return redirect("account_login")


def _readings(request: MemberRequest) -> Iterator[tuple[str, Iterable[str]]]:
    """Yield the meter readings of each account the member holds, as a spreadsheet."""
    today = local_today(request)
    layout = usage_format(CSV)
    for account in list_visible_accounts(user_id=request.user.pk, on=today):
        if not account.may_share:
            continue
        try:
            export = export_usage(
                account_id=account.id,
                period=Period(FIRST_DAY, today + ONE_DAY),
                zone=request.cooperative.zone,
            )
        except NothingMetered:
            continue
        yield f"usage/{account.number}.{layout.suffix}", layout.write(export)
