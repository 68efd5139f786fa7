"""A member's payments: still to come, to be changed or cancelled, and those that were made."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from smarthub.kernel.errors import Refused
from smarthub.portal.chosen_payment import Chosen, keep_chosen
from smarthub.portal.refusals import say_refusal
from smarthub.portal.requests import MemberRequest
from smarthub.portal.words.payments import say_door, say_ended, say_handed, say_status
from smarthub.ui.formats import say_day, say_money
from smarthub.wiring.clock import now, today
from smarthub.workflows.debts.arrange_payments import list_standing_arrangements
from smarthub.workflows.debts.hold_deposits import list_own_deposits
from smarthub.workflows.debts.pledges import list_open_pledges
from smarthub.workflows.money.other_doors import list_other_payments
from smarthub.workflows.money.payment_plan import list_own_payments
from smarthub.workflows.money.schedule_payment import cancel_scheduled_payment, get_schedule


@require_GET
@login_required
def payments(request: MemberRequest) -> HttpResponse:
    """Show what is scheduled, and every payment with how it stands, whichever way it came."""
    own = list_own_payments(user_id=request.user.pk)
    others = list_other_payments(user_id=request.user.pk, on=today(request.cooperative.zone))
    context = {
        "coming": own.coming,
        "arrangements": list_standing_arrangements(
            user_id=request.user.pk, on=today(request.cooperative.zone)
        ),
        "deposits": list_own_deposits(user_id=request.user.pk, on=today(request.cooperative.zone)),
        "pledges": list_open_pledges(user_id=request.user.pk, on=today(request.cooperative.zone)),
        "made": [(line, *say_status(line.status)) for line in own.made],
        "ended": [(view, say_ended(view)) for view in own.ended],
        "others": [
            (line, *say_status(line.status), say_door(line.channel), say_handed(line))
            for line in others
        ],
    }
    return render(request, "portal/payments.html", context)


@require_GET
@login_required
def scheduled_change(request: MemberRequest, schedule_id: UUID) -> HttpResponse:
    """Take a scheduled payment back to the form it was made with."""
    view = get_schedule(user_id=request.user.pk, schedule_id=schedule_id)
    if not view.is_open:
        return _say_over(request)
    amounts = {part.account_number: part.amount for part in view.schedule.parts}
    keep_chosen(request, Chosen(amounts, view.schedule.pay_on, schedule_id))
    return redirect(f"{reverse('pay')}?change={schedule_id}")


@require_http_methods(["GET", "POST"])
@login_required
def scheduled_cancel(request: MemberRequest, schedule_id: UUID) -> HttpResponse:
    """Ask whether to cancel a scheduled payment; sent back, cancel it."""
    view = get_schedule(user_id=request.user.pk, schedule_id=schedule_id)
    if request.method == "POST":
        try:
            cancel_scheduled_payment(user_id=request.user.pk, schedule_id=schedule_id, now=now())
        except Refused as refusal:
            messages.error(request, say_refusal(refusal))
        else:
            messages.success(request, gettext("It is cancelled and will not be taken."))
        return redirect("payments")
    if not view.is_open:
        return _say_over(request)
    title = gettext("Cancel the payment of %(amount)s on %(day)s?")
    said = {
        "amount": say_money(view.schedule.amount),
        "day": say_day(view.schedule.pay_on),
    }
    question = {
        "title": title % said,
        "sentence": gettext("Nothing will be taken. What is due stays due."),
        "action": gettext("Cancel the payment"),
        "keep": gettext("Keep the payment"),
        "method": "post",
        "address": reverse("scheduled_cancel", args=[schedule_id]),
        "keep_address": reverse("payments"),
    }
    return render(request, "ui/confirm_page.html", {"question": question})


def _say_over(request: MemberRequest) -> HttpResponse:
    messages.info(
        request, gettext("This scheduled payment was made, changed or cancelled meanwhile.")
    )
    return redirect("payments")
