"""The addresses of our own pages around signing in; the library's stand beside them.

Some of the library's are closed here: on them an address could be changed without the second step,
without our words and without telling the old address. They lead to the pages that do all three.
"""

from __future__ import annotations

from django.urls import path, reverse_lazy
from django.views.generic import RedirectView

from smarthub.portal.sign_in.recovery_codes import view_recovery_codes
from smarthub.portal.sign_in.sessions import devices
from smarthub.portal.sign_in.step_up import step_up

_TO_CONTACTS = RedirectView.as_view(url=reverse_lazy("contacts"))
_TO_CODES = RedirectView.as_view(url=reverse_lazy("mfa_view_recovery_codes"))
_TO_REGISTER = RedirectView.as_view(url=reverse_lazy("register"))

urlpatterns = [
    path("devices/", devices, name="devices"),
    path("confirm-it-is-you/", step_up, name="step_up"),
    path("2fa/recovery-codes/", view_recovery_codes, name="mfa_view_recovery_codes"),
    # The library would hand them out as a file, from what is no longer kept.
    path("2fa/recovery-codes/download/", _TO_CODES, name="mfa_download_recovery_codes"),
    path("signup/", _TO_REGISTER, name="account_signup"),
    path("email/", _TO_CONTACTS, name="account_email"),
    path("confirm-email/", _TO_CONTACTS, name="account_email_verification_sent"),
    path("confirm-email/<str:key>/", _TO_CONTACTS, name="account_confirm_email"),
]
