"""Draft bills from their facts: pure, so the same facts give the same bill for ever.

Each plan is measured, its parts are priced one after the other (what the first leaves behind,
the second rests on), and the segments of an account make its bill. One account that cannot be
priced keeps nobody else from a bill (rule 46).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from smarthub.accounts.types import AccountId, ServicePointId
from smarthub.billing.engine.calendar import billed_time
from smarthub.billing.engine.facts import AccountFacts, Part, Plan, Temperatures, Terms
from smarthub.billing.engine.measuring import measure
from smarthub.billing.engine.metered import PartUse, PlanUse, use_of_plan
from smarthub.billing.engine.pricing import ToPrice, price_all
from smarthub.billing.types import BilledPeriod, MeterRead
from smarthub.kernel.errors import ExpectedError
from smarthub.kernel.money import Money
from smarthub.kernel.period import Period
from smarthub.kernel.quantity import Quantity
from smarthub.rating.engine import RiderRates, carried_bank
from smarthub.rating.types import (
    BilledUse,
    Determinants,
    History,
    PastMonth,
    PricedLine,
    total_of,
)
from smarthub.usage.types import PeriodLoad, RegisterUse

A_YEAR = dt.timedelta(days=365)
NEARLY = dt.timedelta(days=16)
"""Two bill dates of the same month in two years are nearer than this."""
NOTHING = Decimal(0)
PlaceAndPeriod = tuple[ServicePointId, Period]


@dataclass(frozen=True, slots=True)
class DraftSegment:
    """A priced part of a plan, before it is a row, with everything it was priced from.

    Reads and the history of periods stand with the last part of a plan only, so that nothing is
    shown twice; ``after`` is what later bills rest on.
    """

    plan: Plan
    part: Part
    use: Quantity | None
    billed: BilledUse
    riders: RiderRates
    reads: tuple[MeterRead, ...]
    estimated: bool
    lines: tuple[PricedLine, ...]
    history: tuple[BilledPeriod, ...]
    after: History
    total: Money
    """The sum of the segment's rounded lines (rule 26)."""


@dataclass(frozen=True, slots=True)
class DraftBill:
    """A bill, before it is rows."""

    account: AccountFacts
    terms: Terms
    segments: tuple[DraftSegment, ...]
    edition: int = 1

    @property
    def number(self) -> str:
        """The bill's number: its account's, its date, and its edition where it is not the first."""
        first = f"{self.account.number}-{self.terms.bill_date:%y%m%d}"
        return first if self.edition == 1 else f"{first}-{self.edition}"

    @property
    def charges(self) -> Money:
        """What this bill adds."""
        return Money.sum(segment.total for segment in self.segments)

    @property
    def last_year_cents(self) -> int | None:
        """What the same services came to a year before, where that is known of any."""
        known = [
            before.charges.cents
            for segment in self.segments
            if segment.history
            and (before := year_before(history=segment.history[:-1], end=segment.part.period.end))
        ]
        return sum(known) if known else None

    @property
    def asked(self) -> Money:
        """What the member is asked to pay, older debt and credit included (rule 49)."""
        return self.account.standing.asked + self.charges


@dataclass(frozen=True, slots=True)
class Readings:
    """What the meters said about all plans of a chunk."""

    registers: Mapping[PlaceAndPeriod, Sequence[RegisterUse]] = field(default_factory=dict)
    backward: Mapping[ServicePointId, ExpectedError] = field(default_factory=dict)
    loads: Mapping[PlaceAndPeriod, PeriodLoad] = field(default_factory=dict)


@dataclass(slots=True)
class Drafts:
    """The bills of a chunk, and what kept the other accounts from one."""

    bills: list[DraftBill] = field(default_factory=list)
    errors: dict[AccountId, ExpectedError] = field(default_factory=dict)


@dataclass(slots=True)
class _Measured:
    """A plan on its way to becoming segments."""

    account_id: AccountId
    plan: Plan
    use: PlanUse
    history: History
    segments: list[DraftSegment] = field(default_factory=list)


def draft_bills(
    *,
    planned: Sequence[tuple[AccountFacts, Sequence[Plan]]],
    readings: Readings,
    terms: Terms,
    temperatures: Temperatures,
    editions: Mapping[AccountId, int] | None = None,
) -> Drafts:
    """Return the bills of many accounts, priced together; who cannot be priced has an error.

    The errors are those of ``use_of_plan`` and of ``price_all``, and ``NegativeUse``.

    Source: domain rules 21, 24, 26, 31, 40 and 46.
    """
    drafts = Drafts()
    measured = _measure_all(planned, readings, terms, drafts)
    for number in range(max((len(each.plan.parts) for each in measured), default=0)):
        _price_parts(measured, number, terms, temperatures, drafts)
    segments: dict[AccountId, list[DraftSegment]] = {}
    for each in measured:
        segments.setdefault(each.account_id, []).extend(each.segments)
    drafts.bills = [
        DraftBill(account, terms, tuple(segments[account.id]), (editions or {}).get(account.id, 1))
        for account, _plans in planned
        if account.id not in drafts.errors and account.id in segments
    ]
    return drafts


def mean_temperature(*, temperatures: Temperatures, station: str, period: Period) -> Decimal | None:
    """Return the mean over a period, to 0.1 F; None unless half of its days are known."""
    known = temperatures.get(station, {})
    values = [known[day] for day in period if day in known]
    if len(values) * 2 < period.days:
        return None
    return round(sum(values, NOTHING) / len(values), 1)


def year_before(*, history: Sequence[BilledPeriod], end: dt.date) -> BilledPeriod | None:
    """Return the period that ended about a year before ``end``, if it is in the history."""
    for past in history:
        if abs(past.period.end + A_YEAR - end) < NEARLY:
            return past
    return None


def _measure_all(
    planned: Sequence[tuple[AccountFacts, Sequence[Plan]]],
    readings: Readings,
    terms: Terms,
    drafts: Drafts,
) -> list[_Measured]:
    measured = []
    for account, plans in planned:
        for plan in plans:
            try:
                use = _use(plan, readings, terms)
            except ExpectedError as error:
                drafts.errors[account.id] = error
            else:
                measured.append(_Measured(account.id, plan, use, plan.unbilled.history))
    return measured


def _use(plan: Plan, readings: Readings, terms: Terms) -> PlanUse:
    if error := readings.backward.get(plan.service_point_id):
        raise error
    key = plan.service_point_id, plan.period
    return use_of_plan(
        plan=plan,
        registers=readings.registers.get(key, ()),
        load=readings.loads.get(key),
        terms=terms,
    )


def _price_parts(
    measured: Sequence[_Measured],
    number: int,
    terms: Terms,
    temperatures: Temperatures,
    drafts: Drafts,
) -> None:
    """Price the part of that number of every plan that has one and is not refused yet."""
    chosen = [
        each
        for each in measured
        if number < len(each.plan.parts) and each.account_id not in drafts.errors
    ]
    determinants = _determinants(chosen, number, terms)
    to_price = [
        _to_price(each, number, determinants.get(place), terms) for place, each in enumerate(chosen)
    ]
    for each, asked, answer in zip(chosen, to_price, price_all(items=to_price), strict=True):
        if isinstance(answer, ExpectedError):
            drafts.errors[each.account_id] = answer
            continue
        each.history = _one_month(answer.after) if number else answer.after
        each.segments.append(_segment(each, number, asked, answer.lines, temperatures))


def _one_month(history: History) -> History:
    """Join what the two parts of one period leave behind: a ratchet counts them as one month."""
    if len(history.months) < 2:  # noqa: PLR2004 (nothing to join)
        return history
    *earlier, first, second = history.months
    names = {*first.peaks, *second.peaks}
    peaks = {n: max(first.peaks.get(n, NOTHING), second.peaks.get(n, NOTHING)) for n in names}
    joined = PastMonth(first.start, peaks, first.charged + second.charged)
    return History((*earlier, joined), history.bank, history.credit)


def _determinants(
    chosen: Sequence[_Measured], number: int, terms: Terms
) -> dict[int, Determinants]:
    """Measure the interval-priced parts, those of one tariff version and period together."""
    groups: dict[tuple[int, Period], list[int]] = {}
    for place, each in enumerate(chosen):
        if each.use.parts[number].taken is not None:
            part = each.plan.parts[number]
            groups.setdefault((part.version.version_id, part.period), []).append(place)
    found: dict[int, Determinants] = {}
    for (_version, period), places in groups.items():
        tariff = chosen[places[0]].plan.parts[number].version.tariff
        taken = [use.taken for place in places if (use := chosen[place].use.parts[number]).taken]
        measured = measure(tariff=tariff, period=period, zone=terms.zone, taken=taken)
        found |= dict(zip(places, measured, strict=True))
    return found


def _to_price(each: _Measured, number: int, measured: Determinants | None, terms: Terms) -> ToPrice:
    part, use = each.plan.parts[number], each.use.parts[number]
    tariff, period = part.version.tariff, part.period
    anchor_day = 1 if tariff.in_advance else terms.bill_day
    history = each.history
    if history.bank:
        bank = carried_bank(tariff=tariff, bank=history.bank, month=period.start)
        history = History(history.months, bank, history.credit)
    billed = BilledUse(
        quantity=use.quantity,
        time=billed_time(period=period, anchor_day=anchor_day),
        period=period,
        whole=each.plan.period if len(each.plan.parts) > 1 else None,
        determinants=measured,
        contract=each.plan.unbilled.contract_on(period.last_day),
        history=history,
    )
    riders = terms.riders.for_tariff(tariff=tariff, period=period, bill_date=terms.bill_date)
    return ToPrice(part.version, billed, riders)


def _segment(
    each: _Measured,
    number: int,
    asked: ToPrice,
    lines: tuple[PricedLine, ...],
    temperatures: Temperatures,
) -> DraftSegment:
    plan, is_last = each.plan, number == len(each.plan.parts) - 1
    use = _use_of_part(asked, each.use.parts[number])
    total = total_of(lines)
    whole = [*((segment.use, segment.total) for segment in each.segments), (use, total)]
    return DraftSegment(
        plan=plan,
        part=plan.parts[number],
        use=use,
        billed=asked.use,
        riders=asked.riders,
        reads=each.use.reads if is_last else (),
        estimated=each.use.estimated,
        lines=lines,
        history=_history(plan, whole, temperatures) if is_last else (),
        after=each.history,
        total=total,
    )


def _use_of_part(asked: ToPrice, part: PartUse) -> Quantity | None:
    measured, unit = asked.use.determinants, asked.version.tariff.metered_unit
    if measured is None or unit is None:
        return part.quantity
    if part.taken is None:  # pragma: no cover - determinants come from steps
        return part.quantity
    taken = Decimal(int(part.taken.delivered.sum())).scaleb(part.taken.exponent)
    return Quantity(taken, unit)


def _history(
    plan: Plan, whole: Sequence[tuple[Quantity | None, Money]], temperatures: Temperatures
) -> tuple[BilledPeriod, ...]:
    """Return the periods a bill shows, this one, all its parts together, last."""
    quantities = [use.value for use, _total in whole if use is not None]
    if not quantities:
        return ()
    charges = Money.sum(total for _use, total in whole)
    this = BilledPeriod(plan.period, sum(quantities, NOTHING), charges)
    return tuple(_with_weather(plan, [*plan.unbilled.past, this], temperatures))


def _with_weather(
    plan: Plan, periods: Sequence[BilledPeriod], temperatures: Temperatures
) -> Iterator[BilledPeriod]:
    station = plan.unbilled.agreement.station
    for past in periods:
        mean = mean_temperature(temperatures=temperatures, station=station, period=past.period)
        yield BilledPeriod(past.period, past.quantity, past.charges, mean)
