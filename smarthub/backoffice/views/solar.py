"""The page of shared solar arrays: what a block made each month, and who holds how many."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from smarthub.backoffice.gate import StaffRequest, for_staff, local_today
from smarthub.backoffice.pages import SeeOther, show
from smarthub.kernel.errors import NotVisible
from smarthub.rating.operations import RiderDiffers
from smarthub.wiring.clock import now
from smarthub.workflows.rates.shared_solar import (
    MOST_BLOCKS,
    NoSharedSolar,
    SharedSolarPage,
    hold_blocks,
    open_shared_solar,
    record_month,
)


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}), **more)


class MonthForm(forms.Form):
    """What one block of an array made in a month."""

    array = forms.ChoiceField(label=gettext_lazy("Array"))
    month = _day(
        gettext_lazy("A day of the month"),
        help_text=gettext_lazy("Bills whose period ends in this month use the figure."),
    )
    kwh_per_block = forms.DecimalField(
        label=gettext_lazy("kWh of one block"),
        min_value=0,
        max_value=999_999,
        decimal_places=3,
        help_text=gettext_lazy("It cannot be changed later: bills rest on it."),
    )

    def __init__(self, *args: Any, page: SharedSolarPage, **kwargs: Any) -> None:
        """Offer the arrays the rates name."""
        super().__init__(*args, **kwargs)
        field = self.fields["array"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (for type checkers)
        field.choices = [(array, array) for array in page.arrays]


class BlocksForm(forms.Form):
    """How many blocks an account holds from a day on."""

    account_number = forms.CharField(label=gettext_lazy("Account number"), max_length=20)
    blocks = forms.IntegerField(
        label=gettext_lazy("Blocks"),
        min_value=0,
        max_value=MOST_BLOCKS,
        help_text=gettext_lazy("0 ends it: no credit from the next bill on."),
    )
    effective_from = _day(gettext_lazy("First day"))


@require_http_methods(["GET", "POST"])
@for_staff
def shared_solar(request: StaffRequest) -> HttpResponse:
    """Show the months recorded; record another, or who holds blocks."""
    page = open_shared_solar(user_id=request.user.pk, on=local_today(request))
    act = request.POST.get("act", "")
    month = MonthForm(request.POST if act == "month" else None, page=page, auto_id="month_%s")
    blocks = BlocksForm(request.POST if act == "blocks" else None, auto_id="blocks_%s")
    done = {"month": _record, "blocks": _hold}.get(act)
    sent: forms.Form = blocks if act == "blocks" else month
    if done is not None and sent.is_valid() and done(request, sent):
        return SeeOther(reverse("desk_shared_solar"))
    context = {"page": page, "month": month, "blocks": blocks, "act": act}
    status = 400 if month.errors or blocks.errors else 200
    return show(request, "backoffice/shared_solar.html", context, status=status)


def _record(request: StaffRequest, form: forms.Form) -> bool:
    try:
        record_month(user_id=request.user.pk, now=now(), **form.cleaned_data)
    except RiderDiffers:
        form.add_error("kwh_per_block", gettext("Another figure stands for this month already."))
        return False
    except NoSharedSolar:
        form.add_error("month", gettext("No rate had this array in that month."))
        return False
    messages.success(request, gettext("Recorded. Bills that end in that month use it."))
    return True


def _hold(request: StaffRequest, form: forms.Form) -> bool:
    given: dict[str, Any] = form.cleaned_data
    try:
        hold_blocks(user_id=request.user.pk, now=now(), **given)
    except NotVisible:
        form.add_error("account_number", gettext("There is no account of this number."))
        return False
    except NoSharedSolar:
        form.add_error(
            "account_number", gettext("No service of this account is on a rate with shared solar.")
        )
        return False
    messages.success(request, gettext("Recorded. Bills follow it from that day on."))
    return True
