"""The page for a one-time invoice: fill it in, look at it as the bill it would be, write it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from smarthub.backoffice.forms.bills import InvoiceForm
from smarthub.backoffice.gate import StaffRequest, for_staff, local_today
from smarthub.backoffice.pages import SeeOther, show
from smarthub.wiring.clock import now
from smarthub.workflows.bills.invoice_once import invoice_account, preview_invoice


@require_http_methods(["GET", "POST"])
@for_staff
def invoice(request: StaffRequest, number: str) -> HttpResponse:
    """Ask what an invoice is for, show it once more, and write it."""
    form = InvoiceForm(request.POST or None)
    valid = form.is_valid()
    given = {
        "user_id": request.user.pk,
        "account_number": number,
        "lines": form.lines() if valid else (),
        "on": local_today(request),
        "now": now(),
    }
    if valid and "sure" in request.POST:
        issued = invoice_account(key=form.cleaned_data["key"], **given)
        messages.success(request, gettext("The invoice is written, and its holders are told."))
        return SeeOther(reverse("desk_bill", args=[issued.number]))
    page = preview_invoice(**given)
    context = {"page": page, "bill": page.would_be, "form": form}
    if valid and "change" not in request.POST:
        return show(request, "backoffice/invoice_sure.html", context)
    return show(request, "backoffice/invoice.html", context, status=400 if form.errors else 200)
