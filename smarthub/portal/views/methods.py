"""A member's stored cards and bank accounts: see them, add one, name one, take one away."""

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
from smarthub.payments.types import MethodKind
from smarthub.portal.forms.payments import MethodForm
from smarthub.portal.language import fill_again
from smarthub.portal.method_for import come_back_here
from smarthub.portal.refusals import say_refusal
from smarthub.portal.requests import MemberRequest, local_today
from smarthub.portal.sign_in.step_up import step_up_required
from smarthub.portal.views.pay import go_to_gateway
from smarthub.wiring.clock import now
from smarthub.wiring.gateway import payment_gateway
from smarthub.workflows.bank.stored_methods import (
    MethodInUse,
    change_method,
    get_method,
    list_method_states,
    remove_method,
)


@require_GET
@login_required
def methods(request: MemberRequest) -> HttpResponse:
    """Show every stored method, and whether its card expires soon."""
    come_back_here(request)
    states = list_method_states(user_id=request.user.pk, on=local_today(request))
    return render(request, "portal/methods.html", {"states": states})


@require_http_methods(["GET", "POST"])
@step_up_required
def methods_bank(request: MemberRequest) -> HttpResponse:
    """Say what giving a bank account means; sent back, go to the gateway's own form."""
    if request.method == "POST":
        return go_to_gateway(request, kind=MethodKind.BANK)
    return render(request, "portal/methods_bank.html")


@require_http_methods(["GET", "POST"])
@login_required
def method(request: MemberRequest, method_id: UUID) -> HttpResponse:
    """Name a method, and offer it before the others."""
    stored = get_method(user_id=request.user.pk, method_id=method_id)
    form = MethodForm(
        request.POST if request.method == "POST" else None, initial={"name": stored.name}
    )
    fill_again(form, request)
    if form.is_bound and form.is_valid():
        try:
            change_method(
                user_id=request.user.pk, method_id=method_id, now=now(), **form.cleaned_data
            )
        except Refused as refusal:
            form.add_error("name", say_refusal(refusal))
        else:
            messages.success(request, gettext("It is kept."))
            return redirect("methods")
    status = 400 if form.errors else 200
    context = {"form": form, "method": stored}
    return render(request, "portal/method.html", context, status=status)


@require_http_methods(["GET", "POST"])
@login_required
def methods_remove(request: MemberRequest, method_id: UUID) -> HttpResponse:
    """Ask whether to take a method away; sent back, take it away."""
    method = get_method(user_id=request.user.pk, method_id=method_id)
    if request.method == "POST":
        try:
            remove_method(
                user_id=request.user.pk, method_id=method_id, now=now(), gateway=payment_gateway()
            )
        except MethodInUse as refusal:
            messages.error(request, say_refusal(refusal))
            return redirect("methods")
        messages.success(request, gettext("It is removed and will not be charged again."))
        return redirect("methods")
    title = gettext("Remove %(brand)s ending in %(last4)s?")
    question = {
        "title": title % {"brand": method.brand, "last4": method.last4},
        "sentence": gettext("It will not be charged again. You can add it again at any time."),
        "action": gettext("Remove"),
        "keep": gettext("Keep this way to pay"),
        "method": "post",
        "address": reverse("methods_remove", args=[method_id]),
        "keep_address": reverse("methods"),
    }
    return render(request, "ui/confirm_page.html", {"question": question})
