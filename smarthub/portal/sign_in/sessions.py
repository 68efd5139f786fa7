"""Where somebody is signed in: each device, with its time and network, and how to end it.

A place stands beside the network address only where the co-op supplied a file for it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from smarthub.portal.requests import MemberRequest
from smarthub.portal.sign_in.devices import name_of_device
from smarthub.wiring.places import network_places


@dataclass(frozen=True, slots=True)
class SignedInDevice:
    """One session as its owner is shown it."""

    id: int
    name: str
    network: str
    place: str
    since: dt.datetime
    is_here: bool


@require_http_methods(["GET", "POST"])
@login_required
def devices(request: MemberRequest) -> HttpResponse:
    """Show the devices somebody is signed in on, and sign out one, all others, or all."""
    sessions = UserSession.objects.purge_and_list(request.user)
    if request.method == "POST":
        return _end(request, sessions)
    places = network_places()
    here = request.session.session_key
    listed = [
        SignedInDevice(
            id=each.pk,
            name=name_of_device(each.user_agent),
            network=each.ip,
            place=places.place_of(each.ip),
            since=each.created_at,
            is_here=each.session_key == here,
        )
        for each in sessions
    ]
    listed.sort(key=lambda each: (not each.is_here, -each.since.timestamp()))
    return render(request, "portal/sign_in/devices.html", {"devices": listed})


def _end(request: MemberRequest, sessions: list[UserSession]) -> HttpResponse:
    others = [each for each in sessions if each.session_key != request.session.session_key]
    if "everywhere" in request.POST:
        for each in sessions:
            each.end()
        logout(request)
        messages.info(request, gettext("You are signed out everywhere."))
        return redirect("account_login")
    one, all_others = request.POST.get("end"), "others" in request.POST
    chosen = [each for each in others if all_others or str(each.pk) == one]
    for each in chosen:
        each.end()
    if chosen:
        messages.success(request, gettext("Signed out there. It takes effect at once."))
    return redirect("devices")
