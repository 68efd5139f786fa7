"""A certificate that keeps taxes off an account's bills, as values (rule 35)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from smarthub.kernel.period import Period


@dataclass(frozen=True, slots=True)
class TaxCertificate:
    """What a bill needs of a certificate: the codes of the taxes, and the days it holds."""

    taxes: frozenset[str]
    starts_on: dt.date
    ends_on: dt.date

    def holds_on(self, day: dt.date) -> bool:
        """Return whether it is in force on a local day."""
        return self.starts_on <= day < self.ends_on


@dataclass(frozen=True, slots=True)
class NewCertificate:
    """A certificate as staff record it: ``[starts_on, ends_on)``, and a copy of the paper."""

    reason: str
    number: str
    taxes: tuple[str, ...]
    starts_on: dt.date
    ends_on: dt.date
    proof: bytes


@dataclass(frozen=True, slots=True)
class CertificateRow:
    """A certificate as the desk shows it; ``ended_because`` says why it ended before its time."""

    id: int
    account_number: str
    reason: str
    number: str
    taxes: tuple[str, ...]
    starts_on: dt.date
    ends_on: dt.date
    proof_name: str
    author: str
    ended_because: str = ""

    @property
    def last_day(self) -> dt.date:
        """The last day it holds."""
        return self.ends_on - dt.timedelta(days=1)

    def state_on(self, day: dt.date) -> str:
        """Return ``in_force``, ``ahead`` or ``over`` on a local day."""
        if day < self.starts_on:
            return "ahead"
        return "in_force" if day < self.ends_on else "over"


def days_inside(*, certificates: tuple[TaxCertificate, ...], tax: str, period: Period) -> int:
    """Return on how many days of a period one of the certificates keeps a tax off."""
    named = [each for each in certificates if tax in each.taxes]
    return sum(any(each.holds_on(day) for each in named) for day in period) if named else 0
