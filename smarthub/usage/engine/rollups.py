"""Roll-ups of use: hours from any step, totals of what is known. Pure numpy.

Missing stays missing: an hour that is partly unknown is unknown, and a total says what it lacks.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np

from smarthub.kernel.period import Period, day_seconds
from smarthub.metering.types import MISSING, Integers


def hourly(values: Integers, *, step_seconds: int) -> Integers:
    """Return one value an hour; ``MISSING`` where any interval of the hour is unknown.

    Args:
        values: A day's values in elapsed order from local midnight.
        step_seconds: The length of an interval; divides an hour.

    Raises:
        ValueError: the step does not divide an hour, or the values are not whole hours.
    """
    per_hour, rest = divmod(3600, step_seconds)
    if rest or len(values) % per_hour:
        raise ValueError("values must be whole hours")
    hours = values.reshape(-1, per_hour)
    return np.where((hours == MISSING).any(axis=1), MISSING, hours.sum(axis=1))


def in_unit(value: int, *, exponent: int) -> Decimal | None:
    """Return a stored integer in the channel's unit, exactly; ``None`` when it is ``MISSING``."""
    return None if value == MISSING else Decimal(value).scaleb(exponent)


def rescaled(values: Integers, *, ratio: Decimal) -> Integers:
    """Return ``values`` x ``ratio`` in whole steps, half up; ``MISSING`` stays.

    Args:
        values: Stored integers, none negative but ``MISSING``.
        ratio: New steps in an old one; 0.001 ccf at 1.025 therm/ccf is 1025 steps of 10^-6 therm.
    """
    over, under = ratio.as_integer_ratio()
    return np.where(values == MISSING, MISSING, (values * (2 * over) + under) // (2 * under))


@lru_cache(maxsize=512)
def day_starts(*, period: Period, zone: ZoneInfo, step_seconds: int) -> tuple[int, ...]:
    """Return the place at which each local day of a period begins, and where the last ends."""
    places = [0]
    for day in period:
        places.append(places[-1] + day_seconds(day, zone) // step_seconds)
    return tuple(places)
