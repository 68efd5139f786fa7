"""Values of use that other packages may hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from smarthub.kernel.money import Money
from smarthub.kernel.period import Period
from smarthub.kernel.quantity import Quantity
from smarthub.metering.types import Integers, ReadDay


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
class PeriodLoad:
    """What one place took, and gave back, in each step of a period; ``MISSING`` where unknown."""

    unit: str
    exponent: int
    step_seconds: int
    delivered: Integers
    received: Integers | None = None
    estimated_steps: int = 0


@dataclass(frozen=True, slots=True)
class StationDay:
    """Outdoor temperature of a weather station on one local day, in degrees Fahrenheit."""

    station: str
    day: dt.date
    low_f: Decimal
    high_f: Decimal
    mean_f: Decimal


@dataclass(frozen=True, slots=True)
class ReadSeries:
    """Stored days of one flow, all of one step and unit.

    ``read`` brings them by day, a part at a time, each time it is called: never all at once.
    """

    flow: str
    unit: str
    exponent: int
    step_seconds: int
    read: Callable[[], Iterator[ReadDay]]


@dataclass(frozen=True, slots=True)
class PeriodCost:
    """What use in a period came to, as told by whoever priced it: usage itself prices nothing.

    ``source_key`` names where it was told, and stays the same; ``quantity`` is in the unit that
    was charged.
    """

    source_key: str
    told_at: dt.datetime
    period: Period
    quantity: Quantity
    estimated: bool
    amount: Money
    tariff_code: str


@dataclass(frozen=True, slots=True)
class ExportedPoint:
    """One metered service at one place: its reads and what they came to."""

    number: str
    service: str
    series: tuple[ReadSeries, ...]
    costs: tuple[PeriodCost, ...]


@dataclass(frozen=True, slots=True)
class UsageExport:
    """The use of one account over some local days of ``zone``, ready to be written to a file.

    It names nobody. ``updated_at`` is when the newest of it became known, so the same facts
    always give the same file.
    """

    account_number: str
    zone: ZoneInfo
    updated_at: dt.datetime
    has_reads: bool
    points: tuple[ExportedPoint, ...]
