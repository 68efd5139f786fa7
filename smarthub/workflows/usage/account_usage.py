"""The use of some days as a first page shows it: with their weather, and which stand out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from smarthub.usage.types import DayUse

STANDS_OUT = Decimal("1.5")
"""A day stands out from this many times the usual day on."""
ENOUGH_DAYS = 7
"""With fewer days known there is no usual day."""


@dataclass(frozen=True, slots=True)
class DayOfUse:
    """Use on one local day, and how warm it was, where known."""

    use: DayUse
    mean_f: Decimal | None
    stands_out: bool


def days_that_stand_out(days: Iterable[DayUse]) -> frozenset[dt.date]:
    """Return the days with at least half as much again as the usual day, which is the median."""
    known = {day.day: day.quantity for day in days if day.quantity is not None and not day.partial}
    if len(known) < ENOUGH_DAYS:
        return frozenset()
    usual = median(known.values())
    return frozenset(
        day for day, quantity in known.items() if usual and quantity > usual * STANDS_OUT
    )


def mark_days(days: Sequence[DayUse], weather: Mapping[dt.date, Decimal]) -> tuple[DayOfUse, ...]:
    """Return the days with their weather, where known, and say which stand out."""
    unusual = days_that_stand_out(days)
    return tuple(DayOfUse(day, weather.get(day.day), day.day in unusual) for day in days)
