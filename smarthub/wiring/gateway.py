"""Which payment gateway this installation has."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from smarthub.integrations.sandbox.gateway import SandboxGateway
from smarthub.payments.ports import PaymentGateway


@cache
def payment_gateway() -> PaymentGateway:
    """Return the gateway; one connection pool serves the whole process."""
    return SandboxGateway(
        base_url=settings.GATEWAY_URL,
        secret=settings.GATEWAY_SECRET,
        events_secret=settings.GATEWAY_EVENTS_SECRET,
        timeout_seconds=settings.GATEWAY_TIMEOUT_SECONDS,
    )
