"""Price usage under a tariff. Pure functions: no database, no clock, no settings.

Each function is a formula a rate schedule prints and a member can check by hand; its docstring
names the domain rule. Quantities and rates are exact; each line is rounded once, half away from
zero, and the total is the sum of the rounded lines (rule 26).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal

from smarthub.kernel.errors import Unavailable
from smarthub.kernel.money import Money
from smarthub.kernel.quantity import Quantity, Unit
from smarthub.rating.types import (
    BilledTime,
    BilledUse,
    Conversion,
    FixedMonthly,
    LesserOfTax,
    PerUnit,
    PricedLine,
    Rider,
    Subscription,
    Tariff,
    total_of,
)

RATE_STEP = Decimal("0.000001")


class RiderRateMissing(Unavailable):
    """The tariff needs a rider that has no rate on the bill date."""

    code = "rate_missing"


def price(
    *, tariff: Tariff, use: BilledUse, riders: Mapping[str, Decimal]
) -> tuple[PricedLine, ...]:
    """Return the lines one agreement owes for one period, in the order of the tariff.

    Args:
        tariff: The version that holds for the period.
        use: Use in the unit of the meter, and the time fixed charges are for.
        riders: Dollars a unit of each rider on the bill date; may be negative.

    Raises:
        RiderRateMissing: a rider of the tariff is not among ``riders``.
        ValueError: use is missing, negative, or in another unit than the tariff's meter.

    Source: domain rules 26 and 30; taxes come after the lines they are computed on.
    """
    billed = billed_quantity(tariff=tariff, metered=use.quantity)
    lines = [
        line
        for charge in tariff.charges
        if not isinstance(charge, LesserOfTax)
        for line in _lines_of(charge, billed, use.time, riders)
    ]
    before_tax = total_of(lines)
    taxes = [charge for charge in tariff.charges if isinstance(charge, LesserOfTax)]
    return (*lines, *_tax_lines(taxes, billed, before_tax))


def billed_quantity(*, tariff: Tariff, metered: Quantity | None) -> Decimal:
    """Return what the charges count, in the tariff's billed unit; zero where nothing is metered.

    Raises:
        ValueError: use is missing, negative, or in another unit than the tariff's meter.

    Source: domain rule 12; the gas tariff's conversion clause.
    """
    if tariff.metered_unit is None:
        return Decimal(0)
    if metered is None or metered.unit is not tariff.metered_unit or metered.value < 0:
        raise ValueError(f"{tariff.code} cannot price {metered}")
    return converted(tariff.conversion, metered.value) if tariff.conversion else metered.value


def converted(conversion: Conversion, value: Decimal) -> Decimal:
    """Return ``value`` in the conversion's target unit, rounded as the schedule says.

    118 ccf x 1.025 = 120.95, to 0.1: 121.0 therms.

    Source: domain rules section 9.1, G-R1.
    """
    step = Decimal(1).scaleb(-conversion.decimals)
    return (value * conversion.factor).quantize(step, rounding=ROUND_HALF_UP)


def fixed_lines(*, charge: FixedMonthly | Subscription, time: BilledTime) -> Iterator[PricedLine]:
    """Yield a line for whole months, and one for each part of a month, shown by the day.

    33.00 for 19 days of 30 is 20.90, shown as 19 days at 1.10.

    Source: domain rules 30, 32 and 38.
    """
    if time.whole_months:
        months = Decimal(time.whole_months)
        amount = Money.rounded(months * charge.amount)
        yield PricedLine(charge.code, charge.name, months, Unit.MONTH, charge.amount, amount)
    for part in time.parts:
        daily = (charge.amount / part.of_days).quantize(RATE_STEP, rounding=ROUND_HALF_UP)
        amount = Money.rounded(charge.amount * part.days / part.of_days)
        yield PricedLine(charge.code, charge.name, Decimal(part.days), Unit.DAY, daily, amount)


def unit_line(*, charge: PerUnit | Rider, quantity: Decimal, rate: Decimal) -> PricedLine:
    """Return ``R(quantity x rate)``; a rider below zero gives a credit.

    812 kWh x 0.00375 = 3.045, so 3.05.

    Source: domain rules 25 and 26.
    """
    amount = Money.rounded(quantity * rate)
    return PricedLine(charge.code, charge.name, quantity, charge.unit, rate, amount)


def lesser_of_tax(*, charge: LesserOfTax, quantity: Decimal, before_tax: Money) -> PricedLine:
    """Return the lesser of ``R(quantity x rate)`` and ``R(percent of the price)``.

    50,000 kWh at a price of 3,050.00: 160.00 by use, 152.50 by price, so 152.50.

    Source: domain rule 33.
    """
    share = charge.percent / 100
    by_use = Money.rounded(quantity * charge.rate)
    by_price = Money.rounded(before_tax.dollars * share)
    if by_use <= by_price:
        return PricedLine(charge.code, charge.name, quantity, charge.unit, charge.rate, by_use)
    return PricedLine(
        charge.code, charge.name, before_tax.dollars, Unit.DOLLAR, share, max(by_price, Money(0))
    )


def _lines_of(
    charge: FixedMonthly | Subscription | PerUnit | Rider,
    quantity: Decimal,
    time: BilledTime,
    riders: Mapping[str, Decimal],
) -> Iterator[PricedLine]:
    match charge:
        case FixedMonthly() | Subscription():
            yield from fixed_lines(charge=charge, time=time)
        case PerUnit() | Rider() if quantity:  # zero use bills fixed charges only (rule 30)
            yield unit_line(charge=charge, quantity=quantity, rate=_rate_of(charge, riders))
        case _:
            return


def _rate_of(charge: PerUnit | Rider, riders: Mapping[str, Decimal]) -> Decimal:
    if isinstance(charge, PerUnit):
        return charge.rate
    if charge.rider not in riders:
        raise RiderRateMissing(rider=charge.rider)
    return riders[charge.rider]


def _tax_lines(
    taxes: list[LesserOfTax], quantity: Decimal, before_tax: Money
) -> Iterator[PricedLine]:
    if quantity:  # no use, no tax (rule 30)
        for charge in taxes:
            yield lesser_of_tax(charge=charge, quantity=quantity, before_tax=before_tax)
