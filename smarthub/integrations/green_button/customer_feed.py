"""The customer feed: who holds the account, its agreements, and where it is served.

Personal data, so it is a file of its own, made only when asked for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from smarthub.accounts.types import Agreement
from smarthub.integrations.green_button.atom import (
    FEED_END,
    Feed,
    Link,
    element,
    text,
    whole_days,
)
from smarthub.integrations.green_button.measures import CURRENCY, SERVICES
from smarthub.integrations.green_button.usage_feed import point_address
from smarthub.kernel.period import Period

NAMESPACE: Final = "http://naesb.org/espi/customer"


@dataclass(frozen=True, slots=True)
class CustomerFeed:
    """The format; ``base_url`` is the same as the usage feed's, so that their links meet."""

    base_url: str

    def write(
        self,
        *,
        account_number: str,
        holders: Sequence[str],
        agreements: Sequence[Agreement],
        zone: ZoneInfo,
        updated_at: dt.datetime,
    ) -> Iterator[str]:
        """Yield the feed in order."""
        feed = Feed(self.base_url, account_number, updated_at, NAMESPACE)
        yield feed.open(title="Green Button customer", key="RetailCustomer")
        for position, name in enumerate(holders):
            yield from _customer(feed, name, position)
        yield from _account(feed)
        for agreement in agreements:
            yield from _agreement(feed, agreement, zone)
        for address in dict.fromkeys(each.premise_address for each in agreements):
            here = [each for each in agreements if each.premise_address == address]
            yield from _location(feed, address, here)
        yield FEED_END


def _address(feed: Feed, resource: str, *key: object) -> str:
    return feed.address(resource, feed.id_of(resource, *key))


def _customer(feed: Feed, name: str, position: int) -> Iterator[str]:
    yield from feed.entry(
        key=["Customer", position],
        href=_address(feed, "Customer", position),
        title="Customer",
        resource="Customer",
        related=[Link(_address(feed, "CustomerAccount"), "espi-entry/CustomerAccount")],
    )
    yield text("customerName", name)
    yield feed.end_entry(resource="Customer")


def _account(feed: Feed) -> Iterator[str]:
    address = _address(feed, "CustomerAccount")
    yield from feed.entry(
        key=["CustomerAccount"],
        href=address,
        title="Account",
        resource="CustomerAccount",
        related=[Link(feed.address("CustomerAgreement"), "espi-feed/CustomerAgreement")],
    )
    yield text("accountId", feed.account_number)
    yield feed.end_entry(resource="CustomerAccount")


def _agreement(feed: Feed, agreement: Agreement, zone: ZoneInfo) -> Iterator[str]:
    """Yield an agreement; only one that has ended has a length to state."""
    yield from feed.entry(
        key=["CustomerAgreement", agreement.number],
        href=_address(feed, "CustomerAgreement", agreement.number),
        title="Agreement",
        resource="CustomerAgreement",
        related=[
            Link(
                _address(feed, "ServiceLocation", agreement.premise_address),
                "espi-entry/ServiceLocation",
            )
        ],
    )
    if agreement.ends_on:
        yield whole_days("validityInterval", Period(agreement.starts_on, agreement.ends_on), zone)
    yield text("currency", CURRENCY)
    yield text("agreementId", agreement.number)
    yield feed.end_entry(resource="CustomerAgreement")


def _location(feed: Feed, address: str, agreements: Sequence[Agreement]) -> Iterator[str]:
    """Yield a place; the metered services there are linked to their usage points."""
    points = dict.fromkeys(
        each.service_point_number
        for each in agreements
        if each.metered and each.service in SERVICES
    )
    yield from feed.entry(
        key=["ServiceLocation", address],
        href=_address(feed, "ServiceLocation", address),
        title="Service location",
        resource="ServiceLocation",
        related=(),
    )
    yield element("mainAddress", element("streetDetail", text("addressGeneral", address)))
    yield from (
        element("UsagePoints", text("UsagePoint", point_address(feed, number))) for number in points
    )
    yield feed.end_entry(resource="ServiceLocation")
