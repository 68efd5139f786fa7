"""What a co-op is to the rest of the house: plain values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from smarthub.kernel.text import Text


@dataclass(frozen=True, slots=True)
class Office:
    """A place where members are served."""

    name: str
    address: str
    hours: Text


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the co-op is, and how it is reached."""

    name: str
    short_name: str
    tagline: str
    zone: str
    languages: tuple[str, ...]
    outage_phone: str
    gas_phone: str
    office_phone: str
    pay_phone: str
    email: str
    mail_address: tuple[str, ...]
    pay_by_mail_address: tuple[str, ...]
    offices: tuple[Office, ...]


@dataclass(frozen=True, slots=True)
class Brand:
    """The co-op's colours as ``#rrggbb``: all come from one (``engine.brand_from``).

    ``strong`` is for the pressed and hovered, ``soft`` lies under words, ``on_brand`` is the
    text on the colour itself; each has its twin for dark pages.
    """

    brand: str
    on_brand: str
    brand_strong: str
    brand_soft: str
    brand_dark: str
    on_brand_dark: str
    brand_strong_dark: str
    brand_soft_dark: str


@dataclass(frozen=True, slots=True)
class Cooperative:
    """The co-op on one day: identity, brand, zone, and every other policy by its key."""

    identity: Identity
    brand: Brand
    policies: Mapping[str, Any]

    @property
    def zone(self) -> ZoneInfo:
        """The zone whose days are the co-op's service days."""
        return ZoneInfo(self.identity.zone)


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """One dated value of a policy as it was written: who, from when, and what it rests on."""

    value: Any
    effective_from: dt.date
    author: str
    source_note: str
    recorded_at: dt.datetime
