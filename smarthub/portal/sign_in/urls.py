"""The addresses of our own pages around signing in; the library's stand beside them."""

from __future__ import annotations

from django.urls import path

from smarthub.portal.sign_in.sessions import devices
from smarthub.portal.sign_in.step_up import step_up

urlpatterns = [
    path("devices/", devices, name="devices"),
    path("confirm-it-is-you/", step_up, name="step_up"),
]
