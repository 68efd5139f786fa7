"""Auto Pay: see how each account stands, turn it on, change it, pause it, stop it.

Four screens from the first page: the list, what it is to do, what is agreed to, and done.
"""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from smarthub.auto_pay.types import CreditState, DraftState, DraftView, PlanEventKind
from smarthub.kernel.errors import Conflict, NotVisible, Refused
from smarthub.kernel.money import Money
from smarthub.portal.chosen_auto_pay import chosen_of, forget_chosen, keep_chosen
from smarthub.portal.forms.auto_pay import AutoPayForm
from smarthub.portal.language import fill_again
from smarthub.portal.method_for import come_back_here, forget_stored, stored_on_the_way
from smarthub.portal.requests import MemberRequest, local_today
from smarthub.portal.sign_in.network import network_address
from smarthub.portal.views.pay import SeeOther
from smarthub.portal.words.auto_pay import REASONS, STATES, VERSION, consent_paragraphs
from smarthub.ui.formats import reading_language, say_day, say_money, say_number
from smarthub.wiring.clock import now
from smarthub.workflows.accounts.auto_pay_ahead import Ahead
from smarthub.workflows.auto_pay.migrated_auto_pay import refuse_proposal
from smarthub.workflows.auto_pay.plan_drafts import get_draft_terms
from smarthub.workflows.auto_pay.set_up_auto_pay import (
    Agreement,
    ApprovedTooLate,
    AutoPayView,
    approve_draft,
    change_state,
    list_auto_pay,
    list_methods_to_draw_on,
    offer_auto_pay,
    see_auto_pay,
    turn_on_together,
)

ACTIONS: dict[str, tuple[PlanEventKind, Promise, Promise, Promise]] = {
    "pause": (
        PlanEventKind.PAUSED,
        gettext_lazy("Pause Auto Pay?"),
        gettext_lazy("Until you turn it on again, every bill is to be paid by hand."),
        gettext_lazy("Pause"),
    ),
    "resume": (
        PlanEventKind.RESUMED,
        gettext_lazy("Turn Auto Pay on again?"),
        gettext_lazy("A withdrawal that is planned and not due yet is made on its day."),
        gettext_lazy("Turn on again"),
    ),
    "stop": (
        PlanEventKind.STOPPED,
        gettext_lazy("Stop Auto Pay?"),
        gettext_lazy(
            "Nothing more is taken, a planned withdrawal included. What is on its way to the bank "
            "already cannot be called back."
        ),
        gettext_lazy("Stop Auto Pay"),
    ),
}
"""What may be done to a plan: the event, the question, what it means, and the button."""


@require_GET
@login_required
def auto_pay(request: MemberRequest) -> HttpResponse:
    """Show every account somebody may pay, and whether it is on Auto Pay."""
    states = list_auto_pay(user_id=request.user.pk, on=local_today(request))
    off = [state for state in states if state.plan is None]
    again = [state.account for state in states if state.proposal]
    context = {"states": states, "offers_all": len(off) > 1, "again": again}
    return render(request, "portal/auto_pay.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def set_up(request: MemberRequest) -> HttpResponse:
    """Choose accounts, what to draw on, and up to how much; sent, go on to what is agreed to."""
    form = _form(request, request.POST if request.method == "POST" else None)
    fill_again(form, request)
    if form.is_bound and form.is_valid():
        keep_chosen(request, form)
        forget_stored(request)
        return SeeOther(reverse("auto_pay_agree"))
    come_back_here(request)
    on, user_id = local_today(request), request.user.pk
    offers = [
        offer_auto_pay(user_id=user_id, number=state.account.number, on=on) for state in form.states
    ]
    return render(request, "portal/auto_pay_set_up.html", {"form": form, "offers": offers})


@require_http_methods(["GET", "POST"])
@login_required
def agree(request: MemberRequest) -> HttpResponse:
    """Show the words of what was chosen; sent, turn Auto Pay on, once for a form.

    Words that became others meanwhile (a policy, the language) are shown again first: what is
    kept of a consent is what was read (domain rule 67).
    """
    is_sent = request.method == "POST"
    shown = getattr(request, "typed", None) or chosen_of(request)
    form = _form(request, request.POST if is_sent else shown)
    if not form.is_valid():
        return redirect("auto_pay_set_up")
    return _turn_on(request, form) if is_sent else _agree_page(request, form)


def _turn_on(request: MemberRequest, form: AutoPayForm) -> HttpResponse:
    if request.POST.get("shown") not in {None, _mark(_paragraphs(request, form))}:
        keep_chosen(request, form)
        messages.error(request, gettext("These words have changed. Please read them once more."))
        return SeeOther(reverse("auto_pay_agree"))
    numbers = [state.account.number for state in form.chosen_accounts()]
    try:
        turn_on_together(
            form_id=form.cleaned_data["form_id"],
            user_id=request.user.pk,
            numbers=numbers,
            method_id=UUID(form.cleaned_data["method"]),
            cap=form.cleaned_data["cap"],
            agreement=_agreement(request, form),
            now=now(),
            zone=request.cooperative.zone,
        )
    except Conflict:
        forget_chosen(request)
        messages.error(request, gettext("Somebody changed it meanwhile. Please look again."))
        return SeeOther(reverse("auto_pay"))
    forget_chosen(request)
    messages.success(request, gettext("Auto Pay is on. We sent you a copy of what you agreed to."))
    if len(numbers) == 1:
        return SeeOther(reverse("auto_pay_account", args=numbers))
    return SeeOther(reverse("auto_pay"))


@require_GET
@login_required
def account(request: MemberRequest, number: str) -> HttpResponse:
    """Show how an account's Auto Pay stands, what comes next, and what was."""
    view = see_auto_pay(
        user_id=request.user.pk,
        number=number,
        on=local_today(request),
        zone=request.cooperative.zone,
    )
    if view.plan is None:
        return redirect(f"{reverse('auto_pay_set_up')}?account={view.account.number}")
    context = {
        "view": view,
        "drafts": [_row(draft, view.ahead) for draft in view.drafts],
        "credits": _credits(view),
    }
    return render(request, "portal/auto_pay_account.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def change(request: MemberRequest, number: str, action: str) -> HttpResponse:
    """Ask whether to pause, take up again or stop; sent back, do it."""
    if action not in ACTIONS:
        raise Http404
    kind, title, sentence, button = ACTIONS[action]
    zone = request.cooperative.zone
    if request.method == "POST":
        return _change(request, number, kind)
    view = see_auto_pay(user_id=request.user.pk, number=number, on=local_today(request), zone=zone)
    if not view.may_change:
        raise NotVisible
    question = {
        "title": title,
        "sentence": _what_stops(view) if action == "stop" else sentence,
        "action": button,
        "keep": gettext("Leave it as it is"),
        "method": "post",
        "address": reverse("auto_pay_change", args=[view.account.number, action]),
        "keep_address": reverse("auto_pay_account", args=[view.account.number]),
    }
    return render(request, "ui/confirm_page.html", {"question": question})


@require_POST
@login_required
def refuse(request: MemberRequest, number: str) -> HttpResponse:
    """Note that no Auto Pay is wanted where it was on in the old system."""
    try:
        refuse_proposal(
            user_id=request.user.pk, number=number, now=now(), zone=request.cooperative.zone
        )
    except Refused:
        messages.error(request, gettext("It stands so already; nothing was changed."))
    else:
        messages.success(
            request, gettext("It stays off. You can turn Auto Pay on at any time under Pay.")
        )
    return SeeOther(reverse("auto_pay"))


@require_GET
def guide(request: MemberRequest) -> HttpResponse:
    """Show how Auto Pay is turned on and off, step by step (R12); open to everybody."""
    terms = get_draft_terms(on=local_today(request))
    return render(request, "portal/auto_pay_guide.html", {"terms": terms})


@require_POST
@login_required
def approve(request: MemberRequest, number: str, bill_number: str) -> HttpResponse:
    """Let a draft above the limit be taken on its day."""
    try:
        approve_draft(
            user_id=request.user.pk,
            number=number,
            bill_number=bill_number,
            now=now(),
            zone=request.cooperative.zone,
        )
    except ApprovedTooLate:
        messages.error(
            request,
            gettext("Your answer came too late: this bill was left out. Please pay it by hand."),
        )
    except Refused:
        messages.error(request, gettext("There is nothing to allow any more."))
    else:
        messages.success(request, gettext("Thank you. It is taken on its day."))
    return SeeOther(reverse("auto_pay_account", args=[number]))


def _credits(view: AutoPayView) -> dict[str, Any] | None:
    """Return the credits of an account with their sums, or nothing where it earned none."""
    if not view.credits:
        return None
    sums = {
        state.value: Money.sum(each.amount for each in view.credits if each.state is state)
        for state in CreditState
    }
    return {
        **sums,
        "earned": Money.sum(each.amount for each in view.credits),
        "rows": view.credits,
        "bill_date": view.expected[0].bill_date if view.expected else None,
    }


def _what_stops(view: AutoPayView) -> str:
    """Return what stopping means, a deposit that is then asked for included."""
    if not view.waived:
        return _too_late(view)
    deposit = gettext("Your deposit of %(amount)s is asked for again: it is waived with Auto Pay.")
    return f"{_too_late(view)} {deposit % {'amount': say_money(view.waived)}}"


def _too_late(view: AutoPayView) -> str:
    """Return what stopping means, with the withdrawal that can no longer be called back."""
    under_way = [each.last for each in view.drafts if each.state is DraftState.ON_ITS_WAY]
    sent = next((each for each in under_way if each and each.payment_id not in view.unsent), None)
    if sent is None:
        return str(ACTIONS["stop"][2])
    return gettext(
        "The withdrawal of %(amount)s was sent to the bank on %(day)s; it is too late to stop that "
        "one. Nothing after it is taken."
    ) % {"amount": say_money(sent.amount), "day": say_day(sent.on, "medium")}


def _row(view: DraftView, ahead: Ahead | None) -> dict[str, Any]:
    reason = view.draft.left_out
    taken = ahead.amount_of(view.draft.bill_number) if ahead else None
    tried = view.last.amount if view.last else view.draft.billed
    return {
        "view": view,
        "state": STATES[view.state],
        "reason": REASONS[reason] if reason else "",
        "amount": tried if taken is None else taken,
    }


def _change(request: MemberRequest, number: str, kind: PlanEventKind) -> HttpResponse:
    try:
        change_state(
            user_id=request.user.pk,
            number=number,
            kind=kind,
            now=now(),
            zone=request.cooperative.zone,
        )
    except Refused:
        messages.error(request, gettext("It stands so already; nothing was changed."))
    else:
        messages.success(request, gettext("It is done. We sent you a message about it."))
    return SeeOther(reverse("auto_pay"))


def _form(request: MemberRequest, data: Any) -> AutoPayForm:
    """Return the form for the account in ``?account=``, or for every account somebody may pay.

    Raises:
        NotVisible: the account is not theirs to pay, its Auto Pay is another's, or there is none.
    """
    seen = list_auto_pay(user_id=request.user.pk, on=local_today(request))
    states = [state for state in seen if state.may_change]
    only = request.GET.get("account")
    chosen = [state for state in states if only in {None, state.account.number}]
    if only is not None and not chosen:
        raise NotVisible
    methods = list_methods_to_draw_on(user_id=request.user.pk)
    plan = chosen[0].plan if only is not None else None
    proposal = chosen[0].proposal if only is not None else None
    cap = plan.cap if plan else proposal.cap if proposal else None
    before = (chosen_of(request) or {}) if "again" in request.GET else {}
    known = [str(method.id) for method in methods]
    drawn_on = [
        stored_on_the_way(request),
        before.get("method"),
        str(plan.method_id) if plan else "",
        *known,
    ]
    initial = {
        "form_id": uuid4(),
        "accounts": [state.account.number for state in chosen if only or state.plan is None],
        "method": next((each for each in drawn_on if each in known), ""),
        "cap": say_number(cap.dollars, 2) if cap is not None else "",
    }
    initial = {**initial, **before, "method": initial["method"]}
    terms = get_draft_terms(on=local_today(request))
    return AutoPayForm(chosen, methods, data, terms=terms, initial=initial)


def _agree_page(request: MemberRequest, form: AutoPayForm) -> HttpResponse:
    paragraphs = _paragraphs(request, form)
    context = {
        "form": form,
        "accounts": form.chosen_accounts(),
        "method": form.chosen_method(),
        "cap": form.cleaned_data["cap"],
        "paragraphs": paragraphs,
        "shown": _mark(paragraphs),
        "only": (chosen_of(request) or {}).get("only"),
    }
    return render(request, "portal/auto_pay_agree.html", context)


def _paragraphs(request: MemberRequest, form: AutoPayForm) -> list[str]:
    identity = request.cooperative.identity
    return consent_paragraphs(
        cooperative=identity.name,
        phone=identity.office_phone,
        numbers=[state.account.number for state in form.chosen_accounts()],
        method=form.chosen_method(),
        cap=form.cleaned_data["cap"],
        terms=get_draft_terms(on=local_today(request)),
    )


def _mark(paragraphs: list[str]) -> str:
    """Return a mark of words: with it the page tells which ones somebody read."""
    return hashlib.sha256("\n\n".join(paragraphs).encode()).hexdigest()


def _agreement(request: MemberRequest, form: AutoPayForm) -> Agreement:
    return Agreement(
        words="\n\n".join(_paragraphs(request, form)),
        version=VERSION,
        language=reading_language(),
        ip_address=network_address(request),
        user_agent=request.headers.get("User-Agent", ""),
    )
