"""Pay without signing in: by number and name, or by a link. What is due is shown, nothing else.

Nothing is kept in the session: the link in the address is all there is, and it pays once.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from smarthub.accounts.access import GuestUnknown, LinkOver
from smarthub.accounts.types import bare
from smarthub.kernel.errors import Refused, Unavailable
from smarthub.kernel.money import Money
from smarthub.payments.operations import PaymentConflict
from smarthub.portal.forms.guests import GuestForm, LinkAmountForm
from smarthub.portal.forms.payments import cents_in
from smarthub.portal.language import fill_again
from smarthub.portal.limits import is_within_limits
from smarthub.portal.refusals import say_refusal
from smarthub.portal.views.pay import SeeOther
from smarthub.ui.formats import reading_language
from smarthub.wiring.clock import now
from smarthub.wiring.gateway import payment_gateway
from smarthub.workflows.membership.claim_account import ClaimsTooMany
from smarthub.workflows.money.pay_by_link import (
    LinkPage,
    begin_as_guest,
    card_fee,
    finish_card,
    pay_by_link,
    see_link,
    start_card,
)


@never_cache
@require_http_methods(["GET", "POST"])
def guest(request: HttpRequest) -> HttpResponse:
    """Ask for account number and name; both right, lead to a link of half an hour."""
    form = GuestForm(request.POST if request.method == "POST" else None)
    fill_again(form, request)
    if form.is_bound and form.is_valid():
        try:
            return SeeOther(reverse("link", args=[_begin(request, form.cleaned_data)]))
        except (GuestUnknown, ClaimsTooMany) as refusal:
            form.add_error(None, say_refusal(refusal))
    status = 400 if form.errors else 200
    return render(request, "portal/guest.html", {"form": form}, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
def link(request: HttpRequest, link: str) -> HttpResponse:
    """Show what is due and ask how much; a link that has paid shows how that went."""
    try:
        page = see_link(link=link, now=now())
    except LinkOver:
        return render(request, "portal/link_over.html", status=410)
    if page.outcome is not None:
        return render(request, "portal/link_paid.html", {"page": page, "outcome": page.outcome})
    form = LinkAmountForm(page.due.to_pay, request.POST if request.method == "POST" else None)
    fill_again(form, request)
    if form.is_bound and form.is_valid():
        return _go_to_form(request, link, form.cleaned_data["amount"])
    context = {"page": page, "form": form, "fee": card_fee(amount=page.due.to_pay, now=now())}
    return render(request, "portal/link.html", context, status=400 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "POST"])
def link_review(request: HttpRequest, link: str, cents: int) -> HttpResponse:
    """Come back from the gateway's form and look it over; sent back, pay it once."""
    try:
        page = see_link(link=link, now=now())
    except LinkOver:
        return render(request, "portal/link_over.html", status=410)
    if page.outcome is not None:
        return redirect("link", link=link)
    given: dict[str, Any] = {
        "link": link,
        "reference": request.GET.get("setup", ""),
        "return_to": _return_to(link, cents),
        "now": now(),
        "gateway": payment_gateway(),
    }
    try:
        if request.method == "POST":
            fee = cents_in(request.POST.get("agrees_to_fee", ""))
            pay_by_link(amount=Money(cents), fee=fee, **given)
            return SeeOther(reverse("link", args=[link]))
        return _review(request, page, cents, given)
    except Refused as refusal:
        messages.error(request, say_refusal(refusal))
    except PaymentConflict:
        pass  # another tab pays by this link at this moment: its page says how that went
    except Unavailable:
        messages.error(request, gettext("No card was added. Nothing was charged."))
    return SeeOther(reverse("link", args=[link]))


def _begin(request: HttpRequest, typed: dict[str, str]) -> str:
    if not is_within_limits(request, "pay_as_guest", key=bare(typed["number"])):
        raise ClaimsTooMany(minutes=60)
    return begin_as_guest(number=typed["number"], name=typed["name"], now=now())


def _return_to(link: str, cents: int) -> str:
    return settings.BASE_URL + reverse("link_review", args=[link, cents])


def _go_to_form(request: HttpRequest, link: str, amount: Money) -> HttpResponse:
    try:
        url = start_card(
            link=link,
            return_to=_return_to(link, amount.cents),
            language=reading_language(),
            now=now(),
            gateway=payment_gateway(),
        )
    except Unavailable:
        messages.error(request, gettext("The card form does not answer. Please try again soon."))
        return SeeOther(reverse("link", args=[link]))
    return SeeOther(url)


def _review(
    request: HttpRequest, page: LinkPage, cents: int, given: dict[str, Any]
) -> HttpResponse:
    method = finish_card(**given)
    amount = Money(cents)
    fee = card_fee(amount=amount, now=now())
    context = {
        "page": page,
        "amount": amount,
        "fee": fee,
        "charged": amount + fee,
        "method": method,
        "link": given["link"],
    }
    return render(request, "portal/link_review.html", context)
