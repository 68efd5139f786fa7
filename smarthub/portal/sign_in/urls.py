"""The addresses of our own pages around signing in; the library's stand beside them.

Some of the library's are closed here: on them an address could be changed without the second step,
without our words and without telling the old address. They lead to the pages that do all three.
"""

from __future__ import annotations

from django.urls import path, reverse_lazy
from django.views.generic import RedirectView

from smarthub.portal.sign_in.sessions import devices
from smarthub.portal.sign_in.step_up import step_up

_TO_CONTACTS = RedirectView.as_view(url=reverse_lazy("contacts"))
_TO_REGISTER = RedirectView.as_view(url=reverse_lazy("register"))

urlpatterns = [
    path("devices/", devices, name="devices"),
    path("confirm-it-is-you/", step_up, name="step_up"),
    path("signup/", _TO_REGISTER, name="account_signup"),
    path("email/", _TO_CONTACTS, name="account_email"),
    path("confirm-email/", _TO_CONTACTS, name="account_email_verification_sent"),
    path("confirm-email/<str:key>/", _TO_CONTACTS, name="account_confirm_email"),
]
