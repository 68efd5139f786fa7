"""When use happens: averages by the hour of the day and by the weekday, and what is always on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from smarthub.metering.types import Integers
from smarthub.usage.types import Floats

Chosen = NDArray[np.bool_]
HOURS = 24
WEEKDAYS = 7
NIGHT_HOURS = 5
"""From midnight on; what runs then mostly runs always."""
ALWAYS_QUANTILE = 0.10
FEWEST_NIGHT_HOURS = 50


def by_hour(*, use: Floats, hour: Integers, chosen: Chosen) -> Floats:
    """Return the average use of each hour of the clock, NaN for an hour never seen.

    Args:
        use: One value an hour, NaN where it is not known.
        hour: Which hour of the clock each is, 0 to 23.
        chosen: Whether each counts: those of weekdays, or of weekends.
    """
    return _means(use, hour, HOURS, chosen)


def by_weekday(*, use: Floats, weekday: Integers) -> Floats:
    """Return the average use of a Monday to a Sunday, NaN for one never seen.

    Args:
        use: One value a day, NaN where it is not known.
        weekday: 0 for a Monday to 6 for a Sunday.
    """
    return _means(use, weekday, WEEKDAYS, np.ones(len(use), bool))


def always_on(*, use: Floats, hour: Integers) -> float | None:
    """Return what is used in an hour even at night: the lowest tenth of the hours up to five.

    Source: the reference "greenbutton-rating-usage", C4 (base load).
    """
    night = use[(hour < NIGHT_HOURS) & ~np.isnan(use)]
    if len(night) < FEWEST_NIGHT_HOURS:
        return None
    return float(np.quantile(night, ALWAYS_QUANTILE))


def _means(use: Floats, place: Integers, count: int, chosen: Chosen) -> Floats:
    known = chosen & ~np.isnan(use)
    sums = np.bincount(place[known], weights=use[known], minlength=count)
    seen = np.bincount(place[known], minlength=count)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(seen > 0, sums / seen, np.nan)
