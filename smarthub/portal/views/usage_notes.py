"""Notes on the usage page: pin one, take one off."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from smarthub.accounts.access import list_visible_accounts, open_account, pick_account
from smarthub.portal.forms.usage import NoteForm
from smarthub.portal.requests import MemberRequest, local_today
from smarthub.portal.usage_address import write_days
from smarthub.portal.views.usage import explorer_context
from smarthub.wiring.clock import now
from smarthub.workflows.usage.usage_explorer import get_explorer
from smarthub.workflows.usage.usage_notes import pin_usage_note, take_off_usage_note
from smarthub.workflows.usage.usage_spans import month_of


@require_http_methods(["GET", "POST"])
@login_required
def pin(request: MemberRequest, number: str, point: str) -> HttpResponse:
    """Pin a note and show its month; with errors, the page with the form again."""
    today = local_today(request)
    accounts = list_visible_accounts(user_id=request.user.pk, on=today)
    account = pick_account(accounts=accounts, number=number)
    if request.method == "GET":  # a page with errors, asked for again
        return redirect("usage_at", number=number, point=point)
    form = NoteForm(request.POST)
    if form.is_valid():
        pin_usage_note(
            account=account,
            point_number=point,
            user_id=request.user.pk,
            now=now(),
            **form.cleaned_data,
        )
        messages.success(request, gettext("Your note is on the chart."))
        when = write_days(month_of(min(form.cleaned_data["first_day"], today)))
        return redirect("usage_when", number=number, point=point, when=when)
    view = get_explorer(
        account=account,
        point_number=point,
        shown=None,
        on=today,
        zone=request.cooperative.zone,
        with_ahead=True,
    )
    context = explorer_context(view, accounts, dollars=False, note_form=form)
    return render(request, "portal/usage.html", context, status=400)


@require_POST
@login_required
def take_off(request: MemberRequest, number: str, point: str, key: UUID) -> HttpResponse:
    """Take a note off and go back to the page of use; pinned again, it is there again."""
    account = open_account(user_id=request.user.pk, number=number, on=local_today(request))
    take_off_usage_note(account=account, key=key, user_id=request.user.pk, now=now())
    messages.success(request, gettext("The note is off the chart."))
    return redirect("usage_at", number=number, point=point)
