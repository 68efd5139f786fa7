"""What a member's last twelve months would cost on every rate open to her (rule 142).

Every month that was billed is priced again, on her rate and on the others, all at the prices
that hold today, so that only the rate differs. The range says what a tenth more or less use
would make of it. Nothing is promised and nothing is written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from zoneinfo import ZoneInfo

from smarthub.accounts.types import VisibleAccount
from smarthub.billing.queries.priced import PricedSegment, list_priced_of_point
from smarthub.kernel.errors import ExpectedError, NotVisible
from smarthub.kernel.money import Money
from smarthub.kernel.period import Period
from smarthub.kernel.quantity import Quantity
from smarthub.kernel.text import Text
from smarthub.rating.engine import count, history_after, price_counted
from smarthub.rating.queries import get_rate_book, get_rider_rates
from smarthub.rating.types import (
    BilledTime,
    BilledUse,
    Determinants,
    FixedMonthly,
    History,
    RateBook,
    Run,
    Tariff,
    TariffMissing,
    total_of,
)
from smarthub.workflows.rates.other_prices import Loads, loads_for, use_under

A_YEAR = dt.timedelta(days=366)
MONTHS = 12
LESS, AS_IT_WAS, MORE = Decimal("0.9"), Decimal(1), Decimal("1.1")
CLOSE = Decimal("0.02")
"""Two rates that differ by less than this share of the bill are about the same."""


@dataclass(frozen=True, slots=True)
class ComparedRate:
    """One rate: what the months would have come to, and with a tenth less and more use."""

    code: str
    name: Text
    sentence: Text | None
    needs: Text | None
    minimum_stay_months: int
    is_hers: bool
    monthly_fixed: Money
    year: Money
    with_less: Money
    with_more: Money
    difference: Money

    @property
    def saved(self) -> Money:
        """How much less than her own it would have cost."""
        return -self.difference

    @property
    def is_close(self) -> bool:
        """Whether it comes to about the same as her own."""
        hers = self.year - self.difference
        return abs(self.difference.dollars) <= hers.dollars * CLOSE


@dataclass(frozen=True, slots=True)
class UncomparedRate:
    """A rate that is open to her and cannot be priced for her months."""

    code: str
    name: Text
    reason: str


@dataclass(frozen=True, slots=True)
class RateComparison:
    """Everything the comparison shows; ``rates`` are the cheapest first."""

    point_number: str
    address: str
    period: Period | None
    months: int
    estimated_months: int
    peak_kw: Decimal | None
    rates: tuple[ComparedRate, ...]
    uncompared: tuple[UncomparedRate, ...]

    @property
    def hers(self) -> ComparedRate | None:
        """The rate she is on."""
        return next((rate for rate in self.rates if rate.is_hers), None)

    @property
    def best(self) -> ComparedRate | None:
        """The rate that would have cost least."""
        return self.rates[0] if self.rates else None

    @property
    def is_whole_year(self) -> bool:
        """Whether twelve months are known."""
        return self.months >= MONTHS


def compare_rates(
    *, account: VisibleAccount, point_number: str, on: dt.date, zone: ZoneInfo
) -> RateComparison:
    """Return what one service of an account would have cost on every rate open to it.

    Raises:
        NotVisible: the account has no such metered point now.

    Source: domain rules 24, 141 and 142; greenbutton-rating-usage C4, rate comparison.
    """
    point = next((p for p in account.points if p.metered and p.number == point_number), None)
    if point is None:
        raise NotVisible
    segments = _months(
        list_priced_of_point(
            account_id=account.id, service_point_number=point_number, since=on - A_YEAR
        )
    )
    book, riders = get_rate_book(), get_rider_rates(on=on)
    code = segments[-1].tariff_code if segments else ""
    open_to_her = _open_rates(book, code, on) if segments else []
    loads = loads_for(segments=segments, zone=zone)
    compared: list[tuple[Tariff, tuple[Money, Money, Money]]] = []
    uncompared: list[UncomparedRate] = []
    for tariff in open_to_her:
        try:
            compared.append((tariff, _totals(tariff, segments, loads, riders, zone)))
        except ExpectedError as error:
            reason = str(error.values.get("fact", error.code))
            uncompared.append(UncomparedRate(tariff.code, tariff.name, reason))
    return RateComparison(
        point_number=point_number,
        address=account.address,
        period=Period(segments[0].period.start, segments[-1].period.end) if segments else None,
        months=len(segments),
        estimated_months=sum(segment.estimated for segment in segments),
        peak_kw=_peak(loads),
        rates=_ranked(compared, code),
        uncompared=tuple(uncompared),
    )


def _months(segments: Sequence[PricedSegment]) -> list[PricedSegment]:
    """Return the newest twelve periods, without parts of a period whose price changed inside it."""
    whole: dict[Period, PricedSegment] = {}
    for segment in segments:
        period = segment.use.whole or segment.period
        held = whole.get(period)
        whole[period] = segment if held is None else _joined(held, segment, period)
    return [whole[period] for period in sorted(whole)][-MONTHS:]


def _joined(one: PricedSegment, other: PricedSegment, period: Period) -> PricedSegment:
    """Return the two parts of a period as one, as if its price had not changed."""
    quantity = None
    if one.use.quantity is not None and other.use.quantity is not None:
        quantity = one.use.quantity + other.use.quantity
    use = replace(
        other.use,
        quantity=quantity,
        determinants=_both(one.use.determinants, other.use.determinants),
        period=period,
        whole=None,
        time=BilledTime(),
    )
    estimated = one.estimated or other.estimated
    return replace(
        other, period=period, use=use, total=one.total + other.total, estimated=estimated
    )


def _both(one: Determinants | None, other: Determinants | None) -> Determinants | None:
    if one is None or other is None:
        return None
    days = {s: one.days.get(s, 0) + other.days.get(s, 0) for s in {**one.days, **other.days}}
    nothing = Decimal(0)
    peaks = {
        bucket: max(one.peaks.get(bucket, nothing), other.peaks.get(bucket, nothing))
        for bucket in {**one.peaks, **other.peaks}
    }
    return Determinants((*one.runs, *other.runs), days, peaks, other.coincident_kw)


def _open_rates(book: RateBook, code: str, on: dt.date) -> list[Tariff]:
    """Return her own rate, and those of its group that take new members, as of a day."""
    hers = book.find(code=code, on=on).tariff
    if hers.choice is None:
        return [hers]
    found = [hers]
    for other in sorted(set(book.codes) - {code}):
        try:
            tariff = book.find(code=other, on=on).tariff
        except TariffMissing:
            continue
        choice = tariff.choice
        if choice and choice.group == hers.choice.group and choice.open:
            found.append(tariff)
    return found


def _totals(
    tariff: Tariff,
    segments: Sequence[PricedSegment],
    loads: Loads,
    riders: Mapping[str, Decimal],
    zone: ZoneInfo,
) -> tuple[Money, Money, Money]:
    """Return the sum of all months, as they were and with a tenth less and more use."""
    uses = [
        use_under(tariff=tariff, segment=segment, loads=loads, zone=zone) for segment in segments
    ]
    found = []
    for factor in (AS_IT_WAS, LESS, MORE):
        history, total = History(), Money(0)
        for segment, use in zip(segments, uses, strict=True):
            scaled = replace(_scaled(use, factor), history=history)
            rates = {**riders, **segment.riders}
            counted = count(tariff=tariff, use=scaled)
            total += total_of(price_counted(counted=counted, riders=rates))
            history = history_after(counted=counted, riders=rates)
        found.append(total)
    return found[0], found[1], found[2]


def _scaled(use: BilledUse, factor: Decimal) -> BilledUse:
    if factor == AS_IT_WAS:
        return use
    quantity, measured = use.quantity, use.determinants
    if quantity is not None:
        quantity = Quantity(quantity.value * factor, quantity.unit)
    if measured is not None:
        measured = Determinants(
            tuple(Run(r.bucket, r.delivered * factor, r.received) for r in measured.runs),
            measured.days,
            {bucket: kw * factor for bucket, kw in measured.peaks.items()},
            measured.coincident_kw,
        )
    return replace(use, quantity=quantity, determinants=measured)


def _ranked(
    compared: Sequence[tuple[Tariff, tuple[Money, Money, Money]]], code: str
) -> tuple[ComparedRate, ...]:
    hers = next((totals[0] for tariff, totals in compared if tariff.code == code), Money(0))
    rates = [
        ComparedRate(
            code=tariff.code,
            name=tariff.name,
            sentence=tariff.sentence,
            needs=tariff.choice.needs if tariff.choice else None,
            minimum_stay_months=tariff.choice.minimum_stay_months if tariff.choice else 0,
            is_hers=tariff.code == code,
            monthly_fixed=_fixed(tariff),
            year=year,
            with_less=less,
            with_more=more,
            difference=year - hers,
        )
        for tariff, (year, less, more) in compared
    ]
    return tuple(sorted(rates, key=lambda rate: (rate.year, not rate.is_hers)))


def _fixed(tariff: Tariff) -> Money:
    amounts = [charge.amount for charge in tariff.charges if isinstance(charge, FixedMonthly)]
    return Money.rounded(sum(amounts, Decimal(0)))


def _peak(loads: Loads) -> Decimal | None:
    """Return the highest hour or quarter-hour of all months, in kW, where it is electricity."""
    peaks = [
        Decimal(int(load.delivered.max())).scaleb(load.exponent) * 3600 / load.step_seconds
        for load in loads.values()
        if load.unit == "kWh" and load.delivered.size
    ]
    return max(peaks, default=None)
