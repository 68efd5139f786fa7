"""Read a URDB rate as a tariff definition.

Its months become twelve seasons and its schedule numbers time-of-use periods. Rates are kept as
they are written; ``adj`` is added to ``rate``. Energy is netted as ``dgrules`` says, and where it
says nothing as net metering with a kWh bank that is forfeited after December.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from smarthub.rating.urdb.names import ALL, NOT_EXPRESSED, UrdbRefused

Rate = Mapping[str, Any]
Charge = dict[str, Any]
A_LEAP_YEAR = 2024
MONTHS = range(12)
HOURS = range(24)
BASES = {"kwh": "period", "kwh daily": "day", "kwh/kw": "kw", "kwh/kw daily": "kw_day"}
NETTINGS: Mapping[str, dict[str, Any]] = {
    "Net Metering": {"kind": "kwh_bank", "by_period": True, "true_up_month": 12},
    "Net Billing Instantaneous": {"kind": "none"},
    "Net Billing Hourly": {
        "kind": "hour",
        "credit": "next_month",
        "true_up_month": 12,
        "name": {"en": "Credit for your energy", "es": "Crédito por su energía"},
    },
    "Buy All Sell All": {"kind": "none"},
}
NET_METERING = "Net Metering"
FIXED_KINDS = {"$/month": "fixed_monthly", "$/day": "fixed_daily", "$/year": "fixed_yearly"}
SPANS = {"$/month": "month", "$/day": "day", "$/year": "year"}
TIER_FIELDS = {"max", "rate", "adj", "sell", "unit"}
WINDOWS = (15, 30, 60)


def is_urdb(document: Mapping[str, Any]) -> bool:
    """Return whether a JSON document is a URDB rate, or the answer of its service."""
    return "items" in document or any(name.lower() in ALL - {"name"} for name in document)


def definition_from_urdb(*, document: Mapping[str, Any], spanish: str | None) -> dict[str, Any]:
    """Return a tariff definition that prices as a URDB rate does.

    Args:
        document: One rate, or the service's answer with one in ``items``; numbers as Decimal
            where they must stay exact.
        spanish: The rate's name in Spanish, which URDB does not know. Without it the definition
            lacks Spanish and cannot be published.

    Raises:
        UrdbRefused: a field is not known, or cannot be expressed; ``field`` names it.
    """
    rate = _one_rate(document)
    _refuse_unknown(rate)
    english = str(rate.get("name") or rate.get("label") or "URDB rate")
    name = {"en": english} if spanish is None else {"en": english, "es": spanish}
    return {
        "code": str(rate.get("label") or "URDB"),
        "service": "electric",
        "name": name,
        "effective_from": _start(rate),
        "seasons": [_season(month) for month in MONTHS],
        "periods": list(_periods(rate, "energy")),
        "demand_periods": list(_periods(rate, "demand")),
        "settings": _settings(rate),
        "netting": _netting(rate),
        "charges": [*_fixed(rate), *_energy(rate), *_fuel(rate), *_demand(rate), *_minimums(rate)],
    }


def _one_rate(document: Mapping[str, Any]) -> Rate:
    if "items" in document:
        if len(document["items"]) != 1:
            raise UrdbRefused(field="items", problem="one rate is wanted")
        document = document["items"][0]
    return {key.lower(): value for key, value in document.items() if value is not None}


def _refuse_unknown(rate: Rate) -> None:
    for name, value in rate.items():
        if name not in ALL:
            raise UrdbRefused(field=name, problem="not a field of a rate")
        if name in NOT_EXPRESSED and _is_priced(name, value):
            raise UrdbRefused(field=name, problem="a tariff here cannot express it")


def _is_priced(name: str, value: object) -> bool:
    """Return whether a value charges anything: a schedule or a unit alone does not."""
    if name.endswith(("schedule", "unit")):
        return False
    if isinstance(value, Mapping):
        return any(_is_priced(key, each) for key, each in value.items() if key != "max")
    if isinstance(value, list):
        return any(_is_priced(name, each) for each in value)
    return _number(value, name) != 0


def _number(value: object, field: str) -> Decimal:
    try:
        read = Decimal(str(value))
    except InvalidOperation:
        raise UrdbRefused(field=field, problem=f"{value!r} is no number") from None
    if not read.is_finite():
        raise UrdbRefused(field=field, problem=f"{value!r} is no number")
    return read


def _amount(rate: Rate, field: str) -> Decimal:
    return _number(rate.get(field, 0), field)


def _start(rate: Rate) -> str:
    start = rate.get("startdate")
    if start is None:
        return "1970-01-01"
    return dt.datetime.fromtimestamp(int(_number(start, "startdate")), tz=dt.UTC).date().isoformat()


def _season(month: int) -> dict[str, str]:
    last = calendar.monthrange(A_LEAP_YEAR, month + 1)[1]
    return {
        "code": _month_code(month),
        "from": f"{month + 1:02}-01",
        "to": f"{month + 1:02}-{last:02}",
    }


def _month_code(month: int) -> str:
    return f"m{month + 1:02}"


def _settings(rate: Rate) -> dict[str, Any]:
    rules = rate.get("dgrules", NET_METERING)
    settings: dict[str, Any] = {
        "block_counting": "pro_rata" if rules == NET_METERING else "in_order"
    }
    window = _amount(rate, "demandwindow")
    if window in WINDOWS:
        settings["demand_minutes"] = int(window)
    elif window:
        raise UrdbRefused(field="demandwindow", problem=f"must be one of {WINDOWS}")
    return settings


def _netting(rate: Rate) -> dict[str, Any]:
    rules = rate.get("dgrules")
    if rules is None and rate.get("usenetmetering") is False:
        rules = "Net Billing Instantaneous"
    if rules not in (None, *NETTINGS):
        raise UrdbRefused(field="dgrules", problem=f"{rules!r} is no rule")
    return NETTINGS[rules or NET_METERING]


def _schedules(rate: Rate, kind: str) -> tuple[Sequence[Sequence[int]], Sequence[Sequence[int]]]:
    """Return the weekday and weekend schedule, 12 by 24; period 0 where there is none."""
    weekdays, weekends = (
        _schedule(rate, f"{kind}{days}schedule") for days in ("weekday", "weekend")
    )
    none = [[0] * 24 for _month in MONTHS]
    return weekdays or weekends or none, weekends or weekdays or none


def _schedule(rate: Rate, field: str) -> list[list[int]] | None:
    given = rate.get(field)
    if not given:
        return None
    if len(given) != len(MONTHS) or any(len(month) != len(HOURS) for month in given):
        raise UrdbRefused(field=field, problem="must have 12 months of 24 hours")
    return [[int(_number(hour, field)) for hour in month] for month in given]


def _periods(rate: Rate, kind: str) -> Iterator[dict[str, Any]]:
    """Yield a time-of-use period for each number of a schedule, with its hours in each month."""
    windows: dict[int, list[dict[str, Any]]] = {}
    days = (["weekdays"], ["weekends", "holidays"])
    for kinds_of_day, schedule in zip(days, _schedules(rate, kind), strict=True):
        for month in MONTHS:
            hours: dict[int, list[str]] = {}
            for hour, number in enumerate(schedule[month]):
                hours.setdefault(number, []).append(f"{hour:02}:00-{hour + 1:02}:00")
            for number, spans in hours.items():
                window = {"seasons": [_month_code(month)], "days": kinds_of_day, "hours": spans}
                windows.setdefault(number, []).append(window)
    for number, when in sorted(windows.items()):
        name = {"en": f"period {number}", "es": f"período {number}"}
        yield {"code": f"p{number}", "name": name, "when": when}


def _tiers(periods: Sequence[Sequence[Rate]], number: int, field: str) -> list[dict[str, Decimal]]:
    """Return the blocks of one period of a structure, ``adj`` added to each rate."""
    if number >= len(periods) or not periods[number]:
        raise UrdbRefused(field=field, problem=f"has no period {number}")
    tiers = []
    for place, given in enumerate(periods[number], start=1):
        if extra := set(given) - TIER_FIELDS:
            raise UrdbRefused(field=f"{field}.{min(extra)}", problem="not a field of a tier")
        tier = {"rate": _amount(given, "rate") + _amount(given, "adj")}
        if given.get("max") is not None:
            if place == len(periods[number]):
                raise UrdbRefused(field=f"{field}.max", problem="the last tier must have no end")
            tier["upto"] = _number(given["max"], f"{field}.max")
        tiers.append(tier)
    return tiers


def _fixed(rate: Rate) -> Iterator[Charge]:
    amount, units = _amount(rate, "fixedchargefirstmeter"), rate.get("fixedchargeunits", "$/month")
    if not amount:
        amount, units = _amount(rate, "fixedmonthlycharge"), "$/month"
    if units not in FIXED_KINDS:
        raise UrdbRefused(field="fixedchargeunits", problem=f"{units!r} is no unit")
    if amount:
        name = {"en": "Fixed charge", "es": "Cargo fijo"}
        yield {"kind": FIXED_KINDS[units], "code": "fixed", "name": name, "amount": amount}


def _energy(rate: Rate) -> Iterator[Charge]:
    structure = rate.get("energyratestructure")
    if not structure:
        return
    numbers = _numbers(rate, "energy")
    name = {"en": "Energy", "es": "Energía"}
    tiers = {f"p{n}": _tiers(structure, n, "energyratestructure") for n in numbers}
    basis = _basis(structure, numbers)
    charge = {"code": "energy", "name": name, "unit": "kWh", "basis": basis}
    yield {"kind": "time_of_use", **charge, "rates": tiers}
    sell = {f"p{n}": _sell_tiers(structure[n]) for n in numbers}
    if _netting(rate)["kind"] != "kwh_bank" and any(t["rate"] for s in sell.values() for t in s):
        name = {"en": "Energy you deliver to us", "es": "Energía que usted nos entrega"}
        credit = {"code": "export", "name": name, "unit": "kWh", "rates": sell}
        yield {"kind": "export_credit", **credit}


def _sell_tiers(tiers: Sequence[Rate]) -> list[dict[str, Decimal]]:
    rates = [_amount(tier, "sell") for tier in tiers]
    if len(set(rates)) > 1:
        raise UrdbRefused(field="energyratestructure.sell", problem="differs between tiers")
    return [{"rate": rates[0]}]


def _basis(structure: Sequence[Sequence[Rate]], numbers: Sequence[int]) -> str:
    bounded = [t for n in numbers for t in structure[n] if len(structure[n]) > 1]
    units = {str(tier.get("unit", "kWh")).lower() for tier in bounded} or {"kwh"}
    if unknown := units - set(BASES):
        raise UrdbRefused(field="energyratestructure.unit", problem=f"{min(unknown)} is no unit")
    if len(units) > 1:
        raise UrdbRefused(field="energyratestructure.unit", problem="differs between tiers")
    return BASES[units.pop()]


def _numbers(rate: Rate, kind: str) -> list[int]:
    """Return the period numbers a schedule uses."""
    schedules = _schedules(rate, kind)
    return sorted({hour for schedule in schedules for month in schedule for hour in month})


def _fuel(rate: Rate) -> Iterator[Charge]:
    values = rate.get("fueladjustmentsmonthly") or ()
    if values and len(values) != len(MONTHS):
        raise UrdbRefused(field="fueladjustmentsmonthly", problem="must have 12 values")
    for month, value in enumerate(values):
        amount = _number(value, "fueladjustmentsmonthly")
        if amount:
            name = {"en": "Fuel adjustment", "es": "Ajuste por combustible"}
            charge = {"code": f"fuel_{month + 1:02}", "name": name, "unit": "kWh"}
            seasons = [_month_code(month)]
            yield {"kind": "per_unit", **charge, "rate": amount, "seasons": seasons}


def _demand(rate: Rate) -> Iterator[Charge]:
    yield from _flat_demand(rate)
    structure = rate.get("demandratestructure")
    if not structure:
        return
    for number in _numbers(rate, "demand"):
        tiers = _tiers(structure, number, "demandratestructure")
        if any(tier["rate"] for tier in tiers):
            _refuse_unit(rate, "demandrateunit", structure)
            english, spanish = f"Demand, period {number}", f"Demanda, período {number}"
            charge = {"code": f"demand_{number}", "name": {"en": english, "es": spanish}}
            yield {"kind": "demand", **charge, "of": f"p{number}", "tiers": tiers}


def _flat_demand(rate: Rate) -> Iterator[Charge]:
    structure, ratchet = rate.get("flatdemandstructure"), _ratchet(rate)
    if not structure:
        if ratchet:
            raise UrdbRefused(field="lookbackpercent", problem="no flat demand is charged")
        return
    months = rate.get("flatdemandmonths") or [0] * len(MONTHS)
    if len(months) != len(MONTHS):
        raise UrdbRefused(field="flatdemandmonths", problem="must have 12 values")
    for number in sorted({int(month) for month in months}):
        tiers = _tiers(structure, number, "flatdemandstructure")
        if any(tier["rate"] for tier in tiers):
            _refuse_unit(rate, "flatdemandunit", structure)
            held = [month + 1 for month in MONTHS if months[month] == number]
            name = {"en": "Demand", "es": "Demanda"}
            charge = {"code": f"flat_demand_{number}", "name": name, "months": held}
            yield {"kind": "demand", **charge, "tiers": tiers, **ratchet}


def _refuse_unit(rate: Rate, field: str, structure: Sequence[Sequence[Rate]]) -> None:
    units = {str(tier.get("unit", "kW")) for period in structure for tier in period}
    for unit in {str(rate.get(field, "kW")), *units}:
        if unit.lower() != "kw":
            raise UrdbRefused(field=field, problem=f"demand in {unit} cannot be measured")


def _ratchet(rate: Rate) -> dict[str, Any]:
    share = _amount(rate, "lookbackpercent")
    months = [n + 1 for n, on in enumerate(rate.get("lookbackmonths") or ()) if on]
    if not share:
        return {}
    reach = int(_amount(rate, "lookbackrange")) or 11
    return {"ratchet": {"percent": share * 100, "months": reach, "of_months": months}}


def _minimums(rate: Rate) -> Iterator[Charge]:
    units = rate.get("minchargeunits", "$/month")
    if units not in SPANS:
        raise UrdbRefused(field="minchargeunits", problem=f"{units!r} is no unit")
    given = {
        "mincharge": SPANS[units],
        "minmonthlycharge": "month",
        "annualmincharge": "year",
    }
    for field, per in given.items():
        if amount := _amount(rate, field):
            name = {"en": "Minimum charge", "es": "Cargo mínimo"}
            charge = {"code": f"minimum_{field}"[:30], "name": name, "amount": amount, "per": per}
            yield {"kind": "minimum", **charge, "credits_stay": True}
