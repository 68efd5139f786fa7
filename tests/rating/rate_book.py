"""The 2026-03 rate book of Prairie Ridge, as far as issue 2 needs it (domain rules 9.1)."""

from __future__ import annotations

from typing import Any

E_R1: dict[str, Any] = {
    "code": "E-R1",
    "service": "electric",
    "name": {"en": "Residential electric", "es": "Electricidad residencial"},
    "effective_from": "2026-03-01",
    "charges": [
        {
            "kind": "fixed_monthly",
            "code": "facility",
            "name": {"en": "Facility charge", "es": "Cargo por instalaciones"},
            "amount": "33.00",
        },
        {
            "kind": "fixed_monthly",
            "code": "member",
            "name": {"en": "Member service", "es": "Servicio al miembro"},
            "amount": "5.00",
        },
        {
            "kind": "per_unit",
            "code": "distribution",
            "name": {"en": "Distribution", "es": "Distribución"},
            "unit": "kWh",
            "rate": "0.0410",
        },
        {
            "kind": "per_unit",
            "code": "generation",
            "name": {"en": "Generation and transmission", "es": "Generación y transmisión"},
            "unit": "kWh",
            "rate": "0.0770",
        },
        {
            "kind": "rider",
            "code": "wpca",
            "name": {"en": "Power cost adjustment", "es": "Ajuste por costo de energía"},
            "unit": "kWh",
            "rider": "WPCA",
        },
        {
            "kind": "lesser_of_tax",
            "code": "state_tax",
            "name": {"en": "State electricity tax", "es": "Impuesto estatal a la electricidad"},
            "unit": "kWh",
            "rate": "0.0032",
            "percent": "5",
        },
    ],
}

CITY_TAX: dict[str, Any] = {
    "kind": "tiered_tax",
    "code": "city_tax",
    "name": {"en": "Municipal tax", "es": "Impuesto municipal"},
    "inside": {
        "code": "willow-bend",
        "name": {"en": "the city of Willow Bend", "es": "la ciudad de Willow Bend"},
    },
    "unit": "kWh",
    "tiers": [
        {"upto": "2000", "rate": "0.0061"},
        {"upto": "50000", "rate": "0.0040"},
        {"rate": "0.0036"},
    ],
}
"""A city's tax in steps: 60,000 kWh inside it is 240.20 (domain rule 34)."""

SHARED_SOLAR: dict[str, Any] = {
    "kind": "shared_solar",
    "code": "solar",
    "name": {"en": "Shared solar", "es": "Energía solar compartida"},
    "rate": "0.0335",
    "array": "SUN-1",
}
"""What a block of the array made is credited at avoided cost (domain rule 39)."""

G_R1: dict[str, Any] = {
    "code": "G-R1",
    "service": "gas",
    "name": {"en": "Residential gas", "es": "Gas residencial"},
    "effective_from": "2026-03-01",
    "conversion": {"from": "ccf", "to": "therm", "factor": "1.025", "decimals": 1},
    "charges": [
        {
            "kind": "fixed_monthly",
            "code": "facility",
            "name": {"en": "Facility charge", "es": "Cargo por instalaciones"},
            "amount": "18.00",
        },
        {
            "kind": "fixed_monthly",
            "code": "member",
            "name": {"en": "Member service", "es": "Servicio al miembro"},
            "amount": "5.00",
        },
        {
            "kind": "per_unit",
            "code": "delivery",
            "name": {"en": "Delivery", "es": "Entrega"},
            "unit": "therm",
            "rate": "0.4100",
        },
        {
            "kind": "rider",
            "code": "pga",
            "name": {"en": "Purchased gas", "es": "Gas comprado"},
            "unit": "therm",
            "rider": "PGA",
        },
    ],
}

F_250: dict[str, Any] = {
    "code": "F-250",
    "service": "fiber",
    "name": {"en": "Fiber 250", "es": "Fibra 250"},
    "effective_from": "2026-03-01",
    "charges": [
        {
            "kind": "subscription",
            "code": "fiber",
            "name": {"en": "Fiber internet 250 Mb/s", "es": "Internet por fibra 250 Mb/s"},
            "amount": "69.00",
        }
    ],
}
