"""Pages for days of reads that failed a check: the list, and one day with what is decided."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from smarthub.backoffice.forms.reads import DecisionForm
from smarthub.backoffice.gate import StaffRequest, for_staff
from smarthub.backoffice.pages import SeeOther, show
from smarthub.backoffice.words.reads import CHECKS, QUALITIES, REMEDIES, tell_failure
from smarthub.kernel.errors import Conflict, Refused
from smarthub.metering.types import Quality
from smarthub.ui.hours import say_hour_range, say_step_range
from smarthub.wiring.clock import now
from smarthub.workflows.reads.reads_desk import (
    FailedDayPage,
    decide_failed_day,
    open_failed_day,
    open_failed_days,
)

HOUR_SECONDS = 3600


@require_GET
@for_staff
def failed_days(request: StaffRequest) -> HttpResponse:
    """Show what waits, all checks or one."""
    check = request.GET.get("check", "")
    found = open_failed_days(user_id=request.user.pk, check=check if check in CHECKS else "")
    rows = [
        (each, CHECKS[each.code], tell_failure(each), REMEDIES[each.code]) for each in found.days
    ]
    context = {"found": found, "rows": rows, "checks": CHECKS.items(), "check": check}
    return show(request, "backoffice/failed_reads.html", context)


@require_http_methods(["GET", "POST"])
@for_staff
def failed_day(request: StaffRequest, check_id: int) -> HttpResponse:
    """Show one day; accept, estimate or write it anew."""
    zone = request.cooperative.zone
    page = open_failed_day(user_id=request.user.pk, check_id=check_id, zone=zone)
    sent = request.POST if request.method == "POST" else None
    form = DecisionForm(sent, initial={"values": _values(page)})
    if form.is_valid():
        try:
            decide_failed_day(
                user_id=request.user.pk,
                check_id=check_id,
                action=form.cleaned_data["action"],
                zone=zone,
                now=now(),
                note=form.cleaned_data["note"],
                values=form.cleaned_data["values"],
            )
        except Conflict:
            messages.info(request, gettext("Somebody has decided about this day already."))
            return SeeOther(reverse("desk_failed_reads"))
        except Refused as error:
            form.add_error("values", _why_refused(error))
        else:
            messages.success(request, gettext("Done. What the day said before stays on record."))
            return SeeOther(reverse("desk_failed_reads"))
    failed = page.failed
    context = {
        "failed": failed,
        "name": CHECKS[failed.code],
        "what": tell_failure(failed),
        "remedy": REMEDIES[failed.code],
        "rows": [
            (
                _hours(each.starts_at, failed.step_seconds, zone),
                each.value,
                QUALITIES[each.quality],
                each.quality != Quality.GOOD,
            )
            for each in page.intervals
        ],
        "form": form,
    }
    return show(request, "backoffice/failed_read.html", context, status=400 if form.errors else 200)


def _hours(starts_at: dt.datetime, step_seconds: int, zone: ZoneInfo) -> str:
    if step_seconds == HOUR_SECONDS:
        return say_hour_range(starts_at, zone)
    return say_step_range(starts_at, step_seconds, zone)


def _values(page: FailedDayPage) -> str:
    return "\n".join("-" if each.value is None else f"{each.value:f}" for each in page.intervals)


def _why_refused(error: Refused) -> str:
    values = error.values
    if "missing" in values:
        return gettext("There is not enough before this day to estimate from. Write the values.")
    if "expected" in values:
        return gettext("The day has %(expected)s intervals; %(found)s were written.") % values
    return (
        gettext(
            "Line %(interval)s cannot be: it is below zero, too high, or has too many decimals."
        )
        % values
    )
