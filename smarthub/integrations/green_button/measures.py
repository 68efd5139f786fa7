"""What we count, in the codes of ESPI: services, units, powers of ten, flows, qualities.

Source: espi.xsd 4.0 (ServiceKind, CommodityKind, UnitSymbolKind, UnitMultiplierKind,
MeasurementKind, FlowDirectionKind, QualityOfReading).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from smarthub.kernel.quantity import Quantity
from smarthub.metering.types import GREEN_BUTTON_QUALITY

CURRENCY: Final = 840
"""US dollars."""
PER_CENT: Final = 1000
"""A cent is so many hundred-thousandths of a dollar."""
VALID: Final = 0
QUALITIES: Final = GREEN_BUTTON_QUALITY
FLOWS: Final = {"delivered": 1, "received": 19}


@dataclass(frozen=True, slots=True)
class Service:
    """A service: its kind, its commodity, and what people call it."""

    kind: int
    commodity: int
    title: str


SERVICES: Final = {
    "electric": Service(0, 1, "Electricity"),
    "gas": Service(1, 7, "Natural gas"),
    "water": Service(2, 9, "Water"),
}


@dataclass(frozen=True, slots=True)
class Measure:
    """A unit: ``symbol`` x 10 ** ``power`` is one of it; ``kind`` is what it measures."""

    symbol: int
    power: int
    kind: int


ENERGY, NOT_SAID = 12, 0
"""58 is volume; the reader most in use stops at it, and the symbol says it already."""
MEASURES: Final = {
    "kWh": Measure(72, 3, ENERGY),
    "therm": Measure(169, 0, ENERGY),
    "ccf": Measure(119, 2, NOT_SAID),
    "gal": Measure(128, 0, NOT_SAID),
}
_POWERS: Final = (-12, -9, -6, -3, -2, -1, 0, 1, 2, 3, 6, 9, 12)
"""The only powers of ten a file may state."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Stored integers x ``factor`` are in ``measure.symbol`` x 10 ** ``power``."""

    measure: Measure
    power: int
    factor: int


def scale_of(*, unit: str, exponent: int) -> Scale:
    """Return how integers in ``unit`` x 10 ** ``exponent`` are written without rounding."""
    measure = MEASURES[unit]
    exact = measure.power + exponent
    power = max(each for each in _POWERS if each <= exact)
    return Scale(measure, power, 10 ** (exact - power))


def whole(quantity: Quantity) -> tuple[Scale, int]:
    """Return a quantity as an integer and its scale, exactly."""
    exponent = min(0, int(quantity.value.normalize().as_tuple().exponent))
    scale = scale_of(unit=quantity.unit, exponent=exponent)
    return scale, int(quantity.value.scaleb(-exponent) * Decimal(scale.factor))
