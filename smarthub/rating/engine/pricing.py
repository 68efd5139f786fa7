"""Price one period under one tariff: each charge's lines, in the order of a bill."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from smarthub.rating.engine import credit, energy, extra, fixed
from smarthub.rating.engine.counting import Counted, count
from smarthub.rating.engine.demand import demand_lines
from smarthub.rating.engine.exempt import exempt_lines
from smarthub.rating.engine.extra import RiderRates
from smarthub.rating.engine.making import line
from smarthub.rating.types import (
    TAXES,
    BilledUse,
    Blocks,
    Charge,
    Demand,
    ExportCredit,
    FixedDaily,
    FixedMonthly,
    FixedYearly,
    Minimum,
    PerHorsepower,
    PerKva,
    PerUnit,
    PriceBelowZero,
    PricedLine,
    Rider,
    SharedSolar,
    Subscription,
    Tariff,
    Tax,
    TimeOfUse,
    UnmeteredLight,
    WinterAverage,
    total_of,
)


def price(*, tariff: Tariff, use: BilledUse, riders: RiderRates) -> tuple[PricedLine, ...]:
    """Return the lines one agreement owes for one period, in the order of the tariff.

    Args:
        tariff: The version that holds for the period.
        use: Use in the unit of the meter, and the time fixed charges are for.
        riders: Dollars a unit of each rider on the bill date; may be negative.

    Raises:
        RiderRateMissing: a rider of the tariff is not among ``riders``.
        FactMissing: a charge rests on a fact that was not given: demand, kVA, a period.
        PriceBelowZero: a rider's credit is larger than the bill.
        ValueError: use is missing, negative, or in another unit than the tariff's meter.

    Source: domain rules 26, 29 and 30; minimums come after the lines they are computed on, and
    taxes after those.
    """
    return price_counted(counted=count(tariff=tariff, use=use), riders=riders)


def price_counted(*, counted: Counted, riders: RiderRates) -> tuple[PricedLine, ...]:
    """Return the lines of what was counted; see ``price``."""
    lines = lines_before_taxes(counted=counted, riders=riders)
    taxes = tax_lines(counted=counted, lines=lines)
    refuse_below_zero(tariff=counted.tariff, lines=(*lines, *taxes))
    return (*lines, *taxes)


def lines_before_taxes(
    *, counted: Counted, riders: RiderRates, earlier: Sequence[PricedLine] = ()
) -> list[PricedLine]:
    """Return all lines but taxes: charges, riders, minimums, and what a settlement pays.

    ``earlier`` are the lines of earlier parts of the same period; a yearly minimum counts them.
    """
    lines = list(lines_before_minimum(counted=counted, riders=riders))
    for charge in counted.tariff.charges:
        if isinstance(charge, Minimum) and counted.covers(charge):
            counts = (*earlier, *lines) if charge.per == "year" else tuple(lines)
            lines += extra.minimum_lines(charge=charge, counted=counted, lines=counts)
    return [*lines, *credit.payout_lines(counted=counted, lines=tuple(lines))]


def tax_lines(*, counted: Counted, lines: Sequence[PricedLine]) -> list[PricedLine]:
    """Return the taxes on lines, each seeing the ones above it, less what certificates take off.

    A tax of a district is owed only where the place lies in it (rule 34).
    """
    taxes: list[PricedLine] = []
    for charge in counted.tariff.charges:
        if isinstance(charge, TAXES) and counted.covers(charge) and _is_inside(charge, counted):
            owed = [
                *extra.tax_lines(charge=charge, counted=counted, lines=lines, taxes=tuple(taxes))
            ]
            taxes += [*owed, *exempt_lines(charge=charge, counted=counted, owed=owed)]
    return taxes


def _is_inside(charge: Tax, counted: Counted) -> bool:
    return charge.inside is None or charge.inside.code in counted.use.inside


def lines_before_minimum(*, counted: Counted, riders: RiderRates) -> list[PricedLine]:
    """Return the lines a minimum is compared with: all charges and riders, no taxes (rule 29)."""
    lines: list[PricedLine] = []
    for charge in counted.tariff.charges:
        if isinstance(charge, Rider) and counted.covers(charge):
            lines += extra.rider_lines(
                charge=charge, counted=counted, riders=riders, lines=tuple(lines)
            )
        elif isinstance(charge, SharedSolar) and counted.covers(charge):
            lines += extra.solar_lines(charge=charge, counted=counted, riders=riders)
        elif counted.covers(charge) and not credit.is_kept_back(charge=charge, counted=counted):
            lines += _lines_of(charge, counted)
    lines += credit.credit_lines(counted=counted, lines=tuple(lines))
    return [*lines, *extra.bank_lines(counted=counted)]


def may_be_below_zero(*, tariff: Tariff) -> bool:
    """Return whether a bill below zero may be right: the member sells to us, or has no rider.

    Source: domain rules 25 and 96; a rider's credit larger than the bill is a mistake in a rate.
    """
    pays = tariff.pays_for_export or tariff.netting.settle == "pay" or bool(tariff.shared_arrays)
    return pays or not tariff.rider_codes


def refuse_below_zero(*, tariff: Tariff, lines: Sequence[PricedLine]) -> None:
    """Refuse a bill that a rider took below zero.

    Raises:
        PriceBelowZero: it is, and the co-op pays for nothing.
    """
    total = total_of(lines)
    if total.cents < 0 and not may_be_below_zero(tariff=tariff):
        raise PriceBelowZero(tariff=tariff.code, total=str(total))


def unit_line(*, charge: PerUnit | Rider, quantity: Decimal, rate: Decimal) -> PricedLine:
    """Return ``R(quantity x rate)``; a rider below zero gives a credit (rules 25 and 26)."""
    assert charge.unit is not None, charge.code  # noqa: S101 (a rider counted by the unit has one)
    return line(code=charge.code, name=charge.name, quantity=quantity, unit=charge.unit, rate=rate)


def _lines_of(charge: Charge, counted: Counted) -> Iterator[PricedLine] | Sequence[PricedLine]:
    match charge:
        case PerUnit():
            return energy.per_unit_lines(charge=charge, counted=counted)
        case Blocks():
            return energy.block_lines(charge=charge, counted=counted)
        case TimeOfUse():
            return energy.time_of_use_lines(charge=charge, counted=counted)
        case ExportCredit():
            return energy.export_lines(charge=charge, counted=counted)
        case Demand():
            return demand_lines(charge=charge, counted=counted)
        case _:
            return _fixed_lines_of(charge, counted)


def _fixed_lines_of(
    charge: Charge, counted: Counted
) -> Iterator[PricedLine] | Sequence[PricedLine]:
    match charge:
        case FixedMonthly() | FixedYearly() | Subscription():
            time = fixed.prorated(time=counted.use.time, settings=counted.tariff.settings)
            return fixed.fixed_lines(charge=charge, time=time)
        case PerKva():
            return fixed.kva_lines(charge=charge, counted=counted)
        case FixedDaily() | PerHorsepower() | UnmeteredLight() | WinterAverage():
            return [_single_line(charge, counted)]
        case _:
            return []


def _single_line(
    charge: FixedDaily | PerHorsepower | UnmeteredLight | WinterAverage, counted: Counted
) -> PricedLine:
    match charge:
        case FixedDaily():
            return fixed.daily_line(charge=charge, counted=counted)
        case PerHorsepower():
            return fixed.horsepower_line(charge=charge, counted=counted)
        case UnmeteredLight():
            return fixed.light_line(charge=charge, counted=counted)
        case WinterAverage():
            return fixed.winter_line(charge=charge, counted=counted)
