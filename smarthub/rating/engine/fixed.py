"""Charges that do not count the meter: for time, lamps, transformers and motors."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from smarthub.kernel.quantity import Unit
from smarthub.rating.engine.counting import ZERO, Counted, fact, months_of, times
from smarthub.rating.engine.making import line, shared_line
from smarthub.rating.types import (
    BilledTime,
    FactMissing,
    FixedDaily,
    FixedMonthly,
    FixedYearly,
    PartMonth,
    PerHorsepower,
    PerKva,
    PricedLine,
    Settings,
    Subscription,
    UnmeteredLight,
    WinterAverage,
)

THIRTY = 30
MONTHS = 12


def fixed_lines(
    *, charge: FixedMonthly | FixedYearly | Subscription, time: BilledTime
) -> Iterator[PricedLine]:
    """Yield a line for whole months, and one for each part of a month, shown by the day.

    33.00 for 19 days of 30 is 20.90, shown as 19 days at 1.10. A yearly amount is a twelfth a
    month.

    Source: domain rules 30, 32 and 38.
    """
    each = MONTHS if isinstance(charge, FixedYearly) else 1
    amount, name = charge.amount, charge.name
    if time.whole_months:
        months, monthly = Decimal(time.whole_months), amount / each
        dollars = months * amount / each
        yield line(
            code=charge.code,
            name=name,
            quantity=months,
            unit=Unit.MONTH,
            rate=monthly,
            dollars=dollars,
        )
    for part in time.parts:
        yield line(
            code=charge.code,
            name=name,
            quantity=Decimal(part.days),
            unit=Unit.DAY,
            rate=amount / each / part.of_days,
            dollars=amount * part.days / part.of_days / each,
        )


def prorated(*, time: BilledTime, settings: Settings) -> BilledTime:
    """Return the time fixed charges are for, parts of months as the tariff prorates them.

    Source: domain rules 32 and 1.3; the settings ``proration`` and ``prorated``.
    """
    if "fixed" not in settings.prorated:
        return BilledTime(time.whole_months + len(time.parts))
    if settings.proration != "thirty_days":
        return time
    return BilledTime(time.whole_months, tuple(PartMonth(p.days, THIRTY) for p in time.parts))


def daily_line(*, charge: FixedDaily, counted: Counted) -> PricedLine:
    """Return a daily charge: 1.26 a day for 31 days is 39.06.

    Raises:
        FactMissing: the period billed was not given.

    Source: domain rules 1.3.
    """
    period = counted.use.period
    if period is None:
        raise FactMissing(fact="period", tariff=counted.tariff.code)
    days = Decimal(period.days)
    return line(
        code=charge.code, name=charge.name, quantity=days, unit=Unit.DAY, rate=charge.amount
    )


def kva_lines(*, charge: PerKva, counted: Counted) -> Iterator[PricedLine]:
    """Yield a line for the installed kVA above the allowance: 1.00 for each over 10.

    Raises:
        FactMissing: the account's kVA was not given.

    Source: domain rules 3, rows 11 and 12.
    """
    above = fact(counted, "kva") - charge.above
    if above > 0:
        yield shared_line(
            charge=charge, quantity=above, unit=Unit.KVA, rate=charge.rate, counted=counted
        )


def horsepower_line(*, charge: PerHorsepower, counted: Counted) -> PricedLine:
    """Return a season's charge for connected motors: 29.00 x 75 HP, and at least the least.

    Raises:
        FactMissing: the account's horsepower was not given.

    Source: domain rules 3, row 9, and 9.1, E-IRR.
    """
    motors = fact(counted, "horsepower")
    if motors * charge.rate < charge.least:
        one = Decimal(1)
        return shared_line(
            charge=charge, quantity=one, unit=Unit.EACH, rate=charge.least, counted=counted
        )
    return shared_line(
        charge=charge, quantity=motors, unit=Unit.HORSEPOWER, rate=charge.rate, counted=counted
    )


def light_line(*, charge: UnmeteredLight, counted: Counted) -> PricedLine:
    """Return the price of the account's lamps, for parts of a month by days.

    Raises:
        FactMissing: the number of lamps was not given.

    Source: domain rule 37.
    """
    lamps, months = Decimal(counted.lamps), months_of(counted.use.time)
    return line(
        code=charge.code,
        name=charge.name,
        quantity=lamps,
        unit=Unit.EACH,
        rate=times(charge.amount, months),
        dollars=times(lamps * charge.amount, months),
    )


def winter_line(*, charge: WinterAverage, counted: Counted) -> PricedLine:
    """Return a charge on the winter average, whatever was used this month.

    Raises:
        FactMissing: the account's winter average was not given.

    Source: domain rules 3, row 19.
    """
    average = fact(counted, "winter_average")
    return shared_line(
        charge=charge, quantity=average, unit=charge.unit, rate=charge.rate, counted=counted
    )


def winter_average(*, uses: list[Decimal]) -> Decimal:
    """Return the mean use of the winter months; a winter without any use averages zero.

    Source: domain rules 3, row 19.
    """
    return sum(uses, ZERO) / len(uses) if uses else ZERO
