"""Pages for single bills: a draft, a bill, its correction, and bills that would differ today."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from smarthub.backoffice.forms.bills import REBILL, CorrectForm, HoldForm, TakeBackForm
from smarthub.backoffice.gate import StaffRequest, for_staff, local_today
from smarthub.backoffice.pages import SeeOther, show
from smarthub.backoffice.words.bills import DIFFERENCES, REASONS, tell_exception, tell_hold
from smarthub.billing.engine.estimates import EstimateProvenWrong
from smarthub.billing.operations.single import NothingToBill
from smarthub.kernel.errors import ExpectedError, NotVisible
from smarthub.metering.operations import NothingToEstimateFrom
from smarthub.wiring.clock import now
from smarthub.workflows.bills.bill_sent import list_sent
from smarthub.workflows.bills.bill_single import (
    SingleBillPage,
    preview_single_bill,
    write_single_bill,
)
from smarthub.workflows.bills.billing_desk import DraftPage, open_bill, preview_draft
from smarthub.workflows.bills.cancel_and_rebill import (
    CorrectionPreview,
    correct_bill,
    leave_bill,
    list_differences,
    preview_correction,
    take_bill_back,
)
from smarthub.workflows.bills.review_billing_cycle import (
    EstimateForbidden,
    estimate_reads,
    hold_bill,
    release_bill,
    settle_estimates,
)


@require_GET
@for_staff
def draft(request: StaffRequest, cycle: str, day: dt.date, number: str) -> HttpResponse:
    """Show the bill an account would get in a run."""
    page = _draft_page(request, cycle, day, number)
    return show(request, "backoffice/draft.html", {**_drafted(page), "form": HoldForm()})


@require_POST
@for_staff
def hold(request: StaffRequest, cycle: str, day: dt.date, number: str) -> HttpResponse:
    """Hold an account's bills, for the reason given."""
    form = HoldForm(request.POST)
    if not form.is_valid():
        page = _draft_page(request, cycle, day, number)
        return show(request, "backoffice/draft.html", {**_drafted(page), "form": form}, status=400)
    reason = form.cleaned_data["reason"]
    hold_bill(user_id=request.user.pk, account_number=number, reason=reason, now=now())
    messages.success(request, gettext("Held. It is billed once somebody releases it."))
    return SeeOther(reverse("desk_draft", args=[cycle, day, number]))


@require_POST
@for_staff
def release(request: StaffRequest, cycle: str, day: dt.date, number: str) -> HttpResponse:
    """Release what holds an account's bill."""
    release_bill(
        user_id=request.user.pk, account_number=number, cycle_code=cycle, bill_date=day, now=now()
    )
    messages.success(request, gettext("Released."))
    return SeeOther(reverse("desk_run", args=[cycle, day]))


@require_POST
@for_staff
def estimate(request: StaffRequest, cycle: str, day: dt.date, number: str) -> HttpResponse:
    """Estimate the reads a bill lacks, or settle the estimate that its read proves wrong."""
    if service_point := request.POST.get("settle"):
        return _settled(request, cycle, day, number, service_point)
    try:
        estimate_reads(
            user_id=request.user.pk,
            account_number=number,
            cycle_code=cycle,
            bill_date=day,
            now=now(),
        )
    except EstimateForbidden:
        messages.error(
            request,
            gettext("The agreement says that its reads are never estimated. Have the meter read."),
        )
    except NothingToEstimateFrom:
        messages.error(
            request, gettext("There is too little history to estimate from. Have the meter read.")
        )
    else:
        messages.success(
            request, gettext("Estimated. The bill says so, and the next reading settles it.")
        )
    return SeeOther(reverse("desk_draft", args=[cycle, day, number]))


def _settled(
    request: StaffRequest, cycle: str, day: dt.date, number: str, service_point: str
) -> HttpResponse:
    try:
        settle_estimates(
            user_id=request.user.pk,
            account_number=number,
            service_point=service_point,
            cycle_code=cycle,
            bill_date=day,
            on=local_today(request),
            now=now(),
        )
    except NotVisible:
        raise
    except ExpectedError as error:
        told = tell_exception(account_number=number, code=error.code, values=error.values)
        messages.error(request, f"{told.what}. {told.remedy}")
    else:
        messages.success(
            request, gettext("The estimated bill was corrected, and its holders told.")
        )
    return SeeOther(reverse("desk_draft", args=[cycle, day, number]))


@require_GET
@for_staff
def bill(request: StaffRequest, bill_number: str) -> HttpResponse:
    """Show one bill as it was made."""
    page = open_bill(user_id=request.user.pk, bill_number=bill_number, now=now())
    sent = list_sent(bill=page.bill, state_dir=settings.STATE_DIR)
    context = {"page": page, "bill": page.bill, "reasons": _reasons(page.bill), "sent": sent}
    return show(request, "backoffice/bill.html", context)


@require_http_methods(["GET", "POST"])
@for_staff
def correct(request: StaffRequest, bill_number: str) -> HttpResponse:
    """Show what a bill would be today, ask why it is corrected, look twice, and correct it."""
    page = preview_correction(
        user_id=request.user.pk, bill_number=bill_number, on=local_today(request), now=now()
    )
    form = (TakeBackForm if page.bill.invoice else CorrectForm)(request.POST or None)
    if form.is_valid() and "sure" in request.POST:
        return _corrected(request, bill_number, form.cleaned_data)
    told = _told(page)
    if told and form.is_valid() and form.cleaned_data["what"] == REBILL:
        form.add_error("what", f"{told['told'].what}. {told['told'].remedy}")
    context = {"page": page, "bill": page.bill, "form": form, **told}
    if form.is_valid():
        chosen = form.cleaned_data
        context |= {"chosen": chosen, "reason": str(REASONS[chosen["reason"]])}
        return show(request, "backoffice/bill_correct_sure.html", context)
    status = 400 if form.is_bound else 200
    return show(request, "backoffice/bill_correct.html", context, status=status)


@require_http_methods(["GET", "POST"])
@for_staff
def single(request: StaffRequest, number: str) -> HttpResponse:
    """Show the bill an account would get today, outside its cycle, and write it."""
    given = {
        "user_id": request.user.pk,
        "account_number": number,
        "on": local_today(request),
        "now": now(),
    }
    refused = None
    if request.method == "POST":
        try:
            issued = write_single_bill(**given)
        except NotVisible:
            raise
        except ExpectedError as error:
            refused = error
        else:
            messages.success(request, gettext("The bill is written, and its holders are told."))
            return SeeOther(reverse("desk_bill", args=[issued.number]))
    page = preview_single_bill(**given)
    context = {"page": page, "bill": page.would_be, **_why_not(page, refused or page.error)}
    status = 409 if refused else 200
    return show(request, "backoffice/bill_single.html", context, status=status)


@require_GET
@for_staff
def differences(request: StaffRequest) -> HttpResponse:
    """Show the bills that would come out otherwise today."""
    rows = [(row, str(DIFFERENCES.get(row.code, row.code))) for row in list_differences()]
    return show(request, "backoffice/differences.html", {"rows": rows})


@require_POST
@for_staff
def leave(request: StaffRequest, difference: int) -> HttpResponse:
    """Leave a bill as it was made."""
    leave_bill(user_id=request.user.pk, difference_id=difference, now=now())
    messages.success(request, gettext("The bill stays as it is."))
    return SeeOther(reverse("desk_differences"))


def _draft_page(request: StaffRequest, cycle: str, day: dt.date, number: str) -> DraftPage:
    return preview_draft(
        user_id=request.user.pk,
        cycle_code=cycle,
        bill_date=day,
        account_number=number,
        now=now(),
    )


def _drafted(page: DraftPage) -> dict[str, Any]:
    context: dict[str, Any] = {"page": page, "bill": page.would_be}
    if page.drafted is not None and page.is_held:
        context["why"] = tell_hold(
            code=page.drafted.held_code,
            values=page.drafted.held_values,
            reason=page.drafted.hold_reason,
        )
    if page.error is not None:
        context["may_estimate"] = page.error.code == "read_missing"
        if page.error.code == EstimateProvenWrong.code:
            context["may_settle"] = page.error.values["service_point"]
        context["told"] = tell_exception(
            account_number=page.account.number, code=page.error.code, values=page.error.values
        )
    return context


def _why_not(page: SingleBillPage, error: ExpectedError | None) -> dict[str, Any]:
    """Say why an account gets no bill today; that all is billed is said by the page itself."""
    if error is None or isinstance(error, NothingToBill):
        return {}
    told = tell_exception(account_number=page.account.number, code=error.code, values=error.values)
    return {"told": told}


def _told(page: CorrectionPreview) -> dict[str, Any]:
    if page.error is None:
        return {}
    told = tell_exception(
        account_number=page.account.number, code=page.error.code, values=page.error.values
    )
    return {"told": told}


def _reasons(shown: Any) -> dict[str, str]:
    known = {"taken_back": shown.taken_back, "corrects": shown.corrects}
    return {name: str(REASONS[each.reason]) for name, each in known.items() if each}


def _corrected(request: StaffRequest, bill_number: str, chosen: dict[str, Any]) -> HttpResponse:
    given = {
        "user_id": request.user.pk,
        "bill_number": bill_number,
        "reason": chosen["reason"],
        "note": chosen["note"],
        "on": local_today(request),
        "now": now(),
    }
    if chosen["what"] == REBILL:
        issued = correct_bill(**given)
        messages.success(request, gettext("The bill was taken back, and a new one made."))
        return SeeOther(reverse("desk_bill", args=[issued.number]))
    take_bill_back(**given)
    messages.success(request, gettext("The bill was taken back."))
    return SeeOther(reverse("desk_bill", args=[bill_number]))
