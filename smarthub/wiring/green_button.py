"""Green Button, built to the public schemas: the usage feed, and apart from it the customer's."""

from __future__ import annotations

from django.conf import settings

from smarthub.accounts.ports import HolderFormat
from smarthub.integrations.green_button.customer_feed import CustomerFeed
from smarthub.integrations.green_button.usage_feed import UsageFeed
from smarthub.usage.ports import UsageFormat


def usage_feed() -> UsageFormat:
    """Return the layout of use without a name; its links start with the co-op's own address."""
    return UsageFeed(base_url=settings.BASE_URL)


def customer_feed() -> HolderFormat:
    """Return the layout of who holds an account and where it is served."""
    return CustomerFeed(base_url=settings.BASE_URL)
