"""Price a load month by calendar month, each with what the months before leave behind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from smarthub.kernel.money import Money
from smarthub.kernel.period import Period, local_day
from smarthub.rating.engine.counting import ZERO, Counted, count
from smarthub.rating.engine.credit import credit_after, is_settled
from smarthub.rating.engine.demand import measured_kw
from smarthub.rating.engine.extra import RiderRates, dollars_of
from smarthub.rating.engine.loads import determinants_of
from smarthub.rating.engine.making import settled
from smarthub.rating.engine.pricing import lines_before_minimum, price_counted
from smarthub.rating.types import (
    ANYTIME,
    BilledTime,
    BilledUse,
    Calendar,
    Contract,
    Demand,
    FactMissing,
    History,
    Load,
    PartMonth,
    PastMonth,
    PricedLine,
    Tariff,
    total_of,
)

CARRY_HOURS: tuple[int, ...] = (0, 5, 11, 17, *range(24))
"""Hours at which a bank's periods are matched from month to month, in this order."""
MONDAY_AND_SATURDAY = (0, 5)


@dataclass(frozen=True, slots=True)
class RatedMonth:
    """One calendar month of a load, priced; ``period`` is shorter where the load is."""

    period: Period
    lines: tuple[PricedLine, ...]

    @property
    def total(self) -> Decimal:
        """The sum of the unrounded lines, in dollars."""
        return dollars_of(self.lines)

    @property
    def total_amount(self) -> Money:
        """The sum of the rounded lines (rule 26)."""
        return total_of(self.lines)


def rate_months(
    *,
    tariff: Tariff,
    load: Load,
    zone: ZoneInfo,
    riders_on: Callable[[dt.date], RiderRates],
    contract: Contract,
    history: History,
) -> Iterator[RatedMonth]:
    """Yield each calendar month of a load, priced under one tariff.

    Args:
        tariff: The version that holds for the whole load.
        load: Interval energy, without gaps.
        zone: Where months and hours are local.
        riders_on: The riders' rates on a month's last day.
        contract: Facts of the account.
        history: The months before the load, for ratchets, banks and yearly minimums.

    Raises:
        PriceBelowZero: a rider's credit is larger than a month's bill.
        RiderRateMissing, FactMissing: see ``price``.

    Source: domain rules 28, 29, 32, 94 and 95.
    """
    for period in months_of_load(load=load, zone=zone):
        riders = riders_on(period.last_day)
        factor = dated_factor(tariff=tariff, rates=riders)
        measured = determinants_of(
            tariff=tariff, load=load, period=period, zone=zone, factor=factor
        )
        bank = carried_bank(tariff=tariff, bank=history.bank, month=period.start)
        use = BilledUse(
            time=_time_of(period),
            period=period,
            determinants=measured,
            contract=contract,
            history=History(history.months, bank, history.credit),
        )
        counted = count(tariff=tariff, use=use)
        lines = price_counted(counted=counted, riders=riders)
        yield RatedMonth(period, lines)
        history = history_after(counted=counted, riders=riders)


def dated_factor(*, tariff: Tariff, rates: RiderRates) -> Decimal | None:
    """Return the conversion factor of these dates, which is kept beside the riders' rates.

    Source: greenbutton-rating-usage B2, gas.
    """
    found = rates.get(tariff.conversion.factor_of) if tariff.conversion else None
    return found if isinstance(found, Decimal) else None


def months_of_load(*, load: Load, zone: ZoneInfo) -> Iterator[Period]:
    """Yield the calendar months a load touches, the first and last as far as it reaches."""
    end = load.start + dt.timedelta(seconds=load.step_seconds * len(load.delivered))
    first = local_day(load.start, zone)
    beyond = local_day(end - dt.timedelta(seconds=1), zone) + dt.timedelta(days=1)
    while first < beyond:
        following = _next_month(first)
        yield Period(first, min(following, beyond))
        first = following


def carried_bank(
    *, tariff: Tariff, bank: Mapping[str, Decimal], month: dt.date
) -> Mapping[str, Decimal]:
    """Return a bank at the start of a month, each period's kWh under the period that follows it.

    A period that was on at midnight, at 5, 11 or 17 o'clock gives to the one on at that hour now.

    Source: greenbutton-rating-usage B2 and B6, rule 6.
    """
    if not tariff.netting.by_period:
        return bank
    before = month - dt.timedelta(days=1)
    carried: dict[str, Decimal] = {}
    for period, kwh in bank.items():
        target = _following(tariff.calendar, period, before, month)
        carried[target] = carried.get(target, ZERO) + kwh
    return carried


def _following(calendar: Calendar, period: str, before: dt.date, month: dt.date) -> str:
    for weekday in MONDAY_AND_SATURDAY:
        old = calendar.periods_of_day(_day_like(before.replace(day=1), weekday))
        new = calendar.periods_of_day(_day_like(month.replace(day=1), weekday))
        for hour in CARRY_HOURS:
            if old[hour * 4] == period:
                return new[hour * 4]
    return period


def _day_like(first: dt.date, weekday: int) -> dt.date:
    return first + dt.timedelta(days=(weekday - first.weekday()) % 7)


def _time_of(period: Period) -> BilledTime:
    first = period.start.replace(day=1)
    whole = Period(first, _next_month(first))
    if whole == period:
        return BilledTime()
    return BilledTime(0, (PartMonth(period.days, whole.days),))


def _next_month(day: dt.date) -> dt.date:
    return (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1)


def history_after(*, counted: Counted, riders: RiderRates) -> History:
    """Return what a month leaves to the next: its demands and charges, the bank, the credit.

    Raises:
        FactMissing: the period billed was not given.

    Source: domain rules 28, 29, 94 and 95.
    """
    period, netting, history = counted.use.period, counted.tariff.netting, counted.use.history
    if period is None:
        raise FactMissing(fact="period", tariff=counted.tariff.code)
    lines = lines_before_minimum(counted=counted, riders=riders)
    credit = settled(credit_after(counted=counted, lines=lines))
    charged = settled(dollars_of(lines))
    month = PastMonth(period.start, _peaks_by_name(counted), max(charged, ZERO))
    is_anniversary = is_settled(counted=counted)
    bank = {} if is_anniversary and netting.settle != "roll" else counted.bank
    return History((*history.months, month), bank, ZERO if is_anniversary else credit)


def _peaks_by_name(counted: Counted) -> dict[str, Decimal]:
    if not counted.measured.peaks:
        return {}
    seasons = counted.tariff.calendar.season_codes
    names = {c.of for c in counted.tariff.charges if isinstance(c, Demand)} - {"coincident"}
    return {
        name: measured_kw(of=name, counted=counted, seasons=seasons) for name in {*names, ANYTIME}
    }
