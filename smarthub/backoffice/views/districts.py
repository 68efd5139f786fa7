"""The page for the tax districts of an account's places."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from smarthub.backoffice.gate import StaffRequest, for_staff, local_today
from smarthub.backoffice.pages import SeeOther, show
from smarthub.ui.formats import reading_language
from smarthub.wiring.clock import now
from smarthub.workflows.rates.tax_districts import DistrictsPage, open_districts, record_district

INSIDE, OUTSIDE = "inside", "outside"
SIDES: Mapping[str, Promise] = {
    INSIDE: gettext_lazy("Inside it"),
    OUTSIDE: gettext_lazy("Outside it"),
}


class DistrictForm(forms.Form):
    """Where a place lies, and from which day on."""

    place = forms.ChoiceField(label=gettext_lazy("Place"))
    district = forms.ChoiceField(label=gettext_lazy("Tax district"))
    side = forms.ChoiceField(label=gettext_lazy("The place lies"), choices=list(SIDES.items()))
    effective_from = forms.DateField(
        label=gettext_lazy("First day"),
        help_text=gettext_lazy("The day the boundary took the place in, or let it out."),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": gettext_lazy("Say from which day on.")},
    )

    def __init__(self, *args: Any, page: DistrictsPage, **kwargs: Any) -> None:
        """Offer the account's places, and the districts its rates tax."""
        super().__init__(*args, **kwargs)
        language = reading_language()
        self._offer("place", [(each.number, each.address) for each in page.places])
        self._offer(
            "district", [(code, name.in_language(language)) for code, name in page.districts]
        )

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (for type checkers)
        field.choices = choices


@require_http_methods(["GET", "POST"])
@for_staff
def districts(request: StaffRequest, number: str) -> HttpResponse:
    """Show in which districts an account's places lie; record a change."""
    today = local_today(request)
    page = open_districts(user_id=request.user.pk, account_number=number, on=today, now=now())
    form = DistrictForm(request.POST or None, page=page)
    if form.is_valid():
        given = form.cleaned_data
        record_district(
            user_id=request.user.pk,
            account_number=number,
            premise_number=given["place"],
            district=given["district"],
            inside=given["side"] == INSIDE,
            effective_from=given["effective_from"],
            now=now(),
        )
        messages.success(request, gettext("Recorded. Bills follow it from that day on."))
        return SeeOther(reverse("desk_tax_districts", args=[number]))
    context = {**_shown(page, today), "form": form}
    status = 400 if form.errors else 200
    return show(request, "backoffice/districts.html", context, status=status)


def _shown(page: DistrictsPage, today: dt.date) -> dict[str, Any]:
    language = reading_language()
    names = {code: name.in_language(language) for code, name in page.districts}
    return {
        "account": page.account,
        "places": [
            {
                "address": place.address,
                "now": [names.get(code, code) for code in place.inside_on(day=today)],
                "facts": [
                    {
                        "name": names.get(row.fact.district, row.fact.district),
                        "inside": row.fact.inside,
                        "from": row.fact.effective_from,
                    }
                    for row in place.rows
                ],
            }
            for place in page.places
        ],
    }
