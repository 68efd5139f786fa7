"""What rests on other lines: riders, what settles a bank, minimums, and taxes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from smarthub.kernel.money import Money
from smarthub.kernel.quantity import Unit
from smarthub.rating.engine.counting import ZERO, Counted, fact, months_of, split_by_days, times
from smarthub.rating.engine.demand import measured_kw
from smarthub.rating.engine.making import line, settled
from smarthub.rating.engine.tiers import in_tiers
from smarthub.rating.types import (
    ANYTIME,
    BANK,
    LesserOfTax,
    Minimum,
    PercentTax,
    PricedLine,
    RatePart,
    Rider,
    RiderRateMissing,
    SharedSolar,
    Tax,
    TieredTax,
    total_of,
)

PERCENT = 100
MONTHS = 12
RiderRates = Mapping[str, Decimal | Sequence[RatePart]]
"""Dollars a unit (or a month, or percent) of each rider; by days where it goes by use date."""


def rider_lines(
    *, charge: Rider, counted: Counted, riders: RiderRates, lines: Sequence[PricedLine]
) -> Iterator[PricedLine]:
    """Yield a rider's lines; below zero it gives a credit. No use, no line.

    812 kWh x 0.00375 = 3.045, so 3.05.

    Raises:
        RiderRateMissing: the rider has no rate.

    Source: domain rules 25, 26 and 30.
    """
    quantity, unit = _rider_base(charge, counted, lines)
    if not quantity:
        return
    if charge.rider not in riders:
        raise RiderRateMissing(rider=charge.rider)
    rates = riders[charge.rider]
    if isinstance(rates, Decimal):
        rates = (RatePart(1, rates),)
    shares: tuple[Decimal, ...] = (quantity,)
    if len(rates) > 1:
        shares = tuple(split_by_days(quantity=quantity, days=[part.days for part in rates]))
    for share, part in zip(shares, rates, strict=True):
        rate = part.rate / PERCENT if charge.per == "percent" else part.rate
        yield line(code=charge.code, name=charge.name, quantity=share, unit=unit, rate=rate)


def solar_lines(
    *, charge: SharedSolar, counted: Counted, riders: RiderRates
) -> Iterator[PricedLine]:
    """Yield the credit for what the account's blocks of a shared array made in the month.

    3 blocks x 412.5 kWh = 1,237.5 kWh x 0.0335 = 41.46. It stands in the last part of a period.

    Raises:
        RiderRateMissing: nobody recorded what a block made in the month.

    Source: domain rule 39.
    """
    blocks = counted.use.contract.solar_blocks
    if not blocks or not counted.use.is_last_part:
        return
    made = riders.get(charge.array)
    if not isinstance(made, Decimal):
        raise RiderRateMissing(rider=charge.array)
    if made:
        yield line(
            code=charge.line_code(blocks),
            name=charge.line_name(str(blocks)),
            quantity=blocks * made,
            unit=Unit.KWH,
            rate=-charge.rate,
        )


def bank_lines(*, counted: Counted) -> Iterator[PricedLine]:
    """Yield the payment for what is left in the kWh bank at its anniversary.

    412 kWh x 0.0335 = 13.80.

    Source: domain rule 95.
    """
    netting = counted.tariff.netting
    if netting.settle != "pay" or netting.name is None or netting.true_up_month is None:
        return
    left = sum(counted.bank.values(), ZERO)
    if left and counted.use.is_last_part and counted.bill_month == netting.true_up_month:
        yield line(code=BANK, name=netting.name, quantity=left, unit=Unit.KWH, rate=-netting.rate)


def minimum_lines(
    *, charge: Minimum, counted: Counted, lines: Sequence[PricedLine]
) -> Iterator[PricedLine]:
    """Yield what is missing to the least a bill comes to, after riders and before taxes.

    A yearly minimum is settled in its month over the year up to it, or the months known of it.

    Raises:
        FactMissing: the kVA or demand it rests on was not given.

    Source: domain rule 29; domain rules 3, rows 7 and 12.
    """
    base = [each for each in lines if _counts_toward(each, charge)]
    if charge.per == "year":
        missing = settled(_missing_of_year(charge, counted, dollars_of(base)))
        cents = Money.rounded(missing)
    else:
        least = _least(charge, counted)
        reached, rounded = dollars_of(base), total_of(base)
        if charge.credits_stay:
            reached, rounded = max(reached, ZERO), max(rounded, Money(0))
        missing, cents = settled(least - reached), Money.rounded(least) - rounded
    if missing > 0 and cents.cents > 0:
        one = Decimal(1)
        yield PricedLine(
            charge.code, charge.name, one, Unit.EACH, cents.dollars, cents, unrounded=missing
        )


def tax_lines(
    *, charge: Tax, counted: Counted, lines: Sequence[PricedLine], taxes: Sequence[PricedLine]
) -> Iterator[PricedLine]:
    """Yield a tax: on use, or on the sum of the rounded lines it is on; no use, no tax on it.

    Source: domain rules 26, 30, 33 and 34.
    """
    quantity = counted.quantity
    if isinstance(charge, PercentTax):
        yield from _percent_lines(charge, lines, taxes)
    elif not quantity:
        return
    elif isinstance(charge, LesserOfTax):
        yield lesser_of_tax(charge=charge, quantity=quantity, before_tax=total_of(lines))
    else:
        yield from _tiered_tax_lines(charge, quantity)


def lesser_of_tax(*, charge: LesserOfTax, quantity: Decimal, before_tax: Money) -> PricedLine:
    """Return the lesser of ``R(quantity x rate)`` and ``R(percent of the price)``.

    50,000 kWh at a price of 3,050.00: 160.00 by use, 152.50 by price, so 152.50.

    Source: domain rule 33.
    """
    share = charge.percent / PERCENT
    by_use = line(
        code=charge.code, name=charge.name, quantity=quantity, unit=charge.unit, rate=charge.rate
    )
    price = before_tax.dollars
    if by_use.amount <= Money.rounded(price * share):
        return by_use
    dollars = max(price * share, ZERO)
    return line(
        code=charge.code,
        name=charge.name,
        quantity=price,
        unit=Unit.DOLLAR,
        rate=share,
        dollars=dollars,
    )


def dollars_of(lines: Sequence[PricedLine]) -> Decimal:
    """Return the sum of the lines before rounding."""
    return sum((each.dollars for each in lines), ZERO)


def _rider_base(
    charge: Rider, counted: Counted, lines: Sequence[PricedLine]
) -> tuple[Decimal, Unit]:
    if charge.per == "percent":
        return total_of(lines).dollars, Unit.DOLLAR
    if charge.per == "month":
        return settled(times(Decimal(1), months_of(counted.use.time))), Unit.MONTH
    assert charge.unit is not None, charge.code  # noqa: S101 (read so by its kind)
    if not charge.when.seasons:
        return counted.quantity, charge.unit
    return sum(counted.in_seasons(counted.billed, charge).values(), ZERO), charge.unit


def _counts_toward(each: PricedLine, charge: Minimum) -> bool:
    return not charge.counts or each.code.split(".", maxsplit=1)[0] in charge.counts


def _least(charge: Minimum, counted: Counted) -> Decimal:
    least = charge.amount
    if charge.per == "day":
        least *= counted.measured.all_days
    elif "minimum" in counted.tariff.settings.prorated:
        least = times(least, months_of(counted.use.time))
    if charge.kva_rate:
        least += charge.kva_rate * max(fact(counted, "kva") - charge.kva_above, ZERO)
    if charge.kw_rate:
        seasons = counted.seasons(charge)
        least += charge.kw_rate * measured_kw(of=ANYTIME, counted=counted, seasons=seasons)
    return least


def _missing_of_year(charge: Minimum, counted: Counted, this_month: Decimal) -> Decimal:
    if counted.bill_month != charge.settles_in or not counted.use.is_last_part:
        return ZERO
    past = [month.charged for month in counted.use.history.months[-(MONTHS - 1) :]]
    charged = [*past, max(this_month, ZERO)]
    return charge.amount * len(charged) / MONTHS - sum(charged, ZERO)


def _percent_lines(
    charge: PercentTax, lines: Sequence[PricedLine], taxes: Sequence[PricedLine]
) -> Iterator[PricedLine]:
    taxed = [
        each for each in lines if not charge.on or each.code.split(".", maxsplit=1)[0] in charge.on
    ]
    base = total_of([*taxed, *(taxes if charge.on_tax else ())])
    if base.cents > 0:
        rate = charge.percent / PERCENT
        yield line(
            code=charge.code,
            name=charge.name,
            quantity=base.dollars,
            unit=Unit.DOLLAR,
            rate=rate,
        )


def _tiered_tax_lines(charge: TieredTax, quantity: Decimal) -> Iterator[PricedLine]:
    for tier, inside in in_tiers(tiers=charge.tiers, quantity=quantity):
        yield line(
            code=charge.code, name=charge.name, quantity=inside, unit=charge.unit, rate=tier.rate
        )
