"""Taking an invitation to an account: its code first, then the offer, then a sign-in of one's own.

The address opens nothing and says nothing: to a wrong code it answers the same for an invitation
that is there and for one that never was.
"""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from smarthub.accounts.operations import AlreadyHolder
from smarthub.kernel.errors import NotVisible, Refused
from smarthub.portal.invitation_session import (
    forget_invitation,
    opened_invitation,
    remember_invitation,
)
from smarthub.portal.language import fill_again
from smarthub.portal.limits import is_within_limits
from smarthub.portal.requests import MemberRequest, local_today
from smarthub.portal.settings.forms import CodeForm
from smarthub.wiring.clock import now
from smarthub.workflows.share_account import (
    accept_invitation,
    get_opened_invitation,
    open_invitation,
)


@require_http_methods(["GET", "POST"])
def invitation(request: MemberRequest, number: str) -> HttpResponse:
    """Ask for the code; with it, show the offer and how to take it."""
    if opened_invitation(request) == number and request.method == "GET":
        return _offer(request, number)
    form = CodeForm(request.POST or None)
    fill_again(form, request)
    if form.is_valid():
        if not is_within_limits(request, "open_invitation"):
            return render(request, "429.html", status=429)
        try:
            open_invitation(number=number, typed=form.cleaned_data["code"], now=now())
        except Refused:
            form.add_error("code", _wrong())
        else:
            remember_invitation(request, number=number)
            return redirect("invitation", number=number)
    status = 400 if form.errors else 200
    return render(request, "portal/invitation_code.html", {"form": form}, status=status)


@require_POST
@login_required
def accept(request: MemberRequest, number: str) -> HttpResponse:
    """Take the invitation this session opened.

    Raises:
        NotVisible: this session opened no such invitation.
    """
    if opened_invitation(request) != number:
        raise NotVisible
    try:
        taken = accept_invitation(
            user_id=request.user.pk, number=number, on=local_today(request), now=now()
        )
    except AlreadyHolder:
        messages.info(request, gettext("This account is yours already: nothing has changed."))
    except Refused:
        messages.error(request, _wrong())
    else:
        messages.success(
            request,
            gettext("You now have access to account %(number)s.")
            % {"number": taken.account_number},
        )
    forget_invitation(request)
    return redirect("registered_accounts")


def _offer(request: MemberRequest, number: str) -> HttpResponse:
    try:
        offer = get_opened_invitation(number=number, now=now())
    except Refused:
        forget_invitation(request)
        messages.error(request, _wrong())
        return redirect("invitation", number=number)
    return render(request, "portal/invitation.html", {"offer": offer})


def _wrong() -> str:
    return gettext(
        "This code does not fit, or the invitation is over. Look at the message again, or ask "
        "whoever invited you for a new one."
    )
