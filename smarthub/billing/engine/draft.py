"""Draft bills from their facts: pure, so the same facts give the same bill for ever.

Each plan is measured and priced, in parts where its price changes inside its period, and the
segments of an account make its bill. One account that cannot be
priced keeps nobody else from a bill (rule 46).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from smarthub.accounts.types import AccountId, ServicePointId
from smarthub.billing.engine.calendar import billed_time
from smarthub.billing.engine.facts import (
    AccountFacts,
    Part,
    Plan,
    RunMessage,
    Terms,
    Weather,
)
from smarthub.billing.engine.measuring import measure
from smarthub.billing.engine.metered import PartUse, PlanUse, estimate_is_wrong, use_of_plan
from smarthub.billing.engine.pricing import ToPrice, price_alike, price_changed
from smarthub.billing.types import BilledPeriod, BillMessage, MeterRead, TaxCertificate
from smarthub.billing.types.certificates import days_inside
from smarthub.kernel.errors import ExpectedError
from smarthub.kernel.money import ZERO, Money
from smarthub.kernel.period import Period
from smarthub.kernel.quantity import Quantity
from smarthub.rating.engine import RiderRates, carried_bank
from smarthub.rating.engine.batch import Measured
from smarthub.rating.engine.months import dated_factor
from smarthub.rating.types import (
    TAXES,
    BilledUse,
    ExemptTax,
    History,
    PricedLine,
    Tariff,
    total_of,
)
from smarthub.round_up.engine import gift_on
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
    settles: bool
    """``total`` is the sum of the rounded lines (26); ``settles`` says that its reads settle the
    estimate of the bill before (17)."""


@dataclass(frozen=True, slots=True)
class DraftBill:
    """A bill, before it is rows."""

    account: AccountFacts
    terms: Terms
    segments: tuple[DraftSegment, ...]
    edition: int = 1
    number: str = field(init=False)
    """Its account's number, its date, and its edition where it is not the first."""
    charges: Money = field(init=False)
    """What this bill adds."""
    gift: Money = field(init=False)
    """What rounds it up to a whole dollar, where its member wanted that (rule 61)."""

    def __post_init__(self) -> None:
        first = f"{self.account.number}-{self.terms.bill_date:%y%m%d}"
        number = first if self.edition == 1 else f"{first}-{self.edition}"
        object.__setattr__(self, "number", number)
        charges = Money.sum(segment.total for segment in self.segments)
        object.__setattr__(self, "charges", charges)
        object.__setattr__(self, "gift", self._gift(self.account.standing.asked + charges))

    def _gift(self, asked: Money) -> Money:
        account = self.account
        if not account.rounds_up:
            return ZERO
        return gift_on(asked=asked, given=account.given_this_year, most=self.terms.most_given)

    @property
    def late_charge(self) -> Money:
        """What a payment after the due date would cost more: on this bill's own charges (rule 53).

        Older debt had its due date, and its charge, before.
        """
        unpaid = min(self.asked - self.gift, self.charges)
        return self.terms.late_charge.of(unpaid=unpaid, account_number=self.account.number)

    @property
    def is_final(self) -> bool:
        """Whether every service on it ends with it (rule 47)."""
        return bool(self.segments) and all(each.plan.is_final for each in self.segments)

    @property
    def messages(self) -> tuple[BillMessage, ...]:
        """What the co-op has to tell the members this bill goes to."""
        return tuple(each.message for each in self.terms.messages if self._is_for(each))

    def _is_for(self, told: RunMessage) -> bool:
        match told.audience:
            case "all":
                return True
            case "rate":
                return any(each.part.version.tariff.code in told.values for each in self.segments)
            case "service":
                agreements = (each.plan.unbilled.agreement for each in self.segments)
                return any(agreement.service in told.values for agreement in agreements)
            case _:
                return self.account.number in told.values

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
        """What the member is asked to pay: older debt, credit and gift included (rule 49)."""
        return self.account.standing.asked + self.charges + self.gift


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
    certificates: tuple[TaxCertificate, ...] = ()
    segments: list[DraftSegment] = field(default_factory=list)


def draft_bills(
    *,
    planned: Sequence[tuple[AccountFacts, Sequence[Plan]]],
    readings: Readings,
    terms: Terms,
    weather: Weather,
    editions: Mapping[AccountId, int] | None = None,
) -> Drafts:
    """Return the bills of many accounts, priced together; who cannot be priced has an error.

    The errors are those of ``use_of_plan`` and of ``price_alike``, and ``NegativeUse``.

    Source: domain rules 21, 24, 26, 31, 40 and 46.
    """
    drafts = Drafts()
    measured = _measure_all(planned, readings, terms, drafts)
    _price(measured, terms, weather, drafts)
    segments: dict[AccountId, list[DraftSegment]] = {}
    for each in measured:
        segments.setdefault(each.account_id, []).extend(each.segments)
    drafts.bills = [
        DraftBill(account, terms, tuple(segments[account.id]), (editions or {}).get(account.id, 1))
        for account, _plans in planned
        if account.id not in drafts.errors and account.id in segments
    ]
    return drafts


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
                measured.append(
                    _Measured(account.id, plan, use, plan.unbilled.history, account.certificates)
                )
    return measured


def _use(plan: Plan, readings: Readings, terms: Terms) -> PlanUse:
    if error := readings.backward.get(plan.service_point_id):
        raise estimate_is_wrong(plan) if plan.unbilled.estimated_days else error
    key = plan.service_point_id, plan.period
    return use_of_plan(
        plan=plan,
        registers=readings.registers.get(key, ()),
        load=readings.loads.get(key),
        terms=terms,
    )


def _price(measured: Sequence[_Measured], terms: Terms, weather: Weather, drafts: Drafts) -> None:
    """Price every plan: those of one tariff version and period together.

    A plan whose price changes inside its period is priced by itself, all its parts at once.
    """
    alike: dict[tuple[int, Period], list[_Measured]] = defaultdict(list)
    for each in measured:
        if each.account_id in drafts.errors:
            continue
        if len(each.plan.parts) > 1:
            _price_changed(each, terms, weather, drafts)
        else:
            alike[each.plan.parts[0].version.version_id, each.plan.period].append(each)
    for same in alike.values():
        to_price, columns = _to_price(same, 0, terms)
        answers = price_alike(items=to_price, measured=columns)
        for each, asked, answer in zip(same, to_price, answers, strict=True):
            if isinstance(answer, ExpectedError):
                drafts.errors[each.account_id] = answer
            else:
                each.history = answer.after
                each.segments.append(_segment(each, 0, asked, answer.lines, weather))


def _price_changed(each: _Measured, terms: Terms, weather: Weather, drafts: Drafts) -> None:
    """Price the parts of one plan, the taxes of all of them with the last (rules 31 and 33)."""
    parts = [_to_price([each], number, terms)[0][0] for number in range(len(each.plan.parts))]
    try:
        priced = price_changed(parts=parts)
    except ExpectedError as error:
        drafts.errors[each.account_id] = error
        return
    each.history = priced.after
    for number, (asked, lines) in enumerate(zip(parts, priced.lines, strict=True)):
        each.segments.append(_segment(each, number, asked, lines, weather))


def _to_price(
    same: Sequence[_Measured], number: int, terms: Terms
) -> tuple[list[ToPrice], Measured | None]:
    """Return what is to be priced of plans that share their tariff version and period.

    With it comes what their meters say in columns, where intervals price all of them.
    """
    plan, part = same[0].plan, same[0].plan.parts[number]
    tariff, period = part.version.tariff, part.period
    rates = terms.riders.rates_for(tariff=tariff, period=period, bill_date=terms.bill_date)
    shared = BilledUse(
        time=billed_time(period=period, anchor_day=1 if tariff.in_advance else terms.bill_day),
        period=period,
        whole=plan.period if len(plan.parts) > 1 else None,
        factor=dated_factor(tariff=tariff, rates=rates),
    )
    taken = [steps for each in same if (steps := each.use.parts[number].taken) is not None]
    by_intervals = measure(
        tariff=tariff, period=period, zone=terms.zone, taken=taken, factor=shared.factor
    )
    determinants = iter(by_intervals.singly)
    items = [
        ToPrice(
            part.version,
            replace(
                shared,
                quantity=each.use.parts[number].quantity,
                determinants=next(determinants) if each.use.parts[number].taken else None,
                contract=each.plan.unbilled.contract_on(period.last_day),
                history=_carried(tariff, each.history, period),
                exempt=_exempt(each, tariff),
                inside=each.plan.unbilled.inside(tariff=tariff, period=each.plan.period),
            ),
            rates,
        )
        for each in same
    ]
    return items, by_intervals.together if len(taken) == len(same) else None


def _exempt(each: _Measured, tariff: Tariff) -> tuple[ExemptTax, ...]:
    """Return the taxes certificates keep off a plan, by the days they hold inside it (rule 35)."""
    if not each.certificates:
        return ()
    period = each.plan.period
    found = (
        ExemptTax(charge.code, days, period.days)
        for charge in tariff.charges
        if isinstance(charge, TAXES)
        and (days := days_inside(certificates=each.certificates, tax=charge.code, period=period))
    )
    return tuple(found)


def _carried(tariff: Tariff, history: History, period: Period) -> History:
    """Return what earlier months leave, with the bank as it is carried into this one."""
    if not history.bank:
        return history
    bank = carried_bank(tariff=tariff, bank=history.bank, month=period.start)
    return History(history.months, bank, history.credit)


def _segment(
    each: _Measured,
    number: int,
    asked: ToPrice,
    lines: tuple[PricedLine, ...],
    weather: Weather,
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
        history=_history(plan, whole, weather) if is_last else (),
        after=each.history,
        total=total,
        settles=bool(each.use.reads)
        and is_last
        and plan.unbilled.estimated_days > 0
        and not each.use.estimated,
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
    plan: Plan, whole: Sequence[tuple[Quantity | None, Money]], weather: Weather
) -> tuple[BilledPeriod, ...]:
    """Return the periods a bill shows, this one, all its parts together, last."""
    quantities = [use.value for use, _total in whole if use is not None]
    if not quantities:
        return ()
    charges = Money.sum(total for _use, total in whole)
    this = BilledPeriod(plan.period, sum(quantities, NOTHING), charges)
    station = plan.unbilled.agreement.station
    return tuple(
        BilledPeriod(
            past.period,
            past.quantity,
            past.charges,
            weather.mean_f(station=station, period=past.period),
        )
        for past in (*plan.unbilled.past, this)
    )
