"""The phone company's own system: whether there is one, and whether a request is its."""

from __future__ import annotations

import datetime as dt

from django.conf import settings

from smarthub.integrations.event_signature import check_signature
from smarthub.kernel.errors import NotVisible

HEADER = "Phone-Signature"


def has_phone_vendor() -> bool:
    """Return whether payments by phone can be handed off: not before a secret is set."""
    return bool(settings.PHONE_SECRET)


def require_phone_vendor() -> None:
    """Let an address be there only where there is such a system.

    Raises:
        NotVisible: there is none.
    """
    if not has_phone_vendor():
        raise NotVisible


def get_play_phone() -> str:
    """Return where the demo plays a caller's phone; empty outside it."""
    return f"{settings.GATEWAY_URL}/phone" if settings.DEMO else ""


def check_phone_signature(*, body: bytes, header: str, now: dt.datetime) -> None:
    """Make sure that a request comes from the phone company's system, and about now.

    Raises:
        EventRefused: it does not.
    """
    check_signature(body=body, header=header, secret=settings.PHONE_SECRET, now=now)
