"""What rests on other lines, for many services: riders, credits, minimums, and taxes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

import numpy as np

from smarthub.kernel.quantity import Unit
from smarthub.rating.engine.batch.columns import (
    CENT,
    Column,
    LineColumn,
    made,
    total_cents,
    total_dollars,
)
from smarthub.rating.engine.batch.counting import Counted, settled
from smarthub.rating.engine.batch.demand import measured_kw
from smarthub.rating.engine.batch.energy import export_lines, in_tiers
from smarthub.rating.engine.batch.measuring import split_by_days
from smarthub.rating.engine.credit import ENERGY
from smarthub.rating.engine.extra import MONTHS, RiderRates
from smarthub.rating.types import (
    ANYTIME,
    BANK,
    ExportCredit,
    LesserOfTax,
    Minimum,
    PercentTax,
    RatePart,
    Rider,
    SharedSolar,
    Tax,
    TieredTax,
)

HUNDREDTH = Decimal("0.01")
Lines = Sequence[LineColumn]


def rider_lines(
    *, charge: Rider, counted: Counted, riders: RiderRates, lines: Lines
) -> Iterator[LineColumn]:
    """Yield a rider's lines; below zero it gives a credit. No use, no line.

    Source: domain rules 25, 26 and 30.
    """
    quantity, unit = _rider_base(charge, counted, lines)
    if charge.rider not in riders:
        counted.unfit |= quantity.is_nonzero()
        return
    rates = riders[charge.rider]
    if isinstance(rates, Decimal):
        rates = (RatePart(1, rates),)
    shares = [quantity]
    if len(rates) > 1:
        shares = split_by_days(quantity=quantity, days=[part.days for part in rates])
    for share, part in zip(shares, rates, strict=True):
        rate = part.rate * HUNDREDTH if charge.per == "percent" else part.rate
        yield made(
            code=charge.code,
            name=charge.name,
            unit=unit,
            quantity=share,
            rate=Column.same(rate, counted.count),
            present=quantity.is_nonzero(),
        )


def solar_lines(
    *, charge: SharedSolar, counted: Counted, riders: RiderRates
) -> Iterator[LineColumn]:
    """Yield the credit for blocks of a shared array: a line for each number of blocks held.

    Source: domain rule 39.
    """
    held = [contract.solar_blocks or 0 for contract in counted.services.contracts]
    if not any(held) or not counted.services.is_last_part:
        return
    each, made_kwh = np.array(held, np.int64), riders.get(charge.array)
    if not isinstance(made_kwh, Decimal):
        counted.unfit |= each > 0
        return
    for blocks in sorted({number for number in held if number}):
        yield made(
            code=charge.line_code(blocks),
            name=charge.line_name(str(blocks)),
            unit=Unit.KWH,
            quantity=Column.same(blocks * made_kwh, counted.count),
            rate=Column.same(-charge.rate, counted.count),
            present=np.asarray((each == blocks) & bool(made_kwh), bool),
        )


def bank_lines(*, counted: Counted) -> Iterator[LineColumn]:
    """Yield the payment for what is left in the kWh bank at its anniversary.

    Source: domain rule 95.
    """
    netting = counted.tariff.netting
    if netting.settle != "pay" or netting.name is None or netting.true_up_month is None:
        return
    if counted.bill_month == netting.true_up_month and counted.services.is_last_part:
        left = Column.same(0, counted.count)
        for kwh in counted.bank.values():
            left += kwh
        yield made(
            code=BANK,
            name=netting.name,
            unit=Unit.KWH,
            quantity=left,
            rate=Column.same(-netting.rate, counted.count),
            present=left.is_nonzero(),
        )


def is_settled(*, counted: Counted) -> bool:
    """Return whether the period is the tariff's month of true-up."""
    is_last = counted.services.is_last_part
    return is_last and counted.tariff.netting.true_up_month == counted.bill_month


def credit_lines(*, counted: Counted, lines: Lines) -> Iterator[LineColumn]:
    """Yield what earlier credit pays of this month's energy, and never more.

    Source: domain rule 96.
    """
    yield from _credit_line(counted, _credit_used(counted, lines))


def payout_lines(*, counted: Counted, lines: Lines) -> Iterator[LineColumn]:
    """Yield the payment of all credit in the month of true-up, after any minimum.

    Source: domain rules 95 and 96.
    """
    if counted.tariff.netting.credit == "next_month" and is_settled(counted=counted):
        yield from _credit_line(counted, credit_after(counted=counted, lines=lines))


def credit_after(*, counted: Counted, lines: Lines) -> Column:
    """Return the dollars of credit after the month: what was left, and what was earned."""
    left = Column.same(0, counted.count)
    if counted.tariff.netting.credit != "next_month":
        return left
    left = _credit_of(counted) - _credit_used(counted, lines)
    for charge in counted.tariff.charges:
        if isinstance(charge, ExportCredit):
            earned = list(export_lines(charge=charge, counted=counted))
            left -= total_dollars(earned, counted.count)
    return left


def minimum_lines(*, charge: Minimum, counted: Counted, lines: Lines) -> Iterator[LineColumn]:
    """Yield what is missing to the least a bill comes to, after riders and before taxes.

    Source: domain rule 29.
    """
    base = [each for each in lines if not charge.counts or _root(each) in charge.counts]
    reached = total_dollars(base, counted.count)
    if charge.per == "year":
        missing = settled(_missing_of_year(charge, counted, reached))
        cents = missing.steps(CENT)
    else:
        rounded = total_cents(base, counted.count)
        if charge.credits_stay:
            reached, rounded = reached.above_zero(), np.maximum(rounded, 0)
        least = _least(charge, counted)
        missing, cents = least - reached, least.steps(CENT) - rounded
    missing = settled(missing)
    present = missing.is_positive() & np.asarray(cents > 0, bool)
    one = Column.same(1, counted.count)
    yield LineColumn(
        charge.code,
        charge.name,
        Unit.EACH,
        one,
        Column(cents, CENT),
        missing.where(present),
        present,
        np.where(present, cents, 0),
    )


def tax_lines(*, charge: Tax, counted: Counted, lines: Lines, taxes: Lines) -> Iterator[LineColumn]:
    """Yield a tax: on use, or on the sum of the rounded lines it is on; no use, no tax on it.

    Source: domain rules 26, 30, 33 and 34.
    """
    match charge:
        case PercentTax():
            yield _percent_line(charge, counted, lines, taxes)
        case LesserOfTax():
            yield from _lesser_of_lines(charge, counted, lines)
        case TieredTax():
            quantity = counted.quantity
            for tier, inside in in_tiers(tiers=charge.tiers, quantity=quantity, size=None):
                yield made(
                    code=charge.code,
                    name=charge.name,
                    unit=charge.unit,
                    quantity=inside,
                    rate=Column.same(tier.rate, counted.count),
                    present=inside.is_positive(),
                )


def _rider_base(charge: Rider, counted: Counted, lines: Lines) -> tuple[Column, Unit]:
    if charge.per == "percent":
        return Column(total_cents(lines, counted.count), CENT), Unit.DOLLAR
    if charge.per == "month":
        return settled(Column.same(counted.months, counted.count)), Unit.MONTH
    assert charge.unit is not None, charge.code  # noqa: S101 (read so by its kind)
    if not charge.when.seasons:
        return counted.quantity, charge.unit
    return counted.sum_of(counted.in_seasons(counted.billed, charge)), charge.unit


def _root(line: LineColumn) -> str:
    return line.code.split(".", maxsplit=1)[0]


def _credit_of(counted: Counted) -> Column:
    histories = counted.services.histories
    if not histories:
        return Column.same(0, counted.count)
    return Column.of([history.credit for history in histories])


def _credit_used(counted: Counted, lines: Lines) -> Column:
    codes = {c.code for c in counted.tariff.charges if isinstance(c, ENERGY)}
    energy = total_dollars([each for each in lines if _root(each) in codes], counted.count)
    return _credit_of(counted).at_most(energy.above_zero())


def _credit_line(counted: Counted, dollars: Column) -> Iterator[LineColumn]:
    name = counted.tariff.netting.name
    if name is not None:
        yield made(
            code=BANK,
            name=name,
            unit=Unit.EACH,
            quantity=Column.same(1, counted.count),
            rate=-dollars,
            present=dollars.is_nonzero(),
        )


def _least(charge: Minimum, counted: Counted) -> Column:
    times: Fraction | int = Fraction(1)
    if charge.per == "day":
        times = sum(counted.measured.days.values())
    elif "minimum" in counted.tariff.settings.prorated:
        times = counted.months
    least = Column.same(charge.amount, counted.count).by(times)
    if charge.kva_rate:
        above = counted.fact("kva") - Column.same(charge.kva_above, counted.count)
        least += above.above_zero().by(charge.kva_rate)
    if charge.kw_rate:
        seasons = counted.seasons(charge)
        kw = measured_kw(of=ANYTIME, counted=counted, seasons=seasons)
        least += kw.by(charge.kw_rate)
    return least


def _missing_of_year(charge: Minimum, counted: Counted, this_month: Column) -> Column:
    if counted.bill_month != charge.settles_in or not counted.services.is_last_part:
        return Column.same(0, counted.count)
    past = [history.months[-(MONTHS - 1) :] for history in counted.services.histories]
    known = [len(months) for months in past] or [0] * counted.count
    charged = this_month.above_zero()
    if past:
        zero = Decimal(0)
        charged += Column.of([sum((m.charged for m in months), zero) for months in past])
    due = Column(np.array([months + 1 for months in known]), MONTHS).by(charge.amount)
    return due - charged


def _percent_line(charge: PercentTax, counted: Counted, lines: Lines, taxes: Lines) -> LineColumn:
    taxed = [each for each in lines if not charge.on or _root(each) in charge.on]
    base = total_cents([*taxed, *(taxes if charge.on_tax else ())], counted.count)
    return made(
        code=charge.code,
        name=charge.name,
        unit=Unit.DOLLAR,
        quantity=Column(base, CENT),
        rate=Column.same(charge.percent * HUNDREDTH, counted.count),
        present=np.asarray(base > 0, bool),
    )


def _lesser_of_lines(charge: LesserOfTax, counted: Counted, lines: Lines) -> Iterator[LineColumn]:
    quantity = counted.quantity
    rate = Column.same(charge.rate, counted.count)
    share = Column.same(charge.percent * HUNDREDTH, counted.count)
    price = Column(total_cents(lines, counted.count), CENT)
    used = quantity.is_nonzero()
    is_by_use = np.asarray((quantity * rate).steps(CENT) <= (price * share).steps(CENT), bool)
    yield made(
        code=charge.code,
        name=charge.name,
        unit=charge.unit,
        quantity=quantity,
        rate=rate,
        present=used & is_by_use,
    )
    yield made(
        code=charge.code,
        name=charge.name,
        unit=Unit.DOLLAR,
        quantity=price,
        rate=share,
        dollars=(price * share).above_zero(),
        present=used & ~is_by_use,
    )
