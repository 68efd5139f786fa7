"""The addresses of registering, under ``/register/``."""

from __future__ import annotations

from django.urls import path

from smarthub.portal.registration import opening, proving

urlpatterns = [
    path("", proving.register, name="register"),
    path("where/", proving.register_where, name="register_where"),
    path("code/", proving.register_code, name="register_code"),
    path("code/send/", proving.register_send, name="register_send"),
    path("email/", opening.register_email, name="register_email"),
    path("sign-in/", opening.register_sign_in, name="register_sign_in"),
    path("your-sign-in/", opening.register_set_up, name="register_set_up"),
    path("add/", opening.register_add, name="register_add"),
    path("paperless/", opening.register_paperless, name="register_paperless"),
]
