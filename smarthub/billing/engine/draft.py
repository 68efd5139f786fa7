"""Draft one bill from its facts: pure, so the same facts give the same bill for ever.

First each agreement is planned (which period, under which tariff version); then, once the reads
of those periods are known, each plan becomes a priced segment, and the segments a bill.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from smarthub.accounts.types import AccountId, Agreement, ServicePointId
from smarthub.billing.engine.calendar import billed_time, calendar_month
from smarthub.billing.types import BilledPeriod, MeterRead
from smarthub.kernel.errors import Unavailable
from smarthub.kernel.money import ZERO, Money
from smarthub.kernel.period import Period
from smarthub.kernel.quantity import Quantity, Unit
from smarthub.rating.engine import price
from smarthub.rating.types import (
    BilledUse,
    PricedLine,
    PublishedTariff,
    RateBook,
    Tariff,
    TariffMissing,
    total_of,
)
from smarthub.usage.types import RegisterUse

Temperatures = Mapping[str, Mapping[dt.date, Decimal]]
"""Mean outdoor temperature in degrees Fahrenheit, by weather station and local day."""
A_YEAR = dt.timedelta(days=365)
NEARLY = dt.timedelta(days=16)
"""Two bill dates of the same month in two years are nearer than this."""


class ReadMissing(Unavailable):
    """A meter has no read on a day its period begins or ends (rule 46)."""

    code = "read_missing"


class MeterUnitDiffers(Unavailable):
    """The meter counts another unit than the tariff prices."""

    code = "meter_unit_differs"


@dataclass(frozen=True, slots=True)
class UnbilledAgreement:
    """An agreement, up to where it has been billed, and the periods billed of late."""

    agreement: Agreement
    billed_until: dt.date | None = None
    past: tuple[BilledPeriod, ...] = ()


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
class Terms:
    """What is the same for all bills of one run."""

    bill_date: dt.date
    due_date: dt.date
    bill_day: int
    rate_book: RateBook
    riders: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Plan:
    """One segment to be: an agreement, its unbilled period, and the tariff that prices it."""

    unbilled: UnbilledAgreement
    version: PublishedTariff
    period: Period

    @property
    def service_point_id(self) -> ServicePointId:
        """The place the segment is about."""
        return self.unbilled.agreement.service_point_id

    @property
    def is_metered(self) -> bool:
        """Whether reads are needed to price it."""
        return self.version.tariff.metered_unit is not None


@dataclass(frozen=True, slots=True)
class DraftSegment:
    """A priced segment, before it is a row."""

    plan: Plan
    use: Quantity | None
    reads: tuple[MeterRead, ...]
    lines: tuple[PricedLine, ...]
    history: tuple[BilledPeriod, ...]

    @property
    def total(self) -> Money:
        """The sum of the segment's rounded lines (rule 26)."""
        return total_of(self.lines)


@dataclass(frozen=True, slots=True)
class DraftBill:
    """A bill, before it is rows."""

    account: AccountFacts
    terms: Terms
    segments: tuple[DraftSegment, ...]

    @property
    def number(self) -> str:
        """The bill's number: its account's, and its date."""
        return f"{self.account.number}-{self.terms.bill_date:%y%m%d}"

    @property
    def charges(self) -> Money:
        """What this bill adds."""
        return Money.sum(segment.total for segment in self.segments)

    @property
    def asked(self) -> Money:
        """What the member is asked to pay, older debt and credit included (rule 49)."""
        return self.account.standing.asked + self.charges


def plan_account(*, account: AccountFacts, terms: Terms) -> list[Plan]:
    """Return the segments an account's next bill needs; none when all is billed.

    Raises:
        TariffMissing: an agreement's rate code has no version on the first day to be billed.
    """
    plans = (_plan(unbilled, terms) for unbilled in account.agreements)
    return [plan for plan in plans if plan is not None]


def draft_bill(
    *,
    account: AccountFacts,
    plans: Sequence[Plan],
    uses: Mapping[tuple[ServicePointId, Period], Sequence[RegisterUse]],
    terms: Terms,
    temperatures: Temperatures,
) -> DraftBill:
    """Return the bill of one account, priced.

    Raises:
        ReadMissing: a meter has no read where a period begins or ends.
        MeterUnitDiffers: a meter counts another unit than its tariff prices.
        RiderRateMissing: a tariff needs a rider that has no rate on the bill date.

    Source: domain rules 21, 24, 26 and 40.
    """
    segments = (
        _draft_segment(
            plan, uses.get((plan.service_point_id, plan.period), ()), terms, temperatures
        )
        for plan in plans
    )
    return DraftBill(account, terms, tuple(segments))


def mean_temperature(*, temperatures: Temperatures, station: str, period: Period) -> Decimal | None:
    """Return the mean over a period, to 0.1 F; None unless half of its days are known."""
    known = temperatures.get(station, {})
    values = [known[day] for day in period if day in known]
    if len(values) * 2 < period.days:
        return None
    return round(sum(values, Decimal(0)) / len(values), 1)


def year_before(*, history: Sequence[BilledPeriod], end: dt.date) -> BilledPeriod | None:
    """Return the period that ended about a year before ``end``, if it is in the history."""
    for past in history:
        if abs(past.period.end + A_YEAR - end) < NEARLY:
            return past
    return None


def _plan(unbilled: UnbilledAgreement, terms: Terms) -> Plan | None:
    agreement = unbilled.agreement
    start = unbilled.billed_until or agreement.starts_on
    if agreement.ends_on is not None and start >= agreement.ends_on:
        return None  # all of it is billed, even if its rate code is long gone
    version = _version_at(terms.rate_book, agreement, start)
    end = _end_of_billing(version.tariff, terms.bill_date)
    if agreement.ends_on is not None:
        end = min(end, agreement.ends_on)
    return Plan(unbilled, version, Period(start, end)) if start < end else None


def _version_at(book: RateBook, agreement: Agreement, start: dt.date) -> PublishedTariff:
    try:
        return book.find(code=agreement.tariff_code, on=start)
    except TariffMissing as error:
        raise TariffMissing(agreement=agreement.number, **error.values) from None


def _end_of_billing(tariff: Tariff, bill_date: dt.date) -> dt.date:
    """Metered services are billed up to the bill date, subscriptions to the end of its month."""
    return calendar_month(date=bill_date).end if tariff.in_advance else bill_date


def _draft_segment(
    plan: Plan, uses: Sequence[RegisterUse], terms: Terms, temperatures: Temperatures
) -> DraftSegment:
    reads = _reads_of(plan, uses) if plan.is_metered else ()
    use = _use_of(plan, reads)
    anchor_day = 1 if plan.version.tariff.in_advance else terms.bill_day
    time = billed_time(period=plan.period, anchor_day=anchor_day)
    billed = BilledUse(quantity=use, time=time)
    lines = price(tariff=plan.version.tariff, use=billed, riders=terms.riders)
    return DraftSegment(plan, use, reads, lines, _history(plan, use, lines, temperatures))


def _reads_of(plan: Plan, uses: Sequence[RegisterUse]) -> tuple[MeterRead, ...]:
    starts = min((use.previous_on for use in uses), default=None)
    ends = max((use.present_on for use in uses), default=None)
    if (starts, ends) != (plan.period.start, plan.period.end):
        raise ReadMissing(
            service_point=plan.unbilled.agreement.service_point_number,
            start=plan.period.start.isoformat(),
            end=plan.period.end.isoformat(),
        )
    return tuple(_read(use) for use in uses)


def _read(use: RegisterUse) -> MeterRead:
    return MeterRead(
        meter_serial=use.meter_serial,
        previous_on=use.previous_on,
        previous=use.previous,
        present_on=use.present_on,
        present=use.present,
        kind=str(use.present_kind),
        multiplier=use.multiplier,
        quantity=use.quantity,
        unit=Unit(use.unit),
        estimated=use.estimated,
    )


def _use_of(plan: Plan, reads: Sequence[MeterRead]) -> Quantity | None:
    unit = plan.version.tariff.metered_unit
    if unit is None:
        return None
    for read in reads:
        if read.unit is not unit:
            raise MeterUnitDiffers(meter=read.meter_serial, counts=read.unit, priced=unit)
    return Quantity(sum((read.quantity for read in reads), Decimal(0)), unit)


def _history(
    plan: Plan, use: Quantity | None, lines: Sequence[PricedLine], temperatures: Temperatures
) -> tuple[BilledPeriod, ...]:
    if use is None:
        return ()
    this = BilledPeriod(plan.period, use.value, total_of(lines))
    station = plan.unbilled.agreement.station
    return tuple(
        BilledPeriod(
            past.period,
            past.quantity,
            past.charges,
            mean_temperature(temperatures=temperatures, station=station, period=past.period),
        )
        for past in (*plan.unbilled.past, this)
    )
