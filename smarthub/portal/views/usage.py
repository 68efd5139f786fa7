"""What was used: one service at a time, a day, a month, a year or any days, in units or dollars."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from smarthub.accounts.access import list_visible_accounts, open_account, pick_account
from smarthub.accounts.types import Right, VisibleAccount
from smarthub.portal.drawings.usage import draw_explorer, intervals_of
from smarthub.portal.forms.usage import DaysForm, NoteForm
from smarthub.portal.requests import MemberRequest, local_today
from smarthub.portal.usage_address import read_days, write_days
from smarthub.portal.usage_page import say_page
from smarthub.wiring.clock import now
from smarthub.workflows.usage.usage_explorer import ExplorerView, get_explorer
from smarthub.workflows.usage.usage_series import get_series
from smarthub.workflows.usage.usage_spans import Shown, day_of, month_of, year_of

HOUR_SECONDS = 3600


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
    """Show this month at one service point, and where its bill is heading."""
    return _explorer(request, number, point, None, dollars=False)


@require_GET
@login_required
def usage_when(
    request: MemberRequest, number: str, point: str, when: str, *, dollars: bool = False
) -> HttpResponse:
    """Show the days an address names, in the meter's unit or in dollars."""
    return _explorer(request, number, point, read_days(when), dollars=dollars)


@require_GET
@login_required
def usage_range(request: MemberRequest, number: str, point: str) -> HttpResponse:
    """Lead from a form with two days to the page of these days; with errors, show the form."""
    today = local_today(request)
    account = open_account(user_id=request.user.pk, number=number, on=today)
    form = DaysForm(request.GET or None, today=today)
    if form.is_valid():
        return redirect("usage_when", number=number, point=point, when=form.address())
    return render(
        request,
        "portal/usage_range.html",
        {"account": account, "point_number": point, "form": form},
    )


@require_GET
@login_required
def usage_data(request: MemberRequest, number: str, point: str, when: str) -> HttpResponse:
    """Give the browser every hour of some days: start, step and values."""
    today = local_today(request)
    account = open_account(user_id=request.user.pk, number=number, on=today)
    data = get_series(
        account=account,
        point_number=point,
        shown=read_days(when),
        on=today,
        zone=request.cooperative.zone,
    )
    return JsonResponse(data, json_dumps_params={"separators": (",", ":")})


def _explorer(
    request: MemberRequest, number: str, point: str, shown: Shown | None, *, dollars: bool
) -> HttpResponse:
    today = local_today(request)
    accounts = list_visible_accounts(user_id=request.user.pk, on=today)
    view = get_explorer(
        account=pick_account(accounts=accounts, number=number),
        point_number=point,
        shown=shown,
        on=today,
        zone=request.cooperative.zone,
        dollars=dollars,
        with_ahead=shown is None,
    )
    return render(request, "portal/usage.html", explorer_context(view, accounts, dollars=dollars))


def explorer_context(
    view: ExplorerView,
    accounts: tuple[VisibleAccount, ...],
    *,
    dollars: bool,
    note_form: NoteForm | None = None,
) -> dict[str, Any]:
    """Return what the page of a view needs; ``note_form`` brings back one with errors."""
    said = say_page(view, dollars=dollars)
    last_day = view.period.last_day
    may_pin = Right.MANAGE in view.ground.account.rights
    return {
        "view": view,
        "account": view.ground.account,
        "point": view.ground.point,
        "accounts": accounts,
        "dollars": dollars,
        "as_of": now(),
        "said": said,
        "when": write_days(view.shown),
        "chart": draw_explorer(view, sentence=said.spoken, dollars=dollars),
        "intervals": intervals_of(view.series, view) if view.series and not dollars else None,
        "has_zoom": 0 < view.ground.history.step_seconds <= HOUR_SECONDS and not view.series,
        "spans": {
            "day": write_days(day_of(last_day)),
            "month": write_days(month_of(last_day)),
            "year": write_days(year_of(last_day.year)),
        },
        "previous": view.previous and write_days(view.previous),
        "following": view.following and write_days(view.following),
        "days_form": DaysForm(today=view.ground.on),
        "note_form": note_form or _fresh_note(last_day) if may_pin else None,
    }


def _fresh_note(last_day: dt.date) -> NoteForm:
    return NoteForm(initial={"first_day": last_day, "last_day": last_day})
