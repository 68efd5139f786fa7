"""The addresses of all pages."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from smarthub.config.health import healthz, readyz

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
]
