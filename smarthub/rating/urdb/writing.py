"""Write a tariff as a URDB rate that prices the same; what URDB cannot say is refused by name.

Seasons become months, time-of-use periods the numbers of a 12 by 24 schedule, and all charges for
energy one structure. Names of charges and everything Spanish have no place in URDB and are left
out: they price nothing. Whatever prices something and has no place refuses the whole tariff.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from smarthub.kernel.quantity import Unit
from smarthub.rating.types import (
    ANYTIME,
    Blocks,
    Calendar,
    Charge,
    Demand,
    ExportCredit,
    FixedDaily,
    FixedMonthly,
    FixedYearly,
    Minimum,
    PerUnit,
    Tariff,
    Tier,
    TimeOfUse,
)
from smarthub.rating.types.tariff import PRORATED
from smarthub.rating.urdb.names import UrdbRefused

Tiers = tuple[Tier, ...]
Slot = tuple[str, str]
"""A season and a time-of-use period."""
MONTHS = range(1, 13)
HOURS = range(24)
QUARTERS = 4
AN_ORDINARY_YEAR = 2023
DECEMBER = 12
UNITS = {"period": "kWh", "day": "kWh daily", "kw": "kWh/kW", "kw_day": "kWh/kW daily"}
FIXED = {FixedMonthly: "$/month", FixedDaily: "$/day", FixedYearly: "$/year"}
SPANS = {"month": "$/month", "day": "$/day", "year": "$/year"}
WRITTEN = (*FIXED, PerUnit, Blocks, TimeOfUse, Demand, ExportCredit, Minimum)
NETTINGS = {
    ("none", False): "Net Billing Instantaneous",
    ("hour", False): "Net Billing Hourly",
    ("kwh_bank", True): "Net Metering",
}
NO_PRICE: Tiers = (Tier(Decimal(0)),)


def urdb_from_tariff(*, tariff: Tariff) -> dict[str, Any]:
    """Return a URDB rate that prices as a tariff does, for calendar months.

    Raises:
        UrdbRefused: URDB cannot say what a field, a setting or a charge says; ``field`` names it.

    Source: greenbutton-rating-usage B1; issue 6: refused by name, never dropped.
    """
    _refuse(tariff)
    months = [_season_of_month(tariff.calendar, month) for month in MONTHS]
    start = dt.datetime.combine(tariff.effective_from, dt.time(), dt.UTC)
    rate: dict[str, Any] = {
        "label": tariff.code,
        "name": tariff.name.en,
        "description": tariff.sentence.en if tariff.sentence else "",
        "startdate": int(start.timestamp()),
        "dgrules": _dgrules(tariff),
        **_fixed(tariff),
        **_energy(tariff, months),
        **_flat_demand(tariff),
        **_demand(tariff, months),
        **_minimum(tariff),
    }
    if tariff.settings.demand_minutes:
        rate["demandwindow"] = tariff.settings.demand_minutes
    return rate


def _refuse(tariff: Tariff) -> None:
    if tariff.service != "electric":
        raise UrdbRefused(field="service", problem=f"{tariff.service} is not electricity")
    if tariff.conversion or tariff.billed_unit not in (None, Unit.KWH):
        raise UrdbRefused(field="conversion", problem="only kWh can be charged")
    if tariff.calendar.holidays:
        raise UrdbRefused(field="holidays", problem="there are weekdays and weekends only")
    if set(tariff.settings.prorated) != set(PRORATED):
        raise UrdbRefused(field="settings.prorated", problem="nothing is said of parts of months")
    if tariff.settings.season_by == "bill_month" and tariff.calendar.seasons:
        raise UrdbRefused(field="settings.season_by", problem="seasons are months of use")
    for charge in tariff.charges:
        if not isinstance(charge, WRITTEN):
            kind = type(charge).__name__
            raise UrdbRefused(field=charge.code, problem=f"a {kind} has no place in it")
    _refuse_counting(tariff)


def _refuse_counting(tariff: Tariff) -> None:
    """Refuse blocks under time of use that URDB's readers would count otherwise."""
    tiered = any(
        isinstance(c, TimeOfUse) and any(len(tiers) > 1 for _p, tiers in c.rates)
        for c in tariff.charges
    )
    expected = "pro_rata" if tariff.netting.kind == "kwh_bank" else "in_order"
    if tiered and tariff.calendar.periods and tariff.settings.block_counting != expected:
        raise UrdbRefused(field="settings.block_counting", problem=f"would be read as {expected}")


def _dgrules(tariff: Tariff) -> str:
    netting = tariff.netting
    rules = NETTINGS.get((netting.kind, netting.by_period))
    later = netting.credit == "next_month"
    year_ends = netting.true_up_month in (None, DECEMBER)
    if rules is None or later != (netting.kind == "hour") or not year_ends:
        raise UrdbRefused(field="netting", problem="none of its rules nets so")
    if netting.kind == "kwh_bank" and (netting.settle != "forfeit" or not netting.true_up_month):
        raise UrdbRefused(field="netting.settle", problem="a bank is forfeited after December")
    return rules


def _season_of_month(calendar: Calendar, month: int) -> str:
    day = dt.date(AN_ORDINARY_YEAR, month, 1)
    found = set()
    while day.month == month:
        found.add(calendar.season_of(day))
        day += dt.timedelta(days=1)
    if len(found) > 1:
        raise UrdbRefused(field="seasons", problem=f"one begins inside month {month}")
    return found.pop()


def _fixed(tariff: Tariff) -> dict[str, Any]:
    charges = [charge for charge in tariff.charges if isinstance(charge, tuple(FIXED))]
    if not charges:
        return {}
    units = {FIXED[type(charge)] for charge in charges}
    always = all(not c.when.months and not c.when.seasons for c in charges)
    if len(units) > 1 or not always:
        raise UrdbRefused(field=charges[-1].code, problem="there is one fixed charge, all year")
    total = sum((charge.amount for charge in charges), Decimal(0))  # type: ignore[union-attr]
    return {"fixedchargefirstmeter": total, "fixedchargeunits": units.pop()}


def _energy(tariff: Tariff, months: Sequence[str]) -> dict[str, Any]:
    """Return one structure for all charges for energy: the sum of what holds in each hour."""
    charges = [c for c in tariff.charges if isinstance(c, PerUnit | Blocks | TimeOfUse)]
    exports = [c for c in tariff.charges if isinstance(c, ExportCredit)]
    if not charges and not exports:
        return {}
    unit = _unit(charges)
    structure: list[list[dict[str, Any]]] = []

    def number(month: int, season: str, period: str) -> int:
        tiers = NO_PRICE
        for charge in charges:
            if _covers(charge, month, season):
                tiers = _added(tiers, _tiers_in(charge, period), charge.code)
        sell = _sell(exports, month, season, period)
        written = [_tier(tier, unit, sell) for tier in tiers]
        if written not in structure:
            structure.append(written)
        return structure.index(written)

    schedules = _schedules(tariff.calendar, "energy", months, number)
    return {"energyratestructure": structure, **schedules}


def _unit(charges: Sequence[PerUnit | Blocks | TimeOfUse]) -> str:
    bases = {
        c.basis
        for c in charges
        if (isinstance(c, Blocks) and len(c.tiers) > 1)
        or (isinstance(c, TimeOfUse) and any(len(tiers) > 1 for _p, tiers in c.rates))
    }
    if len(bases) > 1:
        raise UrdbRefused(field=charges[-1].code, problem="blocks count different things")
    return UNITS[bases.pop() if bases else "period"]


def _covers(charge: Charge, month: int, season: str) -> bool:
    in_season = not charge.when.seasons or season in charge.when.seasons
    return in_season and (not charge.when.months or month in charge.when.months)


def _tiers_in(charge: PerUnit | Blocks | TimeOfUse, period: str) -> Tiers:
    match charge:
        case PerUnit():
            return (Tier(charge.rate),) if charge.period in ("", period) else NO_PRICE
        case Blocks():
            return charge.tiers
        case TimeOfUse():
            return dict(charge.rates)[period]


def _added(one: Tiers, other: Tiers, code: str) -> Tiers:
    """Return the sum of two prices, of which one at most is in blocks."""
    if len(one) == 1:
        return tuple(Tier(tier.rate + one[0].rate, tier.upto) for tier in other)
    if len(other) == 1:
        return tuple(Tier(tier.rate + other[0].rate, tier.upto) for tier in one)
    if [tier.upto for tier in one] != [tier.upto for tier in other]:
        raise UrdbRefused(field=code, problem="two charges have blocks with other bounds")
    return tuple(Tier(a.rate + b.rate, a.upto) for a, b in zip(one, other, strict=True))


def _sell(exports: Sequence[ExportCredit], month: int, season: str, period: str) -> Decimal:
    total = Decimal(0)
    for charge in exports:
        tiers = dict(charge.rates).get(period) or dict(charge.rates).get("") or NO_PRICE
        if len(tiers) > 1:
            raise UrdbRefused(field=charge.code, problem="exports have one price an hour")
        if _covers(charge, month, season):
            total += tiers[0].rate
    return total


def _tier(tier: Tier, unit: str, sell: Decimal) -> dict[str, Any]:
    written: dict[str, Any] = {"rate": tier.rate, "unit": unit}
    if tier.upto is not None:
        written["max"] = tier.upto
    return {**written, "sell": sell} if sell else written


def _schedules(
    calendar: Calendar, kind: str, months: Sequence[str], number: Any
) -> dict[str, list[list[int]]]:
    """Return the weekday and weekend schedule, 12 by 24, of what ``number`` calls each hour."""
    schedules: dict[str, list[list[int]]] = {}
    for name, monday in (("weekday", 0), ("weekend", 5)):
        rows = []
        for month, season in zip(MONTHS, months, strict=True):
            first = dt.date(AN_ORDINARY_YEAR, month, 1)
            day = first + dt.timedelta(days=(monday - first.weekday()) % 7)
            rows.append([number(month, season, period) for period in _hours(calendar, day)])
        schedules[f"{kind}{name}schedule"] = rows
    return schedules


def _hours(calendar: Calendar, day: dt.date) -> Iterator[str]:
    slots = calendar.periods_of_day(day)
    for hour in HOURS:
        held = set(slots[hour * QUARTERS : (hour + 1) * QUARTERS])
        if len(held) > 1:
            raise UrdbRefused(field="periods", problem=f"one begins inside hour {hour}")
        yield held.pop()


def _flat_demand(tariff: Tariff) -> dict[str, Any]:
    charges = [c for c in tariff.charges if isinstance(c, Demand) and c.of == ANYTIME]
    if not charges:
        return {}
    months: list[int] = []
    structure: list[list[dict[str, Any]]] = []
    for charge in charges:
        _refuse_demand(charge)
        if charge.when.seasons:
            raise UrdbRefused(field=charge.code, problem="flat demand goes by months")
    for month in MONTHS:
        written = _flat_tiers(charges, month)
        if written not in structure:
            structure.append(written)
        months.append(structure.index(written))
    ratchet = _ratchet(charges)
    return {"flatdemandstructure": structure, "flatdemandmonths": months, **ratchet}


def _flat_tiers(charges: Sequence[Demand], month: int) -> list[dict[str, Any]]:
    tiers = NO_PRICE
    for charge in charges:
        if _covers(charge, month, ""):
            tiers = _added(tiers, charge.tiers, charge.code)
    return [_tier(tier, "kW", Decimal(0)) for tier in tiers]


def _refuse_demand(charge: Demand) -> None:
    if charge.least_kw:
        raise UrdbRefused(field=f"{charge.code}.least_kw", problem="has no place in it")
    if charge.power_factor:
        raise UrdbRefused(field=f"{charge.code}.power_factor", problem="has no place in it")


def _ratchet(charges: Sequence[Demand]) -> dict[str, Any]:
    ratchets = {charge.ratchet for charge in charges}
    ratchet = ratchets.pop()
    if ratchets:
        raise UrdbRefused(field=charges[-1].code, problem="all demand has one ratchet")
    if ratchet is None:
        return {}
    of_months = ratchet.of_months or tuple(MONTHS)
    return {
        "lookbackpercent": ratchet.percent / 100,
        "lookbackrange": ratchet.months,
        "lookbackmonths": [int(month in of_months) for month in MONTHS],
    }


def _demand(tariff: Tariff, months: Sequence[str]) -> dict[str, Any]:
    charges = [c for c in tariff.charges if isinstance(c, Demand) and c.of != ANYTIME]
    if not charges:
        return {}
    calendar = tariff.calendar.for_demand
    for charge in charges:
        _refuse_demand(charge)
        if charge.ratchet or charge.of not in calendar.period_codes:
            raise UrdbRefused(field=charge.code, problem="this demand has no place in it")
    numbers: dict[Slot, int] = {}
    structure: list[list[dict[str, Any]]] = []

    def number(month: int, season: str, period: str) -> int:
        # One number for each period: hours share a peak only where they share a number.
        key = (f"{season} {month}" if _by_month(charges) else season, period)
        if key not in numbers:
            numbers[key] = len(structure)
            tiers = NO_PRICE
            for charge in charges:
                if charge.of == period and _covers(charge, month, season):
                    tiers = _added(tiers, charge.tiers, charge.code)
            structure.append([_tier(tier, "kW", Decimal(0)) for tier in tiers])
        return numbers[key]

    schedules = _schedules(calendar, "demand", months, number)
    return {"demandratestructure": structure, **schedules}


def _by_month(charges: Sequence[Demand]) -> bool:
    return any(charge.when.months for charge in charges)


def _minimum(tariff: Tariff) -> Mapping[str, Any]:
    minimums = [charge for charge in tariff.charges if isinstance(charge, Minimum)]
    if not minimums:
        return {}
    (charge, *others) = minimums
    grows = charge.kva_rate or charge.kw_rate or charge.counts
    if others or grows or charge.when.months or charge.settles_in != DECEMBER:
        raise UrdbRefused(field=charge.code, problem="one minimum, of a fixed amount, all year")
    below_zero = tariff.pays_for_export or tariff.netting.kind != "none"
    if below_zero and not charge.credits_stay:
        raise UrdbRefused(field=f"{charge.code}.credits_stay", problem="credits always stay")
    return {"mincharge": charge.amount, "minchargeunits": SPANS[charge.per]}
