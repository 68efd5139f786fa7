"""What a bill rests on, as values: the account and its agreements, what came before, the terms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from zoneinfo import ZoneInfo

from smarthub.accounts.types import AccountId, Agreement, ServicePointId
from smarthub.billing.types import BilledPeriod, ContractValue
from smarthub.kernel.errors import Unavailable
from smarthub.kernel.money import ZERO, Money
from smarthub.kernel.period import Period
from smarthub.rating.engine import RiderRates
from smarthub.rating.types import (
    Contract,
    History,
    PublishedTariff,
    RateBook,
    RatePart,
    Rider,
    Tariff,
)

Temperatures = Mapping[str, Mapping[dt.date, Decimal]]
"""Mean outdoor temperature in degrees Fahrenheit, by weather station and local day."""


class ReadMissing(Unavailable):
    """A meter has no read on a day its period begins or ends (rule 46)."""

    code = "read_missing"


class IntervalsMissing(Unavailable):
    """Too much of a period has no interval reads, and the tariff is priced by them."""

    code = "intervals_missing"


class MeterUnitDiffers(Unavailable):
    """The meter counts another unit than the tariff prices."""

    code = "meter_unit_differs"


class TooManyEstimates(Unavailable):
    """The meter has been estimated as often in a row as the co-op allows; it must be read."""

    code = "too_many_estimates"


@dataclass(frozen=True, slots=True)
class UnbilledAgreement:
    """An agreement, up to where it has been billed, and what its last bills leave behind.

    ``past`` are the periods billed of late; ``history`` is what later prices rest on (ratchets,
    banks); ``contract`` holds its dated facts, the newest of a name last.
    """

    agreement: Agreement
    billed_until: dt.date | None = None
    past: tuple[BilledPeriod, ...] = ()
    history: History = field(default_factory=History)
    contract: tuple[ContractValue, ...] = ()
    estimates_in_a_row: int = 0

    def contract_on(self, day: dt.date) -> Contract:
        """Return the facts of the agreement that hold on a local day."""
        held = {fact.name: fact.value for fact in self.contract if fact.effective_from <= day}
        lamps = held.pop("lamps", None)
        return Contract(**held, lamps=None if lamps is None else int(lamps))


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an account stood on its last bill, and what has changed the amount asked since."""

    previous: Money = ZERO
    payments: Money = ZERO
    adjustments: Money = ZERO
    last_charges: Money | None = None

    @property
    def asked(self) -> Money:
        """What the member is asked to pay before the new bill."""
        return self.previous + self.payments + self.adjustments


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """Everything one account's bill rests on, apart from reads and rates."""

    id: AccountId
    number: str
    holder: str
    agreements: tuple[UnbilledAgreement, ...]
    standing: Standing = Standing()


@dataclass(frozen=True, slots=True)
class RiderBook:
    """What every rider was worth, from which day on, oldest first."""

    rates: Mapping[str, Sequence[tuple[dt.date, Decimal]]]

    def rate_on(self, *, code: str, day: dt.date) -> Decimal | None:
        """Return dollars a unit on a day, or nothing where the rider had no rate yet."""
        held = None
        for start, rate in self.rates.get(code, ()):
            if start > day:
                break
            held = rate
        return held

    def for_tariff(self, *, tariff: Tariff, period: Period, bill_date: dt.date) -> RiderRates:
        """Return what a tariff's riders cost in a period: by bill date, or day by day of use.

        A rider without a rate is left out; pricing then refuses it by name.

        Source: domain rule 25.
        """
        found: dict[str, Decimal | Sequence[RatePart]] = {}
        for charge in tariff.charges:
            if not isinstance(charge, Rider):
                continue
            if charge.date == "use":
                if parts := self._parts(charge.rider, period):
                    found[charge.rider] = parts
            elif (rate := self.rate_on(code=charge.rider, day=bill_date)) is not None:
                found[charge.rider] = rate
        return found

    def _parts(self, code: str, period: Period) -> list[RatePart]:
        parts: list[RatePart] = []
        for day in period:
            rate = self.rate_on(code=code, day=day)
            if rate is None:
                return []
            if parts and parts[-1].rate == rate:
                parts[-1] = RatePart(parts[-1].days + 1, rate)
            else:
                parts.append(RatePart(1, rate))
        return parts


@dataclass(frozen=True, slots=True)
class Limits:
    """The co-op's policies a draft is held against; each with its default (rule 140)."""

    least_days: int = 28
    most_days: int = 34
    most_estimates: int = 2
    estimated_share: Decimal = Decimal("0.01")
    missing_share: Decimal = Decimal("0.05")
    """Of a period's intervals: above the first the bill says "Estimated"; above the second
    there is none."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What is the same for all bills of one run."""

    bill_date: dt.date
    due_date: dt.date
    bill_day: int
    rate_book: RateBook
    riders: RiderBook
    zone: ZoneInfo
    limits: Limits = Limits()


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a plan under one tariff version; most plans have one (rule 31)."""

    version: PublishedTariff
    period: Period


@dataclass(frozen=True, slots=True)
class Plan:
    """What one agreement is to be billed for: its unbilled period, in parts by tariff version."""

    unbilled: UnbilledAgreement
    period: Period
    parts: tuple[Part, ...]

    @property
    def service_point_id(self) -> ServicePointId:
        """The place it is about."""
        return self.unbilled.agreement.service_point_id

    @property
    def tariff(self) -> Tariff:
        """The tariff of its last part, under which the agreement stands now."""
        return self.parts[-1].version.tariff

    @property
    def is_metered(self) -> bool:
        """Whether reads are needed to price it."""
        return any(part.version.tariff.metered_unit is not None for part in self.parts)

    @property
    def is_first(self) -> bool:
        """Whether nothing of the agreement was billed before."""
        return self.unbilled.billed_until is None

    @property
    def is_final(self) -> bool:
        """Whether the agreement ends with this period."""
        return self.unbilled.agreement.ends_on == self.period.end
