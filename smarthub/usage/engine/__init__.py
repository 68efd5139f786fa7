"""Formulas of use: roll-ups, averages, the weather model, the way ahead. Plain numpy, no database.

Split by noun; the names most callers want are here. Missing stays missing, and what is an
estimate is called one by whoever shows it.
"""

from smarthub.usage.engine.changes import explain_change
from smarthub.usage.engine.degree_days import (
    fit_model,
    fit_periods,
    normal_temperatures,
    shares_of,
)
from smarthub.usage.engine.patterns import always_on, by_hour, by_weekday
from smarthub.usage.engine.projection import project
from smarthub.usage.engine.rollups import day_starts, hourly, in_unit, rescaled

__all__ = [
    "always_on",
    "by_hour",
    "by_weekday",
    "day_starts",
    "explain_change",
    "fit_model",
    "fit_periods",
    "hourly",
    "in_unit",
    "normal_temperatures",
    "project",
    "rescaled",
    "shares_of",
]
