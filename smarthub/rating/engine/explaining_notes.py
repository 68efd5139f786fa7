"""What else made a line what it is: hours, blocks, banks, demand, and what a tax is on.

Each note is a code and its values; whoever shows it writes the sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from decimal import Decimal

from smarthub.kernel.money import Money
from smarthub.kernel.quantity import Unit
from smarthub.rating.engine.counting import ZERO, Counted, factor_of, months_of
from smarthub.rating.engine.demand import (
    billed_kw,
    measured_kw,
    power_factor_multiple,
    ratchet_kw,
)
from smarthub.rating.engine.extra import dollars_of
from smarthub.rating.types import (
    TAXES,
    Blocks,
    Charge,
    Demand,
    ExportCredit,
    LesserOfTax,
    Minimum,
    Netted,
    Note,
    PercentTax,
    PerHorsepower,
    PerKva,
    PerUnit,
    PowerFactor,
    PricedLine,
    Ratchet,
    Rider,
    TimeOfUse,
    UnmeteredLight,
    UsePeriod,
    WinterAverage,
    total_of,
)

PERCENT = 100
MonthDay = tuple[int, int]
MONTHS = 12


def part(counted: Counted) -> tuple[Note, ...]:
    """Say that the price changed inside the period, so that this is a part of it (rule 31)."""
    use = counted.use
    if use.whole is None or use.period is None or use.whole == use.period:
        return ()
    return (Note("part", {"period": use.period, "days": use.period.days,
                          "of_days": use.whole.days}),)  # fmt: skip


def inside(charge: Charge) -> tuple[Note, ...]:
    """Say that a tax is owed because the place lies inside a district (rule 34)."""
    if not isinstance(charge, TAXES) or charge.inside is None:
        return ()
    return (Note("inside", {"district": charge.inside.name}),)


def solar(counted: Counted, line: PricedLine) -> tuple[Note, ...]:
    """Say how many blocks of a shared array the account holds, and what each made (rule 39)."""
    blocks = counted.use.contract.solar_blocks or 1
    return (Note("solar", {"blocks": blocks, "kwh": line.quantity / blocks}),)


def of_use(
    counted: Counted, charge: PerUnit | Blocks | TimeOfUse | ExportCredit, code: str
) -> tuple[Note, ...]:
    """Say how the units counted were found: hours, a conversion, what panels gave back."""
    period = charge.period if isinstance(charge, PerUnit) else code.partition(".")[2]
    return (
        *_hours(counted, period),
        *_conversion(counted),
        *(() if isinstance(charge, ExportCredit) else _netting(counted)),
    )


def block_of_hours(charge: TimeOfUse | ExportCredit, line: PricedLine) -> tuple[Note, ...]:
    """Say which block a line of time-of-use is in, where its hours have several."""
    tiers = dict(charge.rates).get(line.code.partition(".")[2], ())
    if len(tiers) < 2:  # noqa: PLR2004 (one block is no block)
        return ()
    number = next((n for n, tier in enumerate(tiers) if tier.rate == abs(line.rate)), 0)
    return (Note("block_number", {"number": number + 1, "of": len(tiers)}),)


def demand(charge: Demand, counted: Counted) -> tuple[Note, ...]:
    """Say what was measured, and what raised it: a ratchet, a least, a power factor (rule 28)."""
    seasons = counted.seasons(charge)
    kw = measured_kw(of=charge.of, counted=counted, seasons=seasons)
    told = [Note("demand", {"of": charge.of, "kw": kw, "name": _period_name(counted, charge.of)})]
    if charge.ratchet:
        held = ratchet_kw(ratchet=charge.ratchet, of=charge.of, counted=counted)
        if held > kw:
            kw = held
            told.append(_ratchet(charge.ratchet, held))
    if charge.least_kw > kw:
        kw = charge.least_kw
        told.append(Note("least_kw", {"kw": kw}))
    if charge.power_factor:
        told += _power_factor(charge.power_factor, counted.use.contract.power_factor, kw)
    return (*told, *part(counted))


def _ratchet(ratchet: Ratchet, kw: Decimal) -> Note:
    highest = kw * PERCENT / ratchet.percent
    values = {"percent": ratchet.percent, "months": ratchet.months, "highest": highest, "kw": kw}
    return Note("ratchet", values)


def _power_factor(clause: PowerFactor, factor: Decimal | None, kw: Decimal) -> tuple[Note, ...]:
    times = Decimal(1) if factor is None else power_factor_multiple(clause=clause, factor=factor)
    if times == 1:
        return ()
    values = {"factor": factor, "below": clause.below, "kw": kw, "times": times,
              "billed": kw * times}  # fmt: skip
    return (Note("power_factor", values),)


def billed_demand(charge: Demand, counted: Counted) -> Decimal:
    """Return the kW a charge bills, ratchet and all."""
    return billed_kw(charge=charge, counted=counted)


def rider(charge: Rider, counted: Counted, own: Sequence[PricedLine]) -> Iterator[tuple[Note, ...]]:
    """Say which day a rider's price is of, for each of its lines (rule 25)."""
    whole = sum((line.quantity for line in own), ZERO)
    for line in own:
        code = "rider_of_bill" if charge.date == "bill" else "rider_of_use"
        share = () if len(own) == 1 else (Note("rider_share", {"of": whole, "unit": line.unit}),)
        credit = (Note("rider_credit"),) if line.rate < 0 else ()
        lamps = (Note("lamp_use", {"kwh": counted.lamps_use}),) if counted.lamps_use else ()
        yield (Note(code, {"per": charge.per}), *share, *credit, *lamps, *part(counted))


def lesser(charge: LesserOfTax, counted: Counted, above: Sequence[PricedLine]) -> tuple[Note, ...]:
    """Say both amounts a tax is the lesser of (rule 33)."""
    price = total_of(above)
    values = {
        "quantity": counted.quantity,
        "unit": charge.unit,
        "rate": charge.rate,
        "by_use": Money.rounded(counted.quantity * charge.rate),
        "percent": charge.percent,
        "price": price,
        "by_price": Money.rounded(max(price.dollars, ZERO) * charge.percent / PERCENT),
    }
    return (Note("lesser", values),)


def taxed(charge: PercentTax, above: Sequence[PricedLine]) -> tuple[Note, ...]:
    """Say which lines a percentage is taken of."""
    names = {
        line.name
        for line in above
        if not charge.on or line.code.split(".", maxsplit=1)[0] in charge.on
    }
    in_order = tuple(dict.fromkeys(line.name for line in above if line.name in names))
    return (Note("taxed", {"names": in_order if charge.on else (), "on_tax": charge.on_tax}),)


def facts(charge: PerKva | PerHorsepower | WinterAverage, counted: Counted) -> tuple[Note, ...]:
    """Say which fact of the account a charge counts."""
    match charge:
        case PerKva():
            return (Note("kva", {"kva": counted.use.contract.kva, "above": charge.above}),)
        case PerHorsepower():
            motors = counted.use.contract.horsepower
            return (Note("horsepower", {"hp": motors, "rate": charge.rate, "least": charge.least}),)
        case WinterAverage():
            return (Note("winter"),)


def light(charge: UnmeteredLight, counted: Counted) -> tuple[Note, ...]:
    """Say what a lamp uses, and for which part of a month it was on (rule 37)."""
    told = [Note("lamp", {"kwh": charge.kwh})]
    if months_of(counted.use.time) != 1:
        told += [
            Note("part_month", {"days": each.days, "of_days": each.of_days})
            for each in counted.use.time.parts
        ]
    return tuple(told)


def reached(charge: Minimum, counted: Counted, above: Sequence[PricedLine]) -> Decimal:
    """Return what a minimum found there already: of the month, or of the year up to it (29)."""
    base = [
        line
        for line in above
        if not charge.counts or line.code.split(".", maxsplit=1)[0] in charge.counts
    ]
    if charge.per == "year":
        past = (month.charged for month in counted.use.history.months[-(MONTHS - 1) :])
        return sum(past, max(dollars_of(base), ZERO))
    total = total_of(base).dollars
    return max(total, ZERO) if charge.credits_stay else total


def _hours(counted: Counted, code: str) -> tuple[Note, ...]:
    held = next((each for each in counted.tariff.calendar.periods if each.code == code), None)
    if held is None:
        return ()
    return (Note("hours", {"period": held, "seasons": _seasons(counted, held),
                           "holidays": bool(counted.tariff.calendar.holidays)}),)  # fmt: skip


def _seasons(
    counted: Counted, held: UsePeriod
) -> dict[str, tuple[tuple[int, int], tuple[int, int]]]:
    named = {code for window in held.windows for code in window.seasons}
    return {
        season.code: (season.start, season.end)
        for season in counted.tariff.calendar.seasons
        if season.code in named
    }


def _conversion(counted: Counted) -> tuple[Note, ...]:
    conversion, metered = counted.tariff.conversion, counted.use.quantity
    if conversion is None or metered is None or conversion.target is Unit.KILOGALLON:
        return ()
    factor = factor_of(counted.tariff, counted.use.factor)
    billed = sum(counted.billed.values(), ZERO)
    return (Note("converted", {"from": metered.value, "from_unit": metered.unit, "factor": factor,
                               "to": billed, "to_unit": conversion.target}),)  # fmt: skip


def netted(counted: Counted) -> Netted | None:
    """Return how a month of net metering came about; None where nothing is gathered in a bank.

    Source: domain rules 36 to 38 (net metering).
    """
    if counted.tariff.netting.kind in ("none", "hour"):
        return None
    return Netted(
        taken=sum(counted.measured.delivered.values(), ZERO),
        given=sum(counted.measured.received.values(), ZERO),
        bank=sum(counted.use.history.bank.values(), ZERO),
        billed=sum(counted.billed.values(), ZERO),
        left=sum(counted.bank.values(), ZERO),
    )


def _netting(counted: Counted) -> tuple[Note, ...]:
    found = netted(counted)
    return (Note("netting", asdict(found)),) if found else ()


def _period_name(counted: Counted, code: str) -> object:
    return counted.tariff.calendar.for_demand.period_name(code)
