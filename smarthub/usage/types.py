"""Values of use that other packages may hold."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from smarthub.kernel.period import Period


@dataclass(frozen=True, slots=True)
class HourUse:
    """Use in one hour that begins at ``starts_at`` (UTC); ``None`` when any of it is unknown."""

    starts_at: dt.datetime
    quantity: Decimal | None
    unit: str
    estimated: bool


@dataclass(frozen=True, slots=True)
class DayUse:
    """Use on one local day; ``None`` when nothing of it is known, which is not zero.

    ``partial`` says that some of the day is missing, so that ``quantity`` is only what is known.
    """

    day: dt.date
    quantity: Decimal | None
    unit: str
    estimated: bool
    partial: bool = False


@dataclass(frozen=True, slots=True)
class PeriodUse:
    """Use in a period, ``None`` when nothing is known; ``days_missing`` are not wholly known."""

    period: Period
    quantity: Decimal | None
    unit: str
    estimated: bool
    days_missing: int


@dataclass(frozen=True, slots=True)
class RegisterUse:
    """Use one meter's register counted, from the read that begins to the read that ends it."""

    meter_serial: str
    previous_on: dt.date
    previous: Decimal
    present_on: dt.date
    present: Decimal
    present_kind: str
    multiplier: Decimal
    quantity: Decimal
    unit: str
    estimated: bool


@dataclass(frozen=True, slots=True)
class StationDay:
    """Outdoor temperature of a weather station on one local day, in degrees Fahrenheit."""

    station: str
    day: dt.date
    low_f: Decimal
    high_f: Decimal
    mean_f: Decimal
