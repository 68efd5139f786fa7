"""Charges that count no meter, for many services: most are the same line for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

import numpy as np

from smarthub.kernel.quantity import Unit
from smarthub.rating.engine import fixed
from smarthub.rating.engine.batch.columns import Column, LineColumn, made
from smarthub.rating.engine.batch.counting import Counted
from smarthub.rating.types import (
    BilledTime,
    Charge,
    FixedDaily,
    FixedMonthly,
    FixedYearly,
    PerHorsepower,
    PerKva,
    Subscription,
    UnmeteredLight,
    WinterAverage,
)


def fixed_lines_of(*, charge: Charge, counted: Counted) -> Iterator[LineColumn]:
    """Yield the lines of a charge that counts no meter; of any other kind none.

    Source: domain rules 30, 32, 37 and 38.
    """
    share = counted.services.share
    match charge:
        case FixedMonthly() | FixedYearly() | Subscription():
            settings = counted.tariff.settings
            time = fixed.prorated(time=counted.services.time, settings=settings)
            yield from _for_all(charge, time, counted.count)
        case FixedDaily():
            days = Column.same(counted.services.period.days, counted.count)
            yield _simple(charge, Unit.DAY, days, charge.amount, counted)
        case PerKva():
            above = counted.fact("kva") - Column.same(charge.above, counted.count)
            yield _simple(
                charge, Unit.KVA, above.above_zero(), Fraction(charge.rate) * share, counted
            )
        case PerHorsepower():
            yield from _horsepower_lines(charge, counted)
        case UnmeteredLight():
            yield _light_line(charge, counted)
        case WinterAverage():
            average = counted.fact("winter_average")
            line = _simple(charge, charge.unit, average, Fraction(charge.rate) * share, counted)
            yield _always(line)
        case _:
            return


def _for_all(
    charge: FixedMonthly | FixedYearly | Subscription, time: BilledTime, count: int
) -> Iterator[LineColumn]:
    """Yield lines that are the same for every service, as ``engine.fixed`` makes them."""
    everybody = np.ones(count, bool)
    each = fixed.MONTHS if isinstance(charge, FixedYearly) else 1
    whole = [Fraction(time.whole_months)] if time.whole_months else []
    spans = [*whole, *(Fraction(part.days, part.of_days) for part in time.parts)]
    lines = fixed.fixed_lines(charge=charge, time=time)
    for line, months in zip(lines, spans, strict=True):
        yield LineColumn(
            line.code,
            line.name,
            line.unit,
            Column.same(line.quantity, count),
            Column.same(line.rate, count),
            Column.same(months * Fraction(charge.amount) / each, count),
            everybody,
            np.full(count, line.amount.cents),
        )


def _simple(
    charge: FixedDaily | PerKva | WinterAverage,
    unit: Unit,
    quantity: Column,
    rate: Decimal | Fraction,
    counted: Counted,
) -> LineColumn:
    return made(
        code=charge.code,
        name=charge.name,
        unit=unit,
        quantity=quantity,
        rate=Column.same(rate, counted.count),
        present=quantity.is_positive(),
    )


def _always(line: LineColumn) -> LineColumn:
    """Return a line that is on every bill, at zero too."""
    everybody = np.ones(len(line.present), bool)
    return made(
        code=line.code,
        name=line.name,
        unit=line.unit,
        quantity=line.quantity,
        rate=line.rate,
        present=everybody,
    )


def _horsepower_lines(charge: PerHorsepower, counted: Counted) -> Iterator[LineColumn]:
    motors = counted.fact("horsepower")
    rate = Column.same(charge.rate, counted.count)
    least = Column.same(charge.least, counted.count)
    too_small = (least - motors * rate).is_positive()
    one = Column.same(1, counted.count)
    for unit, quantity, price, present in (
        (Unit.EACH, one, least, too_small),
        (Unit.HORSEPOWER, motors, rate, ~too_small),
    ):
        yield made(
            code=charge.code,
            name=charge.name,
            unit=unit,
            quantity=quantity,
            rate=price.by(counted.services.share),
            present=present,
        )


def _light_line(charge: UnmeteredLight, counted: Counted) -> LineColumn:
    lamps = counted.fact("lamps")
    return made(
        code=charge.code,
        name=charge.name,
        unit=Unit.EACH,
        quantity=lamps,
        rate=Column.same(charge.amount, counted.count).by(counted.months),
        present=np.ones(counted.count, bool),
    )
