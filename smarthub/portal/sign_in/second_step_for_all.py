"""Where a co-op demands a second step of all its members, nobody goes on without one.

A policy, off at the start (``sign_in.second_step_for_all``), looked up at each sign-in, so that
no page costs more for it. Staff need theirs at the desk in any case. Whoever has neither app nor
passkey and gave a password takes a code sent to a contact they confirmed: something they know and
something they have. Whoever signed in by a code alone, or can be reached by letter only, is led to
set one up. Until then nobody can do anything else but sign out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext

from smarthub.cooperative.types import Cooperative
from smarthub.portal.sign_in.step_up import SENT_CODE
from smarthub.wiring.clock import now
from smarthub.workflows.membership.confirm_it_is_you import LETTER, list_ways_to_confirm

POLICY: Final = "sign_in.second_step_for_all"
DEMANDED: Final = "second_step_demanded"
PASSWORD: Final = "password"  # noqa: S105 (a name, no secret)
"""How the session notes that a password was given."""
OPEN_FAMILIES = ("account_", "mfa_")
"""How the names of the sign-in library's addresses begin: the way to a second step."""
OPEN = frozenset({"step_up", "set_language", "contact", "brand_sheet", "logo", "icon", "manifest"})
"""Whole names of other addresses that stay open meanwhile; they show nothing of a member."""


class SecondStepForAll:
    """Lead whoever signed in under that policy, and took no second step, to one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        waits = request.user.is_authenticated and DEMANDED in request.session
        if not waits or _is_open(request):
            return self.get_response(request)
        if _took_second_step(request):
            del request.session[DEMANDED]
            return self.get_response(request)
        return _lead(request)


def note_demand(request: HttpRequest, cooperative: Cooperative) -> None:
    """Note in a session that begins whether the co-op demands a second step in it."""
    if is_demanded(cooperative):
        request.session[DEMANDED] = True


def is_demanded(cooperative: Cooperative) -> bool:
    """Return whether this co-op demands a second step of every member."""
    return bool(cooperative.policies.get(POLICY, False))


def _took_second_step(request: HttpRequest) -> bool:
    records = get_authentication_records(request, request.user)
    methods = {record.get("method") for record in records}
    return "mfa" in methods or {PASSWORD, SENT_CODE} <= methods


def _is_open(request: HttpRequest) -> bool:
    try:
        name = str(resolve(request.path_info).url_name)
    except Resolver404:
        return True
    return name in OPEN or name.startswith(OPEN_FAMILIES)


def _may_take_a_code(request: HttpRequest) -> bool:
    """Return whether a code sent at once would be the second of two steps."""
    records = get_authentication_records(request, request.user)
    by_password = any(record.get("method") == PASSWORD for record in records)
    ways = list_ways_to_confirm(user_id=request.user.pk, now=now()) if by_password else ()  # type: ignore[arg-type]
    return any(way.kind != LETTER for way in ways)


def _lead(request: HttpRequest) -> HttpResponseRedirect:
    if is_mfa_enabled(request.user):
        page = "mfa_reauthenticate"
    else:
        page = "step_up" if _may_take_a_code(request) else "mfa_index"
    messages.info(
        request,
        gettext("Your co-op asks everybody for a second step. Choose one, then go on."),
    )
    return HttpResponseRedirect(f"{reverse(page)}?{urlencode({'next': request.get_full_path()})}")
