"""The addresses of all pages."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from smarthub.config.health import healthz, readyz

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("smarthub.portal.urls")),
    path("register/", include("smarthub.portal.registration.urls")),
    path("accounts/", include("smarthub.portal.sign_in.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("desk/", include("smarthub.backoffice.urls")),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
]
