"""The addresses of all pages."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from smarthub.config.health import healthz, readyz

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("", include("smarthub.portal.urls")),
]
