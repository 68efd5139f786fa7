"""The desk's pages of arrears: who is followed and how far, and one account's holds and fees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from smarthub.arrears.types import HoldId, HoldKind, ProcessView, Step
from smarthub.backoffice.forms.arrears import (
    ArrangementForm,
    HoldForm,
    LowIncomeForm,
    OfferForm,
    PledgeForm,
    WaiveForm,
    WriteOffForm,
    offer_agencies,
)
from smarthub.backoffice.forms.deposits import DepositForm
from smarthub.backoffice.gate import StaffRequest, for_staff, local_today
from smarthub.backoffice.pages import SeeOther, show
from smarthub.backoffice.words import arrears as arrears_words
from smarthub.backoffice.words import deposits as deposit_words
from smarthub.deposits.types import DepositEnd, Ground
from smarthub.kernel.errors import Conflict, NotVisible, Refused
from smarthub.kernel.money import ZERO
from smarthub.ui.formats import say_day, say_money
from smarthub.wiring.clock import now
from smarthub.workflows.debts import (
    arrange_payments,
    arrears_desk,
    hold_deposits,
    pledges,
    write_off_debt,
)
from smarthub.workflows.debts.back_billing import take_offer_for_member

FORMS: dict[str, type[forms.Form]] = {
    "hold": HoldForm,
    "waive": WaiveForm,
    "deposit": DepositForm,
    "arrange": ArrangementForm,
    "offered": OfferForm,
    "write_off": WriteOffForm,
    "pledge": PledgeForm,
    "income": LowIncomeForm,
}


@require_GET
@for_staff
def arrears(request: StaffRequest) -> HttpResponse:
    """Show every account that is followed, those nearest to a disconnection first."""
    on = local_today(request)
    rows = [
        (_shown(row.process), [arrears_words.HOLDS[hold.kind] for hold in row.holds])
        for row in arrears_desk.list_arrears(on=on)
    ]
    return show(request, "backoffice/money/arrears.html", {"rows": rows, "today": on})


@require_http_methods(["GET", "POST"])
@for_staff
def account(request: StaffRequest, number: str) -> HttpResponse:
    """Show one account's arrears, holds, fees and deposits; sent back, do one thing about them."""
    act = request.POST.get("act", "") if request.method == "POST" else ""
    refusal = ""
    shown = {name: kind(auto_id=f"{name}_%s") for name, kind in FORMS.items()}
    if act in FORMS:
        shown[act] = FORMS[act](request.POST, auto_id=f"{act}_%s")
    agencies = pledges.list_agencies(user_id=request.user.pk)
    offer_agencies(shown["pledge"], agencies)
    if act and (act not in shown or shown[act].is_valid()):
        refusal = _try(lambda: _do(act, shown, request, number))
        if not refusal:
            return SeeOther(reverse("desk_arrears_account", args=[number]))
        if act in shown:
            shown[act].add_error(None, refusal)
        else:
            messages.error(request, refusal)
    asked = request.GET.get("said", "")
    found = arrears_desk.open_arrears(
        user_id=request.user.pk,
        number=number,
        now=now(),
        said=HoldId(_row_id(asked)) if asked else None,
    )
    context: dict[str, Any] = {
        "found": found,
        "current": _shown(found.current) if found.current else None,
        "earlier": [_shown(process) for process in found.earlier],
        "holds": [(hold, arrears_words.HOLDS[hold.kind]) for hold in found.holds],
        "fees": [(fee, arrears_words.FEES[fee.kind]) for fee in found.fees],
        "deposits": deposit_words.shown(found.deposits, local_today(request)),
        "arrangements": [
            (each, *(arrears_words.ARRANGEMENT_ENDS[each.ended] if each.ended else ("", "")))
            for each in found.arrangements
        ],
        "standing": next((each for each in found.arrangements if each.ended is None), None),
        "written_off": found.written_off,
        "pledges": [
            (each, *(arrears_words.PLEDGE_ENDS[each.ended] if each.ended else ("", "")))
            for each in found.pledges
        ],
        "has_agencies": any(not each.is_ended for each in agencies),
        "act": act,
        **shown,
    }
    wrong = bool(refusal) or any(form.errors for form in shown.values())
    return show(
        request, "backoffice/money/arrears_account.html", context, status=400 if wrong else 200
    )


def _do(act: str, shown: dict[str, forms.Form], request: StaffRequest, number: str) -> None:
    who: dict[str, Any] = {"user_id": request.user.pk, "number": number, "now": now()}
    done = ACTS.get(act)
    if done is None:
        raise NotVisible
    values = shown[act].cleaned_data if act in shown else {}
    messages.success(request, done(who, values, request.POST))


def _hold(who: dict[str, Any], values: dict[str, Any], _sent: QueryDict) -> str:
    arrears_desk.set_hold(**who, **{**values, "kind": HoldKind(values["kind"])})
    return gettext("The account is left alone from today.")


def _end_hold(who: dict[str, Any], _values: dict[str, Any], sent: QueryDict) -> str:
    arrears_desk.end_hold(**who, hold_id=HoldId(_row_id(sent.get("hold", ""))))
    return gettext("The hold has ended.")


def _cut(who: dict[str, Any], _values: dict[str, Any], _sent: QueryDict) -> str:
    arrears_desk.record_cut(**who)
    return gettext("Written down: service is disconnected.")


def _restored(who: dict[str, Any], _values: dict[str, Any], _sent: QueryDict) -> str:
    arrears_desk.record_restored(**who)
    return gettext("Written down: service is back.")


def _waive(who: dict[str, Any], values: dict[str, Any], _sent: QueryDict) -> str:
    arrears_desk.waive_fee(**who, **values)
    return gettext("The fee is given up.")


def _deposit(who: dict[str, Any], values: dict[str, Any], _sent: QueryDict) -> str:
    asked = hold_deposits.ask_deposit(**who, **{**values, "ground": Ground(values["ground"])})
    if asked.is_waived:
        told = gettext("Auto Pay is on: the deposit of %(amount)s is not asked for while it is.")
    else:
        told = gettext("A deposit of %(amount)s is asked for.")
    return told % {"amount": say_money(asked.amount)}


def _end_deposit(who: dict[str, Any], _values: dict[str, Any], sent: QueryDict) -> str:
    try:
        deposit_id, how = UUID(sent.get("deposit", "")), DepositEnd(sent.get("how", ""))
    except ValueError:
        raise NotVisible from None
    hold_deposits.end_deposit(**who, deposit_id=deposit_id, how=how)
    return gettext("Done.")


def _arrange(who: dict[str, Any], values: dict[str, Any], _sent: QueryDict) -> str:
    down = values.pop("down") or ZERO
    made = arrange_payments.make_arrangement(**who, down=down, **values)
    told = gettext("Agreed: %(amount)s in instalments. The account is left alone while they come.")
    return told % {"amount": say_money(made.total)}


def _offered(who: dict[str, Any], values: dict[str, Any], _sent: QueryDict) -> str:
    arrange_payments.record_offer(**who, **values)
    return gettext("Written down: an arrangement was offered.")


def _cancel_arrangement(who: dict[str, Any], _values: dict[str, Any], sent: QueryDict) -> str:
    arrange_payments.cancel_arrangement(**who, arrangement_id=_uuid(sent.get("arrangement", "")))
    return gettext("The arrangement is cancelled. The whole debt is late again.")


def _income(who: dict[str, Any], values: dict[str, Any], _sent: QueryDict) -> str:
    arrange_payments.mark_low_income(**who, **values)
    return gettext("Written down: the terms for low incomes hold for this account.")


def _end_income(who: dict[str, Any], _values: dict[str, Any], _sent: QueryDict) -> str:
    arrange_payments.end_low_income(**who)
    return gettext("The mark is taken off. What was agreed on stands.")


def _pledge(who: dict[str, Any], values: dict[str, Any], _sent: QueryDict) -> str:
    made = pledges.record_pledge(**who, **values)
    told = gettext("%(amount)s is promised. The account is left alone to the end of %(day)s.")
    return told % {"amount": say_money(made.amount), "day": say_day(made.last_day)}


def _withdraw_pledge(who: dict[str, Any], _values: dict[str, Any], sent: QueryDict) -> str:
    pledges.withdraw_pledge(**who, pledge_id=_uuid(sent.get("pledge", "")))
    return gettext("The pledge is taken back. The debt is followed again.")


def _write_off(who: dict[str, Any], values: dict[str, Any], _sent: QueryDict) -> str:
    amount = write_off_debt.write_off(**who, **values)
    return gettext("%(amount)s is written off.") % {"amount": say_money(amount)}


def _take_up(who: dict[str, Any], _values: dict[str, Any], sent: QueryDict) -> str:
    write_off_debt.take_up(**who, write_off_id=_uuid(sent.get("write_off", "")))
    return gettext("The debt is owed again.")


def _back_billing(who: dict[str, Any], _values: dict[str, Any], sent: QueryDict) -> str:
    made = take_offer_for_member(**who, arrangement_id=_uuid(sent.get("arrangement_id", "")))
    told = gettext("Agreed: %(amount)s in instalments. The account is left alone while they come.")
    return told % {"amount": say_money(made.total)}


ACTS: dict[str, Callable[[dict[str, Any], dict[str, Any], QueryDict], str]] = {
    "hold": _hold,
    "end_hold": _end_hold,
    "cut": _cut,
    "restored": _restored,
    "waive": _waive,
    "deposit": _deposit,
    "end_deposit": _end_deposit,
    "arrange": _arrange,
    "offered": _offered,
    "back_billing": _back_billing,
    "cancel_arrangement": _cancel_arrangement,
    "pledge": _pledge,
    "income": _income,
    "end_income": _end_income,
    "withdraw_pledge": _withdraw_pledge,
    "write_off": _write_off,
    "take_up": _take_up,
}
"""What may be sent, and what does it; each returns what to say."""


def _try(act: Callable[[], None]) -> str:
    try:
        act()
    except (Refused, Conflict) as refused:
        return arrears_words.say_refusal(refused)
    return ""


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotVisible from None


def _row_id(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 18):  # noqa: PLR2004 (a row's id)
        raise NotVisible
    return int(text)


def _shown(process: ProcessView) -> dict[str, Any]:
    word, tone = arrears_words.STEPS[process.last_step]
    return {
        "process": process,
        "word": word,
        "tone": tone,
        "steps": [(arrears_words.STEPS[step][0], day) for step, day in process.steps.items()],
        "is_cut": Step.CUT in process.steps,
        "threatens": process.threatens,
    }
