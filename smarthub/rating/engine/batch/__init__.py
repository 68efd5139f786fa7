"""Price many services at once: the same formulas over columns of exact integers (numpy).

One call prices any number of services under one tariff version, for one period. Every quantity
and amount is a whole number over a power of ten (or a count of days), never a floating-point
number, so each line equals the one ``engine.price`` gives, to the cent; a property test holds
the two together for every shape a tariff can have. A service the columns cannot price, because a
fact its price needs is missing, goes through ``engine.price`` behind the same call and comes out
refused, with its reason, or priced.

It is not imported by ``engine`` itself: who prices one bill does not need numpy.
"""

from smarthub.rating.engine.batch.columns import (
    Column,
    LineColumn,
    Measured,
    Numbers,
    Services,
)
from smarthub.rating.engine.batch.measuring import (
    determinants_from,
    joined,
    measured_from_determinants,
    measured_from_intervals,
    measured_from_registers,
)
from smarthub.rating.engine.batch.pricing import PricedBatch, price_batch

__all__ = [
    "Column",
    "LineColumn",
    "Measured",
    "Numbers",
    "PricedBatch",
    "Services",
    "determinants_from",
    "joined",
    "measured_from_determinants",
    "measured_from_intervals",
    "measured_from_registers",
    "price_batch",
]
