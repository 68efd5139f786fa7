"""The desk's page of the books: the months that are closed, and the one to close next."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from smarthub.backoffice.gate import StaffRequest, for_staff
from smarthub.backoffice.pages import SeeOther, show
from smarthub.kernel.errors import Conflict, Refused
from smarthub.wiring.clock import now
from smarthub.workflows.close_books import close_books, see_books


@require_http_methods(["GET", "POST"])
@for_staff
def months(request: StaffRequest) -> HttpResponse:
    """Show the books by month; sent back, close the month that was shown."""
    if request.method == "POST":
        _close(request)
        return SeeOther(reverse("desk_months"))
    return show(request, "backoffice/money/months.html", {"books": see_books(now=now())})


def _close(request: StaffRequest) -> None:
    try:
        month = dt.date.fromisoformat(request.POST.get("month", ""))
        close_books(user_id=request.user.pk, month=month, now=now())
    except (Conflict, Refused, ValueError):
        messages.error(request, gettext("This month cannot be closed now. Look at the page again."))
    else:
        messages.success(request, gettext("The month is closed."))
