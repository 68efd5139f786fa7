"""The gate before every page of the desk: staff, signed in with a second factor.

A member learns nothing, not even that there is a desk. A clerk is led to what is missing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext

from smarthub.cooperative.types import Cooperative
from smarthub.kernel.errors import NotVisible
from smarthub.ui.sent_too_late import page_to_come_back_to, say_nothing_was_done
from smarthub.wiring.clock import today

P = ParamSpec("P")


class StaffRequest(HttpRequest):
    """A request that passed the gate, as the middleware prepares it; for type checkers only."""

    user: AbstractBaseUser  # type: ignore[assignment]  # past the gate nobody is anonymous
    cooperative: Cooperative


def for_staff(
    view: Callable[Concatenate[StaffRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Let only staff with a second factor in this session through.

    Raises:
        NotVisible: somebody is signed in who is not staff.

    Source: reference, section 6.1 (a second factor is forced for staff).
    """

    @wraps(view)
    def gated(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not getattr(request.user, "is_staff", False):
            raise NotVisible
        if not _used_second_factor(request):
            say_nothing_was_done(request)
            return _lead_to_second_factor(request)
        return view(cast("StaffRequest", request), *args, **kwargs)

    return gated


def local_today(request: StaffRequest) -> dt.date:
    """Return the co-op's local day of this moment."""
    return today(request.cooperative.zone)


def _used_second_factor(request: HttpRequest) -> bool:
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records)


def _lead_to_second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor, or have it set up first; then come back to this page."""
    if is_mfa_enabled(request.user):
        page, sentence = "mfa_reauthenticate", gettext("The desk asks for your second step.")
    else:
        page = "mfa_activate_totp"
        sentence = gettext("The desk needs a second step. Set it up here, then open the desk.")
    messages.info(request, sentence)
    back = urlencode({"next": page_to_come_back_to(request)})
    return HttpResponseRedirect(f"{reverse(page)}?{back}")
