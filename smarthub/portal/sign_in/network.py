"""From where somebody asks, as the proxies in front tell it: the sign-in library counts them."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.http import HttpRequest


def network_address(request: HttpRequest) -> str:
    """Return the visitor's network address (setting ``SMARTHUB_TRUSTED_PROXIES``)."""
    return str(get_adapter().get_client_ip(request))
