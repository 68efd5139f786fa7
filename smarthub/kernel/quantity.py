"""Quantities the co-op measures: a Decimal and its unit, never mixed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Unit(StrEnum):
    """Units of reads and bill lines; the value is what is stored and printed."""

    KWH = "kWh"
    KW = "kW"
    KVA = "kVA"
    HORSEPOWER = "hp"
    CCF = "ccf"
    THERM = "therm"
    GALLON = "gal"
    KILOGALLON = "kgal"
    DAY = "day"
    MONTH = "month"
    EACH = "each"
    DOLLAR = "dollar"


@dataclass(frozen=True, slots=True)
class Quantity:
    """So much of a unit.

    Raises:
        ValueError: two units are added or compared.
    """

    value: Decimal
    unit: Unit

    def __add__(self, other: Quantity) -> Quantity:
        self._same_unit(other)
        return Quantity(self.value + other.value, self.unit)

    def __lt__(self, other: Quantity) -> bool:
        self._same_unit(other)
        return self.value < other.value

    def _same_unit(self, other: Quantity) -> None:
        if self.unit is not other.unit:
            raise ValueError(f"cannot join {self.unit} and {other.unit}")
