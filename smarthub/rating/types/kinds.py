"""The kinds of charge a definition may name: their fields, and how each is read.

``docs/schema/tariff.schema.json`` is made from this table, so the two cannot differ.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from smarthub.kernel.text import Text
from smarthub.rating.types import charges, fields
from smarthub.rating.types.errors import ChargeKindUnknown, TariffHasGap
from smarthub.rating.types.fields import Tier
from smarthub.rating.types.lined import located

COMMON = ("kind", "code", "name", "seasons", "months")
BASES = ("period", "day", "kw", "kw_day")
PER = ("unit", "month", "percent")
DATES = ("bill", "use")
SPANS = ("month", "year")

Given = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of charge: the types of its fields, for the schema, and its reader."""

    read: Callable[[Given, str, Text], charges.Charge]
    needs: Mapping[str, str] = field(default_factory=dict)
    takes: Mapping[str, str] = field(default_factory=dict)


def read_charge(source: Given) -> charges.Charge:
    """Read one charge of a definition.

    Raises:
        ChargeKindUnknown: its ``kind`` is none of ``KINDS``.
        FieldUnknown: it has a field its kind does not have.
        Refused: a field is not sound.
    """
    code = fields.word(source, "code")
    name = fields.text(source, "name", f"{code}.name")
    kind = KINDS.get(str(source.get("kind")))
    if kind is None:
        raise ChargeKindUnknown(kind=source.get("kind"), charge=code, **located(source, "kind"))
    fields.known_fields(source, (*COMMON, *kind.needs, *kind.takes), code)
    return kind.read(source, code, name)


def _when(source: Given) -> charges.When:
    return charges.When(fields.words(source, "seasons"), fields.months(source, "months"))


def _amount_kind(
    made: type[
        charges.FixedMonthly | charges.FixedDaily | charges.FixedYearly | charges.Subscription
    ],
) -> Kind:
    def read(source: Given, code: str, name: Text) -> charges.Charge:
        return made(code, name, fields.number(source, "amount"), _when(source))

    return Kind(read, needs={"amount": "number"})


def _per_unit(source: Given, code: str, name: Text) -> charges.Charge:
    unit, rate = fields.unit(source, "unit"), fields.number(source, "rate")
    return charges.PerUnit(code, name, unit, rate, _word_or(source, "period"), _when(source))


def _blocks(source: Given, code: str, name: Text) -> charges.Charge:
    return charges.Blocks(
        code,
        name,
        fields.unit(source, "unit"),
        fields.tiers(source.get("tiers"), "tiers", source),
        fields.one_of(source, "basis", BASES, "period"),
        _when(source),
    )


def _time_of_use(source: Given, code: str, name: Text) -> charges.Charge:
    unit, rates = fields.unit(source, "unit"), _rates(source)
    basis = fields.one_of(source, "basis", BASES, "period")
    return charges.TimeOfUse(code, name, unit, rates, basis, _when(source))


def _rider(source: Given, code: str, name: Text) -> charges.Charge:
    per = fields.one_of(source, "per", PER, "unit")
    unit = fields.unit(source, "unit") if per == "unit" else None
    date = fields.one_of(source, "date", DATES, "bill")
    return charges.Rider(code, name, unit, fields.word(source, "rider"), per, date, _when(source))


def _demand(source: Given, code: str, name: Text) -> charges.Charge:
    ratchet, factor = source.get("ratchet"), source.get("power_factor")
    prices = source.get("tiers", source.get("rate"))
    return charges.Demand(
        code,
        name,
        _word_or(source, "of") or charges.ANYTIME,
        fields.tiers(prices, "tiers" if "tiers" in source else "rate", source),
        fields.number_or(source, "least_kw", "0"),
        _ratchet(ratchet) if ratchet else None,
        _power_factor(factor) if factor else None,
        _when(source),
    )


def _ratchet(source: Given) -> charges.Ratchet:
    fields.known_fields(source, ("percent", "months", "of_months"), "ratchet")
    months = int(fields.number_or(source, "months", "11"))
    of_months = fields.months(source, "of_months")
    return charges.Ratchet(fields.number(source, "percent"), months, of_months)


def _power_factor(source: Given) -> charges.PowerFactor:
    fields.known_fields(source, ("below", "percent"), "power_factor")
    percent = fields.number_or(source, "percent", "1")
    return charges.PowerFactor(fields.number(source, "below"), percent)


def _per_kva(source: Given, code: str, name: Text) -> charges.Charge:
    above = fields.number_or(source, "above", "0")
    return charges.PerKva(code, name, fields.number(source, "rate"), above, _when(source))


def _per_horsepower(source: Given, code: str, name: Text) -> charges.Charge:
    least = fields.number_or(source, "least", "0")
    return charges.PerHorsepower(code, name, fields.number(source, "rate"), least, _when(source))


def _unmetered_light(source: Given, code: str, name: Text) -> charges.Charge:
    amount, kwh = fields.number(source, "amount"), fields.number_or(source, "kwh", "0")
    return charges.UnmeteredLight(code, name, amount, kwh, when=_when(source))


def _winter_average(source: Given, code: str, name: Text) -> charges.Charge:
    unit, rate = fields.unit(source, "unit"), fields.number(source, "rate")
    return charges.WinterAverage(code, name, unit, rate, _when(source))


def _export_credit(source: Given, code: str, name: Text) -> charges.Charge:
    unit = fields.unit(source, "unit")
    if "rates" in source:
        return charges.ExportCredit(code, name, unit, _rates(source), _when(source))
    tiers = fields.tiers(source.get("rate"), "rate", source)
    return charges.ExportCredit(code, name, unit, (("", tiers),), _when(source))


def _shared_solar(source: Given, code: str, name: Text) -> charges.Charge:
    rate, array = fields.number(source, "rate"), fields.word(source, "array")
    return charges.SharedSolar(code, name, rate, array, _when(source))


def _minimum(source: Given, code: str, name: Text) -> charges.Charge:
    return charges.Minimum(
        code,
        name,
        fields.number(source, "amount"),
        fields.one_of(source, "per", (*SPANS, "day"), "month"),
        fields.number_or(source, "kva_rate", "0"),
        fields.number_or(source, "kva_above", "0"),
        fields.number_or(source, "kw_rate", "0"),
        fields.words(source, "counts"),
        fields.month(source, "settles_in") or fields.MONTHS,
        fields.flag(source, "credits_stay"),
        _when(source),
    )


def _lesser_of_tax(source: Given, code: str, name: Text) -> charges.Charge:
    rate, percent = fields.number(source, "rate"), fields.number(source, "percent")
    unit, inside = fields.unit(source, "unit"), _inside(source)
    name = _tax_name(name, inside)
    return charges.LesserOfTax(code, name, unit, rate, percent, _when(source), inside)


def _percent_tax(source: Given, code: str, name: Text) -> charges.Charge:
    percent, on = fields.number(source, "percent"), fields.words(source, "on")
    on_tax, inside = fields.flag(source, "on_tax"), _inside(source)
    name = _tax_name(name, inside)
    return charges.PercentTax(code, name, percent, on, on_tax, _when(source), inside)


def _tiered_tax(source: Given, code: str, name: Text) -> charges.Charge:
    tiers = fields.tiers(source.get("tiers"), "tiers", source)
    unit, inside = fields.unit(source, "unit"), _inside(source)
    return charges.TieredTax(code, _tax_name(name, inside), unit, tiers, _when(source), inside)


def _inside(source: Given) -> charges.District | None:
    """Read the boundary a tax holds inside of (rule 34)."""
    if "inside" not in source:
        return None
    given = source["inside"]
    if not isinstance(given, Mapping):
        raise TariffHasGap(where="inside", **located(source, "inside"))
    fields.known_fields(given, ("code", "name"), "inside")
    return charges.District(fields.word(given, "code"), fields.text(given, "name", "inside.name"))


def _tax_name(name: Text, inside: charges.District | None) -> Text:
    return name if inside is None else charges.inside_name(name, inside)


def _word_or(source: Given, name: str) -> str:
    return fields.word(source, name) if name in source else ""


def _rates(source: Given) -> tuple[tuple[str, tuple[Tier, ...]], ...]:
    rates = source.get("rates")
    if not isinstance(rates, Mapping) or not rates:
        raise TariffHasGap(where="rates", **located(source, "rates"))
    return tuple((code, fields.tiers(value, code, rates)) for code, value in rates.items())


KINDS: Mapping[str, Kind] = {
    "fixed_monthly": _amount_kind(charges.FixedMonthly),
    "fixed_daily": _amount_kind(charges.FixedDaily),
    "fixed_yearly": _amount_kind(charges.FixedYearly),
    "subscription": _amount_kind(charges.Subscription),
    "per_unit": Kind(_per_unit, {"unit": "unit", "rate": "number"}, {"period": "word"}),
    "blocks": Kind(_blocks, {"unit": "unit", "tiers": "tiers"}, {"basis": "basis"}),
    "time_of_use": Kind(_time_of_use, {"unit": "unit", "rates": "rates"}, {"basis": "basis"}),
    "rider": Kind(_rider, {"rider": "word"}, {"unit": "unit", "per": "per", "date": "date"}),
    "demand": Kind(
        _demand,
        {},
        {
            "rate": "number",
            "tiers": "tiers",
            "of": "word",
            "least_kw": "number",
            "ratchet": "ratchet",
            "power_factor": "power_factor",
        },
    ),
    "per_kva": Kind(_per_kva, {"rate": "number"}, {"above": "number"}),
    "per_horsepower": Kind(_per_horsepower, {"rate": "number"}, {"least": "number"}),
    "unmetered_light": Kind(_unmetered_light, {"amount": "number"}, {"kwh": "number"}),
    "winter_average": Kind(_winter_average, {"unit": "unit", "rate": "number"}),
    "export_credit": Kind(
        _export_credit, {"unit": "unit"}, {"rate": "number", "rates": "rates"}
    ),
    "shared_solar": Kind(_shared_solar, {"rate": "number", "array": "word"}),
    "minimum": Kind(
        _minimum,
        {"amount": "number"},
        {
            "per": "span",
            "kva_rate": "number",
            "kva_above": "number",
            "kw_rate": "number",
            "counts": "words",
            "settles_in": "month",
            "credits_stay": "flag",
        },
    ),
    "lesser_of_tax": Kind(
        _lesser_of_tax,
        {"unit": "unit", "rate": "number", "percent": "number"},
        {"inside": "district"},
    ),
    "percent_tax": Kind(
        _percent_tax,
        {"percent": "number"},
        {"on": "words", "on_tax": "flag", "inside": "district"},
    ),
    "tiered_tax": Kind(
        _tiered_tax, {"unit": "unit", "tiers": "tiers"}, {"inside": "district"}
    ),
}  # fmt: skip
