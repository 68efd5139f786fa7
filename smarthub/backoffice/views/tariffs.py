"""Rates on the desk: published versions, drafts, their preview over last month's bills."""

from __future__ import annotations

import csv
import datetime as dt

import yaml
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from smarthub.backoffice.forms.tariffs import DraftForm, PublishForm
from smarthub.backoffice.gate import StaffRequest, for_staff, local_today
from smarthub.backoffice.pages import show
from smarthub.backoffice.words.tariffs import words_of_refusal
from smarthub.kernel.errors import Conflict, ExpectedError, NotVisible, Refused
from smarthub.rating.queries import (
    find_preview,
    get_definition,
    get_draft,
    list_bill_changes,
    list_drafts,
    list_published,
)
from smarthub.rating.types import in_reading_order
from smarthub.rating.types.drafts import DraftId, DraftView
from smarthub.wiring.clock import now
from smarthub.workflows.rates import draft_tariff

A_PAGE = 100
EVERYTHING = 1_000_000
BAD_REQUEST = 400


@require_GET
@for_staff
def tariffs(request: StaffRequest) -> HttpResponse:
    """Show the drafts that wait, and every published version."""
    published = list_published(on=local_today(request))
    context = {"drafts": list_drafts(), "published": published}
    return show(request, "backoffice/tariffs.html", context)


@require_http_methods(["GET", "POST"])
@for_staff
def tariff_new(request: StaffRequest) -> HttpResponse:
    """Begin a draft: from nothing, from a file, or from a published version."""
    if request.method == "POST":
        return _save(request, None)
    form = DraftForm(initial={"text": _copied(request)})
    return show(request, "backoffice/tariff_new.html", {"form": form})


@require_http_methods(["GET", "POST"])
@for_staff
def tariff_draft(request: StaffRequest, draft: int) -> HttpResponse:
    """Show a draft; change, preview, publish or discard it."""
    shown = get_draft(draft_id=DraftId(draft))
    if request.method == "POST":
        acts = {"save": _save, "preview": _preview, "publish": _publish, "discard": _discard}
        act = acts.get(request.POST.get("act", ""))
        if act is None or shown.published_from is not None:
            raise NotVisible
        return act(request, shown)
    return _show_draft(request, shown)


@require_GET
@for_staff
def tariff_bills(request: StaffRequest, draft: int) -> HttpResponse:
    """Show what each bill would come to; with ``?file=csv``, as a file."""
    shown = get_draft(draft_id=DraftId(draft))
    if request.GET.get("file") == "csv":
        return _bills_file(shown)
    page = (
        max(1, int(request.GET.get("page", "1"))) if request.GET.get("page", "1").isdigit() else 1
    )
    start = (page - 1) * A_PAGE
    found = list_bill_changes(draft_id=shown.id, start=start, count=A_PAGE + 1)
    context = {
        "draft": shown,
        "preview": find_preview(draft_id=shown.id),
        "changes": found[:A_PAGE],
        "page": page,
        "has_more": len(found) > A_PAGE,
    }
    return show(request, "backoffice/tariff_bills.html", context)


def _copied(request: StaffRequest) -> str:
    code, start = request.GET.get("from", ""), request.GET.get("date", "")
    if not code:
        return ""
    try:
        day = dt.date.fromisoformat(start)
    except ValueError:
        raise NotVisible(tariff=code) from None
    definition = in_reading_order(get_definition(code=code, effective_from=day))
    return yaml.safe_dump(definition, allow_unicode=True, sort_keys=False, width=96)


def _save(request: StaffRequest, draft: DraftView | None) -> HttpResponse:
    form = DraftForm(request.POST, request.FILES)
    if form.is_valid():
        text = form.cleaned_data["text"]
        try:
            saved = draft_tariff.save(
                draft_id=None if draft is None else draft.id,
                text=text,
                user_id=request.user.pk,
                seen_digest=form.cleaned_data["seen"],
                now=now(),
            )
        except (Refused, Conflict) as error:
            form.add_error("text", words_of_refusal(error))
            form.show(text)
        else:
            messages.success(request, _("The draft is saved."))
            return redirect("desk_tariff_draft", draft=saved)
    if draft is None:
        return show(request, "backoffice/tariff_new.html", {"form": form}, status=BAD_REQUEST)
    return _show_draft(request, draft, form=form)


def _preview(request: StaffRequest, draft: DraftView) -> HttpResponse:
    code = request.POST.get("compared_with") or draft.code
    draft_tariff.ask_for_preview(
        draft_id=draft.id, compared_with=code, on=local_today(request), now=now()
    )
    return _to_draft(draft)


def _publish(request: StaffRequest, draft: DraftView) -> HttpResponse:
    today = local_today(request)
    form = PublishForm(request.POST, first_day=today)
    if form.is_valid():
        try:
            tariff = draft_tariff.publish(
                draft_id=draft.id,
                effective_from=form.cleaned_data["effective_from"],
                user_id=request.user.pk,
                on=today,
                now=now(),
            )
        except ExpectedError as error:
            form.add_error(None, words_of_refusal(error))
        else:
            said = _("%(code)s is published and holds from the day you chose.")
            messages.success(request, said % {"code": tariff.code})
            return redirect("desk_tariffs")
    return _show_draft(request, draft, publish=form)


def _discard(request: StaffRequest, draft: DraftView) -> HttpResponse:
    draft_tariff.discard(draft_id=draft.id, user_id=request.user.pk, now=now())
    messages.success(request, _("The draft is thrown away. What it said is in the audit trail."))
    return redirect("desk_tariffs")


def _to_draft(draft: DraftView) -> HttpResponseRedirect:
    return redirect("desk_tariff_draft", draft=draft.id)


def _show_draft(
    request: StaffRequest,
    draft: DraftView,
    *,
    form: DraftForm | None = None,
    publish: PublishForm | None = None,
) -> HttpResponse:
    today = local_today(request)
    preview = find_preview(draft_id=draft.id)
    codes = sorted({each.code for each in list_published(on=today) if each.in_force})
    context = {
        "draft": draft,
        "preview": preview,
        "chosen": preview.compared_with if preview else draft.code,
        "form": form or DraftForm(initial={"text": draft.text, "seen": draft.digest}),
        "publish": publish or PublishForm(first_day=today),
        "codes": codes,
        "needs_another": draft_tariff.needs_second_look(on=today)
        and draft.author_id == request.user.pk,
    }
    status = BAD_REQUEST if form or publish else 200
    return show(request, "backoffice/tariff_draft.html", context, status=status)


def _bills_file(draft: DraftView) -> HttpResponse:
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{draft.code}-preview.csv"'
    answer.headers["Cache-Control"] = "no-store"
    rows = csv.writer(answer)
    rows.writerow(["account", "bill", "before", "after", "difference", "refused"])
    for change in list_bill_changes(draft_id=draft.id, start=0, count=EVERYTHING):
        after = "" if change.after is None else change.after.dollars
        difference = "" if change.after is None else change.difference.dollars
        row = (change.account_number, change.bill_number, change.before.dollars, after)
        rows.writerow([*row, difference, change.refused])
    return answer
