"""Which payment gateway this installation has: the sandbox, or Stripe."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.urls import reverse

from smarthub.integrations.sandbox.gateway import SandboxGateway
from smarthub.integrations.stripe.gateway import StripeGateway
from smarthub.payments.ports import PaymentGateway, SetupUnknown

STRIPE = "stripe"


@cache
def payment_gateway() -> PaymentGateway:
    """Return the gateway; one connection pool serves the whole process."""
    if settings.GATEWAY == STRIPE:
        return _stripe()
    return SandboxGateway(
        base_url=settings.GATEWAY_URL,
        secret=settings.GATEWAY_SECRET,
        timeout_seconds=settings.GATEWAY_TIMEOUT_SECONDS,
        events_secret=settings.GATEWAY_EVENTS_SECRET,
    )


def card_form(*, reference: str) -> tuple[str, str]:
    """Return what Stripe's element on our page needs: its secret, and where to return to.

    Raises:
        SetupUnknown: there is no such visit, or this installation has another gateway.
        GatewayUnavailable: no answer.
    """
    gateway = payment_gateway()
    if not isinstance(gateway, StripeGateway):
        raise SetupUnknown
    return gateway.get_form(reference=reference)


def _stripe() -> StripeGateway:
    form = reverse("pay_form", args=["x"]).removesuffix("x/")
    return StripeGateway(
        secret=settings.GATEWAY_SECRET,
        events_secret=settings.GATEWAY_EVENTS_SECRET,
        form_address=f"{settings.BASE_URL}{form}",
        timeout_seconds=settings.GATEWAY_TIMEOUT_SECONDS,
    )
