"""What is to be priced: use, time, and the facts of the account that a price may need."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from smarthub.kernel.period import Period
from smarthub.kernel.quantity import Quantity

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class PartMonth:
    """Some days of a billing month that has ``of_days``; a move in or out makes one (rule 32)."""

    days: int
    of_days: int


@dataclass(frozen=True, slots=True)
class BilledTime:
    """How much time fixed charges are for: whole billing months, and parts of others."""

    whole_months: int = 1
    parts: tuple[PartMonth, ...] = ()


class Bucket(NamedTuple):
    """Where use is counted: a season and a time-of-use period."""

    season: str
    period: str


class Run(NamedTuple):
    """Steps that follow each other in one bucket: what was taken and given back, in kWh."""

    bucket: Bucket
    delivered: Decimal
    received: Decimal


@dataclass(frozen=True, slots=True)
class Determinants:
    """What a period's meter data say: energy by bucket and in order, the highest demands, days.

    Energy is in the tariff's billed unit, demand in kW, ``days`` counts local days by season.
    """

    runs: tuple[Run, ...]
    days: Mapping[str, int]
    peaks: Mapping[Bucket, Decimal] = field(default_factory=dict)
    coincident_kw: Decimal | None = None

    @property
    def delivered(self) -> dict[Bucket, Decimal]:
        """What the member took, by bucket."""
        return _sums((run.bucket, run.delivered) for run in self.runs)

    @property
    def received(self) -> dict[Bucket, Decimal]:
        """What the member gave back, by bucket."""
        return _sums((run.bucket, run.received) for run in self.runs)

    @property
    def all_days(self) -> int:
        """How many days the period has."""
        return sum(self.days.values())


@dataclass(frozen=True, slots=True)
class Contract:
    """Facts of an account that no interval shows; none where its tariff needs none."""

    horsepower: Decimal | None = None
    kva: Decimal | None = None
    lamps: int | None = None
    power_factor: Decimal | None = None
    winter_average: Decimal | None = None
    solar_blocks: int | None = None


@dataclass(frozen=True, slots=True)
class ExemptTax:
    """A tax the member does not owe on ``days`` of the ``of_days`` billed (rule 35)."""

    code: str
    days: int
    of_days: int


@dataclass(frozen=True, slots=True)
class RatePart:
    """A rider's rate for some days of a period, where it takes effect by use date (rule 25)."""

    days: int
    rate: Decimal


@dataclass(frozen=True, slots=True)
class PastMonth:
    """What a later month's price may rest on: a ratchet's demands, a yearly minimum's charges."""

    start: dt.date
    peaks: Mapping[str, Decimal]
    charged: Decimal = NOTHING


@dataclass(frozen=True, slots=True)
class History:
    """The months before, oldest first, kWh in the bank, and dollars of credit."""

    months: tuple[PastMonth, ...] = ()
    bank: Mapping[str, Decimal] = field(default_factory=dict)
    credit: Decimal = NOTHING


@dataclass(frozen=True, slots=True)
class BilledUse:
    """What one agreement is to be priced for: use as metered (if it is metered), and time.

    A register gives a ``quantity``; intervals give ``determinants``, which then count instead.
    ``whole`` is the period billed where this is a part of it, because prices changed inside it
    (rule 31); ``factor`` is the meter's conversion where that has its own dates; ``exempt`` names
    the taxes certificates of the member stand against, and ``inside`` the districts whose taxes
    are owed at the place.
    """

    quantity: Quantity | None = None
    time: BilledTime = BilledTime()
    period: Period | None = None
    determinants: Determinants | None = None
    contract: Contract = Contract()
    history: History = field(default_factory=History)
    whole: Period | None = None
    factor: Decimal | None = None
    exempt: tuple[ExemptTax, ...] = ()
    inside: tuple[str, ...] = ()

    @property
    def share(self) -> Fraction:
        """How much of its whole period this is; one, where no price changed inside it."""
        if self.whole is None or self.period is None:
            return Fraction(1)
        return Fraction(self.period.days, self.whole.days)

    @property
    def is_last_part(self) -> bool:
        """Whether the whole period ends with this; what is settled at its end is settled here."""
        return self.whole is None or self.period is None or self.period.end == self.whole.end


@dataclass(frozen=True, slots=True)
class Load:
    """Energy of equal steps from an instant on, in kWh: taken, and given back."""

    start: dt.datetime
    step_seconds: int
    delivered: tuple[Decimal, ...]
    received: tuple[Decimal, ...]


def _sums(parts: Iterable[tuple[Bucket, Decimal]]) -> dict[Bucket, Decimal]:
    sums: dict[Bucket, Decimal] = {}
    for bucket, value in parts:
        sums[bucket] = sums.get(bucket, NOTHING) + value
    return sums
