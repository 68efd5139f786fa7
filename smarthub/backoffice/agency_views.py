"""The desk's page of agencies: those that help members to pay."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from smarthub.arrears.types import AgencyKind
from smarthub.backoffice import arrears_words
from smarthub.backoffice.arrears_forms import AgencyForm
from smarthub.backoffice.gate import StaffRequest, for_staff
from smarthub.backoffice.pages import SeeOther, show
from smarthub.kernel.errors import Conflict, Refused
from smarthub.wiring.clock import now
from smarthub.workflows import pledges


@require_http_methods(["GET", "POST"])
@for_staff
def agencies(request: StaffRequest) -> HttpResponse:
    """Show the list; sent back, add an agency or take one off it."""
    form = AgencyForm(request.POST if request.POST.get("act") == "add" else None)
    if request.POST.get("act") == "end":
        code = request.POST.get("code", "")
        pledges.end_agency(user_id=request.user.pk, code=code, now=now())
        messages.success(request, gettext("The agency is no longer used. What it promised holds."))
        return SeeOther(reverse("desk_agencies"))
    if form.is_valid():
        try:
            _add(request, form)
        except (Refused, Conflict) as refused:
            form.add_error(None, arrears_words.say_refusal(refused))
        else:
            messages.success(request, gettext("The agency is on the list."))
            return SeeOther(reverse("desk_agencies"))
    context = {"form": form, "agencies": pledges.list_agencies(user_id=request.user.pk)}
    return show(
        request, "backoffice/money/agencies.html", context, status=400 if form.errors else 200
    )


def _add(request: StaffRequest, form: AgencyForm) -> None:
    pledges.add_agency(
        user_id=request.user.pk,
        code=form.cleaned_data["code"],
        kind=AgencyKind.ASSISTANCE,
        name=form.cleaned_data["name"],
        now=now(),
    )
