"""Paying: choose accounts and amounts, give or choose a card, look it over, see the receipt.

What was chosen waits in the session until it is paid, so that a visit to the gateway's own form
loses nothing. The review page carries the payment's id and amounts itself: what is sent is what
was seen, and sending it twice is one payment.
"""

from __future__ import annotations

from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from smarthub.kernel.errors import NotVisible, Refused, Unavailable
from smarthub.kernel.money import Money
from smarthub.payments.types import MethodKind
from smarthub.portal.forms import ChooseAmountsForm, ReviewForm, amounts_from
from smarthub.portal.language import fill_again
from smarthub.portal.refusals import say_refusal
from smarthub.portal.requests import MemberRequest, local_today
from smarthub.ui.formats import reading_language
from smarthub.wiring.clock import now
from smarthub.wiring.gateway import payment_gateway
from smarthub.workflows.pay_balance import finish_method_setup, pay_balance, start_method_setup
from smarthub.workflows.payment_plan import (
    get_payment_and_dues,
    list_payable_accounts,
    plan_payment,
)

CHOSEN = "amounts_to_pay"


class SeeOther(HttpResponseRedirect):
    """Go and get another page, whatever was sent."""

    status_code = 303


@require_http_methods(["GET", "POST"])
@login_required
def pay(request: MemberRequest) -> HttpResponse:
    """Choose accounts and amounts; what is due is filled in."""
    payable = list_payable_accounts(user_id=request.user.pk, on=local_today(request))
    form = ChooseAmountsForm(payable, request.POST if request.method == "POST" else None)
    fill_again(form, request)
    if form.is_bound and form.is_valid():
        _choose(request, form.amounts())
        return SeeOther(reverse("pay_review"))
    return render(request, "portal/pay.html", {"form": form})


@require_GET
@login_required
def pay_due(request: MemberRequest) -> HttpResponse:
    """Take everything due, or what is due on ``?account=``, straight to the review."""
    only = request.GET.get("account")
    payable = list_payable_accounts(user_id=request.user.pk, on=local_today(request))
    if only is not None and only not in {each.account.number for each in payable}:
        raise NotVisible
    due = {
        p.account.number: p.to_pay for p in payable if p.to_pay and only in {None, p.account.number}
    }
    if not due:
        return redirect("pay")
    _choose(request, due)
    return redirect("pay_review")


@require_http_methods(["GET", "POST"])
@login_required
def pay_review(request: MemberRequest) -> HttpResponse:
    """Look it over; sent back, pay it once."""
    if request.method == "POST":
        return _pay(request)
    amounts = _chosen(request)
    return _review(request, amounts) if amounts else redirect("pay")


@require_POST
@login_required
def pay_card(request: MemberRequest) -> HttpResponse:
    """Go to the gateway's own form; no card number ever comes here."""
    otherwise = "pay_review" if _chosen(request) else "methods"
    return go_to_gateway(request, kind=MethodKind.CARD, otherwise=otherwise)


def go_to_gateway(request: MemberRequest, *, kind: MethodKind, otherwise: str) -> HttpResponse:
    """Lead to the gateway's form, or back to the page named if it does not answer."""
    try:
        url = start_method_setup(
            user_id=request.user.pk,
            kind=kind,
            return_to=settings.BASE_URL + reverse("pay_card_return"),
            language=reading_language(),
            now=now(),
            gateway=payment_gateway(),
        )
    except Unavailable:
        messages.error(request, gettext("The card form does not answer. Please try again soon."))
        return SeeOther(reverse(otherwise))
    return SeeOther(url)


@require_GET
@login_required
def pay_card_return(request: MemberRequest) -> HttpResponse:
    """Come back from the gateway's form: to the payment that waits, or to the stored methods."""
    try:
        finish_method_setup(
            user_id=request.user.pk,
            reference=request.GET.get("setup", ""),
            now=now(),
            gateway=payment_gateway(),
        )
    except (Refused, Unavailable):
        messages.error(request, gettext("No card was added. Nothing was charged."))
    return redirect("pay_review" if _chosen(request) else "methods")


@require_GET
@login_required
def pay_receipt(request: MemberRequest, payment_id: UUID) -> HttpResponse:
    """Show how a payment went, and what is due now."""
    receipt = get_payment_and_dues(
        user_id=request.user.pk, payment_id=payment_id, on=local_today(request)
    )
    context = {"receipt": receipt, "outcome": receipt.outcome}
    return render(request, "portal/pay_receipt.html", context)


def _pay(request: MemberRequest) -> HttpResponse:
    form = ReviewForm(request.POST)
    try:
        amounts = amounts_from(request.POST.dict())
    except ValueError:
        raise Refused from None
    if not form.is_valid():
        return _review(request, amounts, refusal=gettext("Choose how to pay."))
    payment_id, method_id = form.id_and_method()
    if method_id is None:
        return _review(request, amounts, refusal=gettext("Choose how to pay."))
    try:
        pay_balance(
            payment_id=payment_id,
            user_id=request.user.pk,
            parts=amounts,
            method_id=method_id,
            allow_credit=form.cleaned_data["allow_credit"],
            now=now(),
            gateway=payment_gateway(),
        )
    except Refused as refusal:
        return _review(request, amounts, refusal=say_refusal(refusal))
    request.session.pop(CHOSEN, None)
    return SeeOther(reverse("pay_receipt", args=[payment_id]))


def _review(
    request: MemberRequest, amounts: dict[str, Money], *, refusal: str = ""
) -> HttpResponse:
    """Show the payment with a new id: what was refused was no payment, so it may be sent again."""
    plan = plan_payment(user_id=request.user.pk, amounts=amounts, on=local_today(request))
    context = {"plan": plan, "payment_id": uuid4(), "refusal": refusal}
    return render(request, "portal/pay_review.html", context, status=400 if refusal else 200)


def _choose(request: MemberRequest, amounts: dict[str, Money]) -> None:
    request.session[CHOSEN] = {number: amount.cents for number, amount in amounts.items()}


def _chosen(request: MemberRequest) -> dict[str, Money]:
    return {number: Money(cents) for number, cents in request.session.get(CHOSEN, {}).items()}
