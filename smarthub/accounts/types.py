"""Ids and values of accounts that other packages may hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NewType
from uuid import UUID

from smarthub.kernel.period import Period
from smarthub.members.types import PersonId

AccountId = NewType("AccountId", int)
PremiseId = NewType("PremiseId", int)
ServicePointId = NewType("ServicePointId", int)
AgreementId = NewType("AgreementId", int)

NO_ACCOUNT: Final = AccountId(0)
"""An id no account has, so that asking about an unknown account costs the same query."""


class Right(StrEnum):
    """What somebody may do with an account."""

    SEE = "see"
    PAY = "pay"
    MANAGE = "manage"
    ALERTS = "alerts"
    SHARE = "share"
    """Let others in, and out again: for holders only."""


class SharedRole(StrEnum):
    """What somebody may be let in as; the value is stored."""

    VIEWER = "viewer"
    PAYER = "payer"
    ALERTS = "alerts"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Point:
    """A service point an account has now; what was used there before ``since`` is not theirs.

    ``station`` is the weather station that stands for it, ``tariff_code`` what it is priced by.
    """

    id: ServicePointId
    number: str
    service: str
    metered: bool
    since: dt.date
    address: str = ""
    station: str = ""
    tariff_code: str = ""


@dataclass(frozen=True, slots=True)
class DistrictFact:
    """From a local day on a place lies inside a tax district, or no longer does (rule 34)."""

    district: str
    inside: bool
    effective_from: dt.date


def districts_through(*, facts: Sequence[DistrictFact], period: Period) -> tuple[str, ...]:
    """Return the districts a place lies in on every day of a period, by code.

    ``facts`` are a place's, oldest first; of one day the last holds. A place that came in or went
    out inside the period is taken as outside: a tax is never asked for a day it is not owed.

    Source: domain rule 34.
    """
    changes: dict[str, dict[dt.date, bool]] = {}
    for fact in facts:
        changes.setdefault(fact.district, {})[fact.effective_from] = fact.inside
    return tuple(sorted(code for code, of in changes.items() if _is_inside(of, period)))


def _is_inside(changes: Mapping[dt.date, bool], period: Period) -> bool:
    before = [inside for day, inside in sorted(changes.items()) if day <= period.start]
    during = [inside for day, inside in changes.items() if period.start < day < period.end]
    return bool(before) and before[-1] and all(during)


@dataclass(frozen=True, slots=True)
class DistrictRow:
    """A place and what is known of it, as the desk shows it; ``author`` recorded the fact."""

    fact: DistrictFact
    author: str


@dataclass(frozen=True, slots=True)
class PremiseDistricts:
    """A place an account has or had, and every fact of its tax districts, the newest first."""

    number: str
    address: str
    rows: tuple[DistrictRow, ...]

    def inside_on(self, *, day: dt.date) -> tuple[str, ...]:
        """Return the districts it lies in on a local day, by code."""
        facts = tuple(row.fact for row in reversed(self.rows))
        return districts_through(facts=facts, period=Period(day, day + dt.timedelta(days=1)))


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
    def may_share(self) -> bool:
        """Whether this person may let others in."""
        return Right.SHARE in self.rights

    @property
    def label(self) -> str:
        """What the person calls it: their nickname for it, else its address, else its number."""
        return self.nickname or self.address or self.number


@dataclass(frozen=True, slots=True)
class LinkedAccount:
    """An account a link opened: to be paid, and for nothing else.

    ``key`` is the link's own and is in no other, so what it does can be done once.
    """

    account: VisibleAccount
    key: str
    expires_at: dt.datetime


@dataclass(frozen=True, slots=True)
class HeldRole:
    """One account somebody is let into, whatever they may do there: also one of alerts only."""

    reference: UUID
    account_id: AccountId
    number: str
    role: str
    nickname: str
    address: str
    ends_on: dt.date | None

    @property
    def last_day(self) -> dt.date | None:
        """The last day of it, as people count."""
        return last_day_before(self.ends_on)


@dataclass(frozen=True, slots=True)
class PersonOnAccount:
    """Somebody with a role on an account, as its holder sees them."""

    reference: UUID
    person_id: PersonId
    name: str
    role: str
    starts_on: dt.date
    ends_on: dt.date | None

    @property
    def last_day(self) -> dt.date | None:
        """The last day of it, as people count."""
        return last_day_before(self.ends_on)

    @property
    def is_holder(self) -> bool:
        """Whether the account is theirs, so that nobody can let them out here."""
        return self.role in {"holder", "joint"}


@dataclass(frozen=True, slots=True)
class InvitationView:
    """An invitation as pages show it. Its address tells who it was sent to: for holders only."""

    number: str
    account_id: AccountId
    account_number: str
    account_address: str
    invited_by: PersonId
    inviter: str
    name: str
    channel: str
    address: str
    role: SharedRole
    role_ends_on: dt.date | None
    made_at: dt.datetime
    expires_at: dt.datetime

    @property
    def role_last_day(self) -> dt.date | None:
        """The last day of the role, as people count."""
        return last_day_before(self.role_ends_on)


def last_day_before(end: dt.date | None) -> dt.date | None:
    """Return the last day of something that ends before ``end``."""
    return None if end is None else end - dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class AccountPapers:
    """What an account's papers are filed under; a district only where the co-op has them."""

    number: str
    member_number: str
    board_district: str
    cycle_code: str


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


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A claim as its steps need it; ``account_id`` is None where nothing answers to it."""

    id: UUID
    number_asked: str
    name_asked: str
    email: str
    language: str
    account_id: AccountId | None
    account_number: str
    user_id: int | None
    ip_address: str
    asked_at: dt.datetime
    proof: str
    is_proved: bool
    is_email_confirmed: bool
    is_finished: bool

    @property
    def was_asked_by_old_number(self) -> bool:
        """Whether the number that was typed is one the account had before."""
        return bare(self.account_number) != bare(self.number_asked)


@dataclass(frozen=True, slots=True)
class ClaimCounts:
    """How much was asked and tried of late: by one address, for one number, and in all.

    ``tries_by_address`` are those of one address for the one number.
    """

    asked_by_address: int
    asked_for_number: int
    asked_in_all: int
    tries_by_address: int
    tries_for_number: int


@dataclass(frozen=True, slots=True)
class SweepView:
    """Many numbers asked for in a short time, as staff are told."""

    id: int
    ip_address: str
    numbers: int
    hits: int
    raised_at: dt.datetime


def bare(number: str) -> str:
    """Return a number as it is compared: capitals and digits, nothing between."""
    return "".join(c for c in number.upper() if c.isascii() and c.isalnum())
