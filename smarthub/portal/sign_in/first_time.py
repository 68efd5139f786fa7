"""Sign somebody in to the login that was opened for them a moment ago."""

from __future__ import annotations

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse

from smarthub.portal.sign_in.devices import tell_no_new_device


def sign_in_for_the_first_time(request: HttpRequest, user_id: int, *, then: str) -> HttpResponse:
    """Sign in on the device on which the login was opened, and lead to ``then``."""
    user = get_user_model().objects.get(pk=user_id)
    record_authentication(request, user, method="code", reauthenticated=True)
    tell_no_new_device(request)
    answer: HttpResponse = perform_login(request, Login(user=user, redirect_url=then))
    return answer
