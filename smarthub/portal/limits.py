"""How often one address may try what is open to everybody, counted for all processes at once."""

from __future__ import annotations

from typing import Final

from allauth.core.internal import ratelimit
from django.http import HttpRequest

LIMITS: Final = {
    "check_message": "60/h/ip",
    "report_suspicious": "6/h/ip",
    "open_invitation": "20/h/ip",
    "pay_as_guest": "20/h/ip,20/h/key",
}
"""What may be done how often; docs/security.md says why so."""


def is_within_limits(request: HttpRequest, action: str, *, key: str | None = None) -> bool:
    """Count one try, and return whether it may be made; ``key`` is what a limit may be for."""
    return bool(ratelimit.consume(request, app="smarthub", action=action, key=key, config=LIMITS))
