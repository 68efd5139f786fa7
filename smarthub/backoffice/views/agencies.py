"""The desk's page of agencies: those that help members to pay, and those that collect."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from smarthub.arrears.types import AgencyKind
from smarthub.backoffice.forms.arrears import AGENCY_KINDS, AgencyForm
from smarthub.backoffice.gate import StaffRequest, for_staff
from smarthub.backoffice.pages import SeeOther, show
from smarthub.backoffice.words import arrears as arrears_words
from smarthub.kernel.errors import Conflict, NotVisible, Refused
from smarthub.wiring.bank_files import COLLECTION_FILES
from smarthub.wiring.clock import now
from smarthub.workflows.debts import place_debts, pledges


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
    known = pledges.list_agencies(user_id=request.user.pk)
    context = {"form": form, "agencies": [(each, AGENCY_KINDS[each.kind]) for each in known]}
    return show(
        request, "backoffice/money/agencies.html", context, status=400 if form.errors else 200
    )


@require_http_methods(["GET", "POST"])
@for_staff
def placements(request: StaffRequest) -> HttpResponse:
    """Show the debts with agencies; sent back, hand some over or call some back."""
    if request.method == "POST":
        try:
            said = _place_or_recall(request)
        except (Refused, Conflict) as refused:
            messages.error(request, arrears_words.say_refusal(refused))
        else:
            messages.success(request, said)
        return SeeOther(reverse("desk_placements"))
    found = place_debts.see_debts_outside(user_id=request.user.pk, now=now())
    context = {"found": found, "place_id": uuid4(), "recall_id": uuid4()}
    return show(request, "backoffice/money/placements.html", context)


@require_GET
@for_staff
def agency_file(request: StaffRequest, file_id: UUID) -> HttpResponse:
    """Hand over a file for a collection agency."""
    name, content = place_debts.write_agency_file(
        user_id=request.user.pk, file_id=file_id, layout=COLLECTION_FILES, now=now()
    )
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _place_or_recall(request: StaffRequest) -> str:
    sent, user_id = request.POST, request.user.pk
    try:
        file_id = UUID(sent.get("file_id", ""))
        write_offs = [UUID(each) for each in sent.getlist("debt")]
        placed = [int(each) for each in sent.getlist("placed") if each.isdecimal()]
    except ValueError:
        raise NotVisible from None
    if sent.get("act") == "recall":
        count = place_debts.recall_debts(user_id=user_id, file_id=file_id, placed=placed, now=now())
        return ngettext(
            "%(count)s debt is called back. Give the agency the file.",
            "%(count)s debts are called back. Give the agency the file.",
            count,
        ) % {"count": count}
    count = place_debts.place_debts(
        user_id=user_id,
        file_id=file_id,
        agency=sent.get("agency", ""),
        write_offs=write_offs,
        now=now(),
    )
    return ngettext(
        "%(count)s debt is handed over. Give the agency the file.",
        "%(count)s debts are handed over. Give the agency the file.",
        count,
    ) % {"count": count}


def _add(request: StaffRequest, form: AgencyForm) -> None:
    pledges.add_agency(
        user_id=request.user.pk,
        code=form.cleaned_data["code"],
        kind=AgencyKind(form.cleaned_data["kind"]),
        name=form.cleaned_data["name"],
        now=now(),
    )
