"""The desk's page of the books: the months that are closed, and the one to close next."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from smarthub.backoffice.gate import StaffRequest, for_staff
from smarthub.backoffice.pages import SeeOther, show
from smarthub.kernel.errors import Conflict, Refused
from smarthub.wiring.clock import now
from smarthub.workflows.cooperative.close_books import close_books, look_at_closing, see_books


@require_http_methods(["GET", "POST"])
@for_staff
def months(request: StaffRequest) -> HttpResponse:
    """Show the books by month; asked to close one, say what that fixes; confirmed, close it."""
    if request.method == "POST":
        if request.POST.get("sure") == "yes":
            _close(request)
            return SeeOther(reverse("desk_months"))
        return SeeOther(f"{reverse('desk_months')}?{urlencode({'close': _asked(request.POST)})}")
    if "close" in request.GET:
        return _ask(request)
    return show(request, "backoffice/money/months.html", {"books": see_books(now=now())})


def _ask(request: StaffRequest) -> HttpResponse:
    try:
        closing = look_at_closing(month=dt.date.fromisoformat(request.GET["close"]), now=now())
    except (Conflict, Refused, ValueError):
        messages.error(request, gettext("This month cannot be closed now. Look at the page again."))
        return SeeOther(reverse("desk_months"))
    return show(request, "backoffice/money/month_close.html", {"closing": closing})


def _asked(sent: QueryDict) -> str:
    return sent.get("month", "")


def _close(request: StaffRequest) -> None:
    try:
        close_books(
            user_id=request.user.pk,
            month=dt.date.fromisoformat(_asked(request.POST)),
            now=now(),
        )
    except (Conflict, Refused, ValueError):
        messages.error(request, gettext("This month cannot be closed now. Look at the page again."))
    else:
        messages.success(request, gettext("The month is closed."))
