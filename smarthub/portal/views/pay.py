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
from smarthub.payments.types import MethodKind, Schedule
from smarthub.portal.chosen_payment import Chosen, chosen_of, forget_chosen, keep_chosen
from smarthub.portal.forms.payments import ChooseAmountsForm, ReviewForm, amounts_from
from smarthub.portal.language import fill_again
from smarthub.portal.method_for import come_back_here, note_stored, way_back
from smarthub.portal.refusals import say_refusal
from smarthub.portal.requests import MemberRequest, local_today
from smarthub.ui.formats import reading_language, say_day
from smarthub.wiring.clock import now
from smarthub.wiring.gateway import payment_gateway
from smarthub.workflows.money.pay_balance import pay_balance
from smarthub.workflows.money.payment_plan import (
    PaymentPlan,
    get_payment_and_dues,
    list_payable_accounts,
    plan_payment,
)
from smarthub.workflows.money.payment_receipt import print_receipt
from smarthub.workflows.money.schedule_payment import days_to_choose, get_schedule, schedule_payment
from smarthub.workflows.money.store_method import finish_method_setup, start_method_setup


class SeeOther(HttpResponseRedirect):
    """Go and get another page, whatever was sent."""

    status_code = 303


@require_http_methods(["GET", "POST"])
@login_required
def pay(request: MemberRequest) -> HttpResponse:
    """Choose accounts, amounts and the day; what is due is filled in, or the order changed."""
    today = local_today(request)
    ordered = _order_to_change(request)
    form = ChooseAmountsForm(
        list_payable_accounts(user_id=request.user.pk, on=today),
        request.POST if request.method == "POST" else None,
        days=days_to_choose(today),
        ordered=ordered,
    )
    fill_again(form, request)
    if form.is_bound and form.is_valid():
        replaces = ordered.id if ordered else None
        keep_chosen(request, Chosen(form.amounts(), form.pay_on(), replaces))
        return SeeOther(reverse("pay_review"))
    return render(request, "portal/pay.html", {"form": form, "ordered": ordered})


@require_GET
@login_required
def pay_due(request: MemberRequest) -> HttpResponse:
    """Take what is asked for, in all or on ``?account=``, straight to the review.

    Where Auto Pay takes all of it, whoever comes here wants to pay it now instead.
    """
    only = request.GET.get("account")
    payable = list_payable_accounts(user_id=request.user.pk, on=local_today(request))
    if only is not None and only not in {each.account.number for each in payable}:
        raise NotVisible
    wanted = [p for p in payable if only in {None, p.account.number}]
    by_hand = {p.account.number: p.by_hand for p in wanted if p.by_hand}
    due = by_hand or {p.account.number: p.to_pay for p in wanted if p.to_pay}
    if not due:
        return redirect("pay")
    keep_chosen(request, Chosen(due))
    return redirect("pay_review")


@require_http_methods(["GET", "POST"])
@login_required
def pay_review(request: MemberRequest) -> HttpResponse:
    """Look it over; sent back, pay it once, or keep it for its day."""
    if request.method == "POST":
        return _pay(request)
    chosen = chosen_of(request)
    return _review(request, chosen) if chosen else redirect("pay")


@require_POST
@login_required
def pay_card(request: MemberRequest) -> HttpResponse:
    """Go to the gateway's own form; no card number ever comes here."""
    return go_to_gateway(request, kind=MethodKind.CARD)


def go_to_gateway(request: MemberRequest, *, kind: MethodKind) -> HttpResponse:
    """Lead to the gateway's form, or back to the page that asked if it does not answer."""
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
        return SeeOther(way_back(request))
    return SeeOther(url)


@require_GET
@login_required
def pay_card_return(request: MemberRequest) -> HttpResponse:
    """Come back from the gateway's form, and go on to the page that asked for a method."""
    try:
        method = finish_method_setup(
            user_id=request.user.pk,
            reference=request.GET.get("setup", ""),
            now=now(),
            gateway=payment_gateway(),
        )
    except (Refused, Unavailable):
        messages.error(request, gettext("No card was added. Nothing was charged."))
    else:
        note_stored(request, method.id)
    return redirect(way_back(request))


@require_GET
@login_required
def pay_receipt(request: MemberRequest, payment_id: UUID) -> HttpResponse:
    """Show how a payment went, and what is due now."""
    receipt = get_payment_and_dues(
        user_id=request.user.pk, payment_id=payment_id, on=local_today(request)
    )
    context = {"receipt": receipt, "outcome": receipt.outcome}
    return render(request, "portal/pay_receipt.html", context)


@require_GET
@login_required
def pay_receipt_pdf(request: MemberRequest, payment_id: UUID) -> HttpResponse:
    """Hand out the receipt as a file, in the language being read."""
    language = reading_language()
    pdf = print_receipt(
        user_id=request.user.pk,
        payment_id=payment_id,
        language=language,
        cooperative=request.cooperative,
    )
    name = f"receipt-{payment_id.hex[:10]}-{language}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


def _order_to_change(request: MemberRequest) -> Schedule | None:
    """Return the scheduled payment named by ``?change=`` while it can still be changed."""
    named = request.GET.get("change")
    if named is None:
        return None
    try:
        view = get_schedule(user_id=request.user.pk, schedule_id=UUID(named))
    except ValueError:
        raise NotVisible from None
    if not view.is_open:
        raise NotVisible
    return view.schedule


def _pay(request: MemberRequest) -> HttpResponse:
    form = ReviewForm(request.POST)
    try:
        amounts = amounts_from(request.POST.dict())
    except ValueError:
        raise Refused from None
    if not form.is_valid() or form.cleaned_data["method"] is None:
        return _review(request, form.chosen(amounts), refusal=gettext("Choose how to pay."))
    chosen = form.chosen(amounts)
    try:
        going_to = _pay_now(request, form, chosen) or _order(request, form, chosen)
    except Refused as refusal:
        return _review(request, chosen, refusal=say_refusal(refusal))
    forget_chosen(request)
    return SeeOther(going_to)


def _pay_now(request: MemberRequest, form: ReviewForm, chosen: Chosen) -> str:
    """Pay at once and return the receipt's address; nothing if it is for a later day."""
    if chosen.pay_on is not None:
        return ""
    pay_balance(
        payment_id=form.cleaned_data["payment_id"],
        user_id=request.user.pk,
        parts=chosen.amounts,
        method_id=form.cleaned_data["method"],
        allow_credit=form.cleaned_data["allow_credit"],
        fee=form.fee(),
        now=now(),
        gateway=payment_gateway(),
    )
    return reverse("pay_receipt", args=[form.cleaned_data["payment_id"]])


def _order(request: MemberRequest, form: ReviewForm, chosen: Chosen) -> str:
    """Keep it for its day and return the address of the list it then is on."""
    if chosen.pay_on is None:
        raise ValueError("what is to be paid now is no order")
    schedule_payment(
        payment_id=form.cleaned_data["payment_id"],
        user_id=request.user.pk,
        parts=chosen.amounts,
        method_id=form.cleaned_data["method"],
        pay_on=chosen.pay_on,
        keeps_amount=form.cleaned_data["allow_credit"],
        fee=form.fee(),
        replaces=chosen.replaces,
        now=now(),
    )
    messages.success(
        request,
        gettext("It is scheduled for %(day)s. We write to you.") % {"day": say_day(chosen.pay_on)},
    )
    return reverse("payments")


def _review(request: MemberRequest, chosen: Chosen, *, refusal: str = "") -> HttpResponse:
    """Show the payment with a new id: what was refused was no payment, so it may be sent again."""
    come_back_here(request)
    plan = plan_payment(
        user_id=request.user.pk,
        amounts=chosen.amounts,
        on=local_today(request),
        pay_on=chosen.pay_on,
        replaces=chosen.replaces,
    )
    context = {
        "plan": plan,
        "payment_id": uuid4(),
        "replaces": chosen.replaces,
        "picked": _picked(request, plan),
        "refusal": refusal,
    }
    return render(request, "portal/pay_review.html", context, status=400 if refusal else 200)


def _picked(request: MemberRequest, plan: PaymentPlan) -> str:
    """Return the method that was chosen before a refusal, or the one that comes first."""
    offered = [str(each.method.id) for each in plan.methods]
    sent = request.POST.get("method", "")
    return sent if sent in offered else next(iter(offered), "")
