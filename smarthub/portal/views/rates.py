"""What the last twelve months would have cost on every rate that is open to the member."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from smarthub.accounts.access import open_account
from smarthub.portal.requests import MemberRequest, local_today
from smarthub.ui.parts import Table
from smarthub.ui.templatetags.formats import money, words
from smarthub.workflows.rates.compare_rates import ComparedRate, RateComparison, compare_rates


@require_GET
@login_required
def rate_comparison(request: MemberRequest, number: str, point: str) -> HttpResponse:
    """Show a service's rates beside each other, in one sentence and one table."""
    today = local_today(request)
    account = open_account(user_id=request.user.pk, number=number, on=today)
    view = compare_rates(
        account=account, point_number=point, on=today, zone=request.cooperative.zone
    )

    context = {"view": view, "account": account, "table": _table(view)}
    return render(request, "portal/rates.html", context)


def _table(view: RateComparison) -> Table:
    head = (
        _("Rate"),
        _("Fixed each month"),
        _("These months"),
        _("With a tenth less use"),
        _("With a tenth more use"),
        _("Beside your rate"),
    )
    caption = _("Your use, on each rate, at the prices of today")
    return Table(caption, head, tuple(_row(rate) for rate in view.rates))


def _row(rate: ComparedRate) -> tuple[str, ...]:
    return (
        words(rate.name),
        money(rate.monthly_fixed),
        money(rate.year),
        money(rate.with_less),
        money(rate.with_more),
        _difference(rate),
    )


def _difference(rate: ComparedRate) -> str:
    if rate.is_hers:
        return _("your rate")
    if rate.is_close:
        return _("about the same")
    if rate.difference.cents < 0:
        return _("%(amount)s less") % {"amount": money(-rate.difference)}
    return _("%(amount)s more") % {"amount": money(rate.difference)}
