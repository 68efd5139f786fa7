"""Ids and values of accounts that other packages may hold."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

AccountId = NewType("AccountId", int)
PremiseId = NewType("PremiseId", int)
ServicePointId = NewType("ServicePointId", int)
AgreementId = NewType("AgreementId", int)


class Right(StrEnum):
    """What somebody may do with an account."""

    SEE = "see"
    PAY = "pay"
    MANAGE = "manage"
    ALERTS = "alerts"


@dataclass(frozen=True, slots=True)
class Point:
    """A service point an account has now; what was used there before ``since`` is not theirs."""

    id: ServicePointId
    number: str
    service: str
    metered: bool
    since: dt.date


@dataclass(frozen=True, slots=True)
class VisibleAccount:
    """An account somebody may open, and what they may do with it."""

    id: AccountId
    number: str
    nickname: str
    rights: frozenset[Right]
    address: str
    services: tuple[str, ...]
    points: tuple[Point, ...] = ()

    @property
    def may_pay(self) -> bool:
        """Whether this person may pay for the account."""
        return Right.PAY in self.rights

    @property
    def label(self) -> str:
        """What the person calls it: their nickname for it, else its address, else its number."""
        return self.nickname or self.address or self.number


@dataclass(frozen=True, slots=True)
class Agreement:
    """An agreement with its place: what a bill segment and a usage page are about."""

    id: AgreementId
    number: str
    account_id: AccountId
    service_point_id: ServicePointId
    service_point_number: str
    service: str
    metered: bool
    tariff_code: str
    starts_on: dt.date
    ends_on: dt.date | None
    premise_address: str
    station: str


@dataclass(frozen=True, slots=True)
class FoundAccount:
    """One answer of the desk's search."""

    number: str
    holder: str
    address: str
    alias: str
    closed: bool
