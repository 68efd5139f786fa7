"""The JSON Schema of a tariff file, made from the table the files are read by."""

from __future__ import annotations

from typing import Any

from smarthub.kernel.quantity import Unit
from smarthub.rating.types.calendar import DAYS, HOLIDAYS
from smarthub.rating.types.kinds import BASES, COMMON, DATES, KINDS, PER, SPANS, Kind
from smarthub.rating.types.tariff import (
    CREDITS,
    DEMAND_MINUTES,
    MAY_BE_PRORATED,
    NETTINGS,
    ROUNDINGS,
    SETTINGS,
)

Schema = dict[str, Any]
WORD: Schema = {"type": "string", "minLength": 1}
NUMBER: Schema = {"type": ["number", "string"], "pattern": r"^-?[0-9]*\.?[0-9]+$"}
MONTH: Schema = {"type": "integer", "minimum": 1, "maximum": 12}
TEXT: Schema = {
    "type": "object",
    "required": ["en", "es"],
    "properties": {"en": WORD, "es": WORD},
    "additionalProperties": False,
}


def tariff_schema() -> Schema:
    """Return the schema; ``docs/schema/tariff.schema.json`` is this, and a test holds it so."""
    properties = {
        "code": WORD,
        "service": WORD,
        "name": TEXT,
        "effective_from": {"type": "string", "format": "date"},
        "sentence": TEXT,
        "conversion": _conversion(),
        "settings": _settings(),
        "seasons": _list(_closed({"code": WORD, "from": WORD, "to": WORD})),
        "holidays": _list({"enum": list(HOLIDAYS)}),
        "periods": _list(_period()),
        "demand_periods": _list(_period()),
        "netting": _netting(),
        "choice": _choice(),
        "charges": _list({"oneOf": [_charge(name, kind) for name, kind in KINDS.items()]}),
    }
    required = ["code", "service", "name", "effective_from", "charges"]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A tariff: one version of a rate, as data",
        **_closed(properties, required=required),
    }


def _charge(name: str, kind: Kind) -> Schema:
    fields = {**kind.needs, **kind.takes}
    properties = {field: _types()[held] for field, held in fields.items()}
    common = {
        "kind": {"const": name},
        "code": WORD,
        "name": TEXT,
        "seasons": _list(WORD),
        "months": _list(MONTH),
    }
    assert set(common) == set(COMMON)  # noqa: S101 (the reader's own list)
    return _closed({**common, **properties}, required=["kind", "code", "name", *kind.needs])


def _types() -> dict[str, Schema]:
    tiers = _list(_closed({"rate": NUMBER, "from": NUMBER, "upto": NUMBER}, required=["rate"]))
    return {
        "number": NUMBER,
        "word": WORD,
        "words": _list(WORD),
        "unit": _unit(),
        "flag": {"type": "boolean"},
        "month": MONTH,
        "basis": {"enum": list(BASES)},
        "per": {"enum": list(PER)},
        "date": {"enum": list(DATES)},
        "span": {"enum": [*SPANS, "day"]},
        "tiers": tiers,
        "rates": {"type": "object", "additionalProperties": {"anyOf": [NUMBER, tiers]}},
        "ratchet": _closed(
            {"percent": NUMBER, "months": {"type": "integer"}, "of_months": _list(MONTH)},
            required=["percent"],
        ),
        "district": _closed({"code": WORD, "name": TEXT}),
        "power_factor": _closed({"below": NUMBER, "percent": NUMBER}, required=["below"]),
    }


def _settings() -> Schema:
    choices: Schema = {name: {"enum": list(values)} for name, values in SETTINGS.items()}
    prorated = _list({"enum": list(MAY_BE_PRORATED)})
    minutes = {"enum": list(DEMAND_MINUTES)}
    return _closed({**choices, "demand_minutes": minutes, "prorated": prorated}, required=[])


def _conversion() -> Schema:
    fields = {
        "from": _unit(),
        "to": _unit(),
        "factor": NUMBER,
        "factor_of": WORD,
        "decimals": {"type": "integer"},
        "rounding": {"enum": list(ROUNDINGS)},
    }
    one_of = [{"required": ["factor"]}, {"required": ["factor_of"]}]
    return {**_closed(fields, required=["from", "to", "decimals"]), "oneOf": one_of}


def _choice() -> Schema:
    fields = {
        "group": WORD,
        "open": {"type": "boolean"},
        "needs": TEXT,
        "minimum_stay_months": {"type": "integer", "minimum": 0},
    }
    return _closed(fields, required=["group"])


def _netting() -> Schema:
    fields = {
        "kind": {"enum": list(NETTINGS)},
        "by_period": {"type": "boolean"},
        "true_up_month": MONTH,
        "settle": {"enum": ["forfeit", "pay", "roll"]},
        "rate": NUMBER,
        "name": TEXT,
        "credit": {"enum": list(CREDITS)},
    }
    return _closed(fields, required=["kind"])


def _period() -> Schema:
    window = {"seasons": _list(WORD), "days": _list({"enum": list(DAYS)}), "hours": _list(WORD)}
    when = _list(_closed(window, required=[]))
    return _closed({"code": WORD, "name": TEXT, "when": when}, required=["code", "name"])


def _unit() -> Schema:
    return {"enum": [unit.value for unit in Unit]}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _closed(properties: Schema, required: list[str] | None = None) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties) if required is None else required,
        "additionalProperties": False,
    }
