"""Price usage under a tariff. Pure functions: no database, no clock, no settings.

Each function is a formula a rate schedule prints and a member can check by hand; its docstring
names the domain rule. Quantities and rates are exact; each line is rounded once, half away from
zero, and the total is the sum of the rounded lines (rule 26). Split by noun; the names most
callers want are here.
"""

from smarthub.rating.engine.counting import (
    Counted,
    billed_quantity,
    converted,
    count,
    split_by_days,
)
from smarthub.rating.engine.extra import RiderRates, lesser_of_tax
from smarthub.rating.engine.fixed import fixed_lines, winter_average
from smarthub.rating.engine.loads import determinants_of
from smarthub.rating.engine.making import settled
from smarthub.rating.engine.months import RatedMonth, carried_bank, history_after, rate_months
from smarthub.rating.engine.pricing import price, price_counted, unit_line
from smarthub.rating.types import RiderRateMissing

__all__ = [
    "Counted",
    "RatedMonth",
    "RiderRateMissing",
    "RiderRates",
    "billed_quantity",
    "carried_bank",
    "converted",
    "count",
    "determinants_of",
    "fixed_lines",
    "history_after",
    "lesser_of_tax",
    "price",
    "price_counted",
    "rate_months",
    "settled",
    "split_by_days",
    "unit_line",
    "winter_average",
]
