"""What a bill rests on, as values: the account and its agreements, what came before, the terms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from zoneinfo import ZoneInfo

from smarthub.accounts.types import (
    AccountId,
    AccountPapers,
    Agreement,
    DistrictFact,
    ServicePointId,
    districts_through,
)
from smarthub.billing.engine.estimates import WrongEstimate
from smarthub.billing.engine.late import NO_LATE_CHARGE, LateCharge
from smarthub.billing.engine.unusual_use import UseLimits
from smarthub.billing.types import (
    BilledPeriod,
    BillMessage,
    ContractValue,
    Reader,
    TaxCertificate,
)
from smarthub.kernel.errors import Unavailable
from smarthub.kernel.money import ZERO, Money
from smarthub.kernel.period import Period
from smarthub.rating.types import (
    Contract,
    History,
    PublishedTariff,
    RateBook,
    RiderBook,
    Tariff,
)

NOBODY = Contract()
NOTHING = Decimal(0)
COUNTS = ("lamps", "solar_blocks")
"""Facts of an agreement that are whole numbers."""


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
    banks); ``contract`` holds its dated facts, the newest of a name last. ``estimated_use`` is what
    the estimates in a row were billed for, over so many ``estimated_days``. ``districts`` are what
    is known of the place's tax districts, oldest first.
    """

    agreement: Agreement
    billed_until: dt.date | None = None
    past: tuple[BilledPeriod, ...] = ()
    history: History = field(default_factory=History)
    contract: tuple[ContractValue, ...] = ()
    estimates_in_a_row: int = 0
    estimated_use: Decimal = NOTHING
    estimated_days: int = 0
    districts: tuple[DistrictFact, ...] = ()

    def inside(self, *, tariff: Tariff, period: Period) -> tuple[str, ...]:
        """Return the districts of a tariff's taxes the place lies in all through a period."""
        if not self.districts or not tariff.districts:
            return ()
        named = {district.code for district in tariff.districts}
        held = districts_through(facts=self.districts, period=period)
        return tuple(code for code in held if code in named)

    def contract_on(self, day: dt.date) -> Contract:
        """Return the facts of the agreement that hold on a local day."""
        if not self.contract:
            return NOBODY
        held = {fact.name: fact.value for fact in self.contract if fact.effective_from <= day}
        held.pop("no_estimate", None)  # whoever estimates asks for it; no price does
        counts = {name: int(held.pop(name)) for name in COUNTS if name in held}
        lamps, blocks = (counts.get(name) for name in COUNTS)
        return Contract(**held, lamps=lamps, solar_blocks=blocks)


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
    """Everything one account's bill rests on, apart from reads and rates.

    ``rounds_up`` says that its bills are rounded up as a gift, and ``given_this_year`` what was
    given so on the bills of the calendar year (rule 61).
    """

    id: AccountId
    papers: AccountPapers
    readers: tuple[Reader, ...]
    agreements: tuple[UnbilledAgreement, ...]
    standing: Standing = Standing()
    old_number: str = ""
    rounds_up: bool = False
    given_this_year: Money = ZERO
    certificates: tuple[TaxCertificate, ...] = ()

    @property
    def number(self) -> str:
        """The account's number."""
        return self.papers.number

    @property
    def holder(self) -> str:
        """Whose name is on its bills."""
        return self.readers[0].name if self.readers else ""


class Weather:
    """How warm it was outside, by weather station; each period is averaged once."""

    def __init__(self, means_f: Mapping[str, Mapping[dt.date, Decimal]]) -> None:
        self._means_f = means_f
        self._known: dict[tuple[str, Period], Decimal | None] = {}

    def mean_f(self, *, station: str, period: Period) -> Decimal | None:
        """Return the mean over a period, to 0.1 F; None unless half of its days are known."""
        key = station, period
        if key not in self._known:
            days = self._means_f.get(station, {})
            values = [days[day] for day in period if day in days]
            enough = len(values) * 2 >= period.days
            self._known[key] = round(sum(values, NOTHING) / len(values), 1) if enough else None
        return self._known[key]


@dataclass(frozen=True, slots=True)
class Limits:
    """The co-op's policies a draft is held against; each with its default (rule 140)."""

    least_days: int = 28
    most_days: int = 34
    most_estimates: int = 2
    wrong_estimate: WrongEstimate = field(default_factory=WrongEstimate)
    unusual_use: UseLimits = field(default_factory=UseLimits)
    back_months_home: int = 12
    back_months_other: int = 24
    estimated_share: Decimal = Decimal("0.01")
    missing_share: Decimal = Decimal("0.05")
    """Of a period's intervals: above the first the bill says "Estimated"; above the second
    there is none."""


@dataclass(frozen=True, slots=True)
class RunMessage:
    """A message the bills of a day carry: to all, to a rate, a service, or accounts of a list."""

    message: BillMessage
    audience: str
    values: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Terms:
    """What is the same for all bills of one run.

    ``most_given`` is what an account may give in a year by rounding up; nothing: it is not offered.
    """

    bill_date: dt.date
    due_date: dt.date
    bill_day: int
    rate_book: RateBook
    riders: RiderBook
    zone: ZoneInfo
    limits: Limits = Limits()
    late_charge: LateCharge = NO_LATE_CHARGE
    messages: tuple[RunMessage, ...] = ()
    most_given: Money = ZERO


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
