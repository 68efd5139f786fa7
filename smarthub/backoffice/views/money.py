"""The desk's pages of money: payments and their story, and the lists of what needs a person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from smarthub.backoffice.forms.doors import TENDERS, UndoForm
from smarthub.backoffice.forms.money import MoveForm, NoteForm, ParkForm, RefundForm
from smarthub.backoffice.gate import StaffRequest, for_staff
from smarthub.backoffice.pages import SeeOther, show
from smarthub.backoffice.words import money as money_words
from smarthub.kernel.errors import Conflict, NotVisible, Refused
from smarthub.payments.types import PaymentLine, PaymentStory, RefundView, TenderKind, UndoneBecause
from smarthub.ui.formats import say_money
from smarthub.wiring.clock import now
from smarthub.wiring.gateway import payment_gateway
from smarthub.workflows.money import correct_payment, money_desk, refund_payment
from smarthub.workflows.money.other_doors import undo_money

Act = Callable[[], None]
PHONE_SYSTEM = "ivr"


@require_GET
@for_staff
def payments(request: StaffRequest) -> HttpResponse:
    """Show the newest payments and how each stands; ``?before=`` shows older ones."""
    page = money_desk.list_payments(before=_uuid(request.GET.get("before")))
    rows = [(each, *money_words.STATUSES[each.status]) for each in page.payments]
    lines = [
        (each, money_words.CHANNELS[each.channel], _say_tender(each), word, tone)
        for each, word, tone in rows
    ]
    context = {"lines": lines, "page": page, "counts": money_desk.count_waiting()}
    return show(request, "backoffice/money/payments.html", context)


@require_http_methods(["GET", "POST"])
@for_staff
def payment(request: StaffRequest, payment_id: UUID) -> HttpResponse:
    """Show one payment's story; sent back, refund it, move it, note it or take it back."""
    forms_by_act = {"refund": RefundForm, "move": MoveForm, "note": NoteForm, "undo": UndoForm}
    story = money_desk.open_payment(payment_id=payment_id)
    shown = {
        name: kind(initial=_initial(story), auto_id=f"{name}_%s")
        for name, kind in forms_by_act.items()
    }
    act = request.POST.get("act", "")
    refusal = ""
    if request.method == "POST" and act in forms_by_act:
        form = shown[act] = forms_by_act[act](request.POST, auto_id=f"{act}_%s")
        if form.is_valid():
            refusal = _try(lambda: _do(act, form, request, payment_id))
            if not refusal:
                return SeeOther(reverse("desk_payment", args=[payment_id]))
    return _story(request, story, shown, act if request.method == "POST" else "", refusal)


@require_GET
@for_staff
def refunds(request: StaffRequest) -> HttpResponse:
    """Show the refunds that wait for a second person."""
    return show(request, "backoffice/money/refunds.html", {"refunds": money_desk.list_decisions()})


@require_POST
@for_staff
def decide(request: StaffRequest, refund_id: UUID) -> HttpResponse:
    """Allow or refuse a refund, as another person than who asked for it."""

    def act() -> None:
        refund_payment.decide_refund(
            refund_id=refund_id,
            user_id=request.user.pk,
            allow=request.POST.get("allow") == "yes",
            now=now(),
            gateway=payment_gateway(),
        )

    _tell(request, _try(act), gettext("Done."))
    return SeeOther(reverse("desk_refunds"))


@require_GET
@for_staff
def exceptions(request: StaffRequest) -> HttpResponse:
    """Show what does not fit, with what to do about it."""
    rows = [(each, *money_words.DOES_NOT_FIT[each.kind]) for each in money_desk.list_exceptions()]
    return show(request, "backoffice/money/exceptions.html", {"rows": rows})


@require_POST
@for_staff
def explain(request: StaffRequest, exception_id: int) -> HttpResponse:
    """Close something that did not fit, with words."""

    def act() -> None:
        correct_payment.explain_exception(
            exception_id=exception_id,
            user_id=request.user.pk,
            text=request.POST.get("text", ""),
            now=now(),
        )

    _tell(request, _try(act), gettext("Explained, and off the list."))
    return SeeOther(reverse("desk_exceptions"))


@require_http_methods(["GET", "POST"])
@for_staff
def suspense(request: StaffRequest) -> HttpResponse:
    """Show money nobody knows for whom; sent back, keep more of it."""
    form = ParkForm(request.POST if request.method == "POST" else None)
    refusal = ""
    if form.is_bound and form.is_valid():
        values = form.cleaned_data
        refusal = _try(
            lambda: correct_payment.park_money(
                source_key=f"desk:{values['source_id']}",
                user_id=request.user.pk,
                amount=values["amount"],
                channel=values["channel"],
                told=values["told"],
                received_on=values["received_on"],
                now=now(),
            )
        )
        if not refusal:
            messages.success(request, gettext("Kept until somebody knows whose it is."))
            return SeeOther(reverse("desk_suspense"))
        form.add_error(None, refusal)
    rows = [(each, money_words.CHANNELS[each.channel]) for each in money_desk.list_suspense()]
    context = {"rows": rows, "form": form}
    return show(
        request, "backoffice/money/suspense.html", context, status=400 if form.errors else 200
    )


@require_POST
@for_staff
def match(request: StaffRequest, item_id: int) -> HttpResponse:
    """Say whose money it was."""

    def act() -> None:
        correct_payment.match_money(
            item_id=item_id,
            user_id=request.user.pk,
            number=request.POST.get("account", "").strip(),
            now=now(),
        )

    _tell(request, _try(act), gettext("Booked on that account, for the day it reached us."))
    return SeeOther(reverse("desk_suspense"))


@require_GET
@for_staff
def reconciliation(request: StaffRequest) -> HttpResponse:
    """Show the gateway's pay-outs, and what is still on its way to the bank."""
    found = money_desk.get_reconciliation()
    context = {
        "found": found,
        "clearing": [(money_words.say_where(gl), gl, amount) for gl, amount in found.clearing],
        "counts": money_desk.count_waiting(),
    }
    return show(request, "backoffice/money/reconciliation.html", context)


def _do(act: str, form: forms.Form, request: StaffRequest, payment_id: UUID) -> None:
    values, user_id = form.cleaned_data, request.user.pk
    match act:
        case "refund":
            refund_payment.ask_refund(
                refund_id=values["refund_id"],
                user_id=user_id,
                payment_id=payment_id,
                account_number=values["account"].strip(),
                amount=values["amount"],
                reason=values["reason"],
                now=now(),
                gateway=payment_gateway(),
            )
            said = gettext("The refund of %(amount)s is noted below with how it stands.")
            messages.success(request, said % {"amount": say_money(values["amount"])})
        case "move":
            correct_payment.move_payment(
                move_id=values["move_id"],
                user_id=user_id,
                payment_id=payment_id,
                from_number=values["from_account"].strip(),
                to_number=values["to_account"].strip(),
                reason=values["reason"],
                now=now(),
            )
            messages.success(request, gettext("The payment was moved."))
        case "undo":
            undo_money(
                payment_id=payment_id,
                because=UndoneBecause(values["because"]),
                words=values["words"],
                user_id=user_id,
                now=now(),
            )
            messages.success(request, gettext("The payment was taken back."))
        case _:
            correct_payment.note_payment(
                user_id=user_id, payment_id=payment_id, text=values["text"], now=now()
            )
            messages.success(request, gettext("The note is kept."))


def _story(
    request: StaffRequest,
    story: PaymentStory,
    shown: dict[str, forms.Form],
    act: str,
    refusal: str,
) -> HttpResponse:
    if refusal:
        shown[act].add_error(None, refusal)
    word, tone = money_words.STATUSES[story.status]
    context: dict[str, Any] = {
        "story": story,
        "status": word,
        "tone": tone,
        "channel": money_words.CHANNELS[story.channel],
        "lines": [
            (line, money_words.say_happened(line.what), money_words.say_decline(line.words))
            for line in story.lines
        ],
        "refunds": [(each, _say_stands(each)) for each in story.refunds],
        "act": act,
        **shown,
    }
    wrong = any(form.errors for form in shown.values())
    return show(request, "backoffice/money/payment.html", context, status=400 if wrong else 200)


def _initial(story: PaymentStory) -> dict[str, str]:
    number = story.stands[0][0] if story.stands else ""
    return {"account": number, "from_account": number}


def _say_tender(line: PaymentLine) -> str:
    """Return what was handed over; of a card that the phone system took its channel says it."""
    kind = line.tender
    return str(TENDERS[TenderKind(kind)]) if kind and line.channel != PHONE_SYSTEM else ""


def _say_stands(refund: RefundView) -> str:
    return str(money_words.REFUND_STANDS[refund.stands])


def _try(act: Act) -> str:
    """Do it; return in words why it was not done, or nothing."""
    try:
        act()
    except NotVisible:
        return gettext("There is no such account. Check the number.")
    except (Refused, Conflict) as refused:
        return money_words.say_refusal(refused)
    return ""


def _tell(request: StaffRequest, refusal: str, done: str) -> None:
    if refusal:
        messages.error(request, refusal)
    else:
        messages.success(request, done)


def _uuid(text: str | None) -> UUID | None:
    if text is None:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise NotVisible from None
