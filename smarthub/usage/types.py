"""Values of use that other packages may hold."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from smarthub.kernel.money import Money
from smarthub.kernel.period import Period
from smarthub.kernel.quantity import Quantity
from smarthub.metering.types import Integers, ReadDay

Floats = NDArray[np.float64]
"""Values for estimates, NaN where nothing is known; what is billed is never a float."""


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
class PointDay:
    """Everything known of one local day at one point, of all its channels.

    ``delivered`` came to the place and ``received`` from it; ``None`` when nothing is known.
    ``corrected_at`` is when a value known before was replaced by another.
    """

    day: dt.date
    unit: str
    delivered: Decimal | None = None
    received: Decimal | None = None
    estimated: bool = False
    edited: bool = False
    partial: bool = False
    corrected_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Words pinned to some days, both ends included."""

    key: uuid.UUID
    first_day: dt.date
    last_day: dt.date
    text: str


@dataclass(frozen=True, slots=True)
class ForecastedDay:
    """The weather somebody expects at a station on one local day, in degrees Fahrenheit."""

    station: str
    day: dt.date
    issued_at: dt.datetime
    low_f: Decimal
    high_f: Decimal

    @property
    def mean_f(self) -> Decimal:
        """Halfway between low and high, to a tenth, as degree days are counted."""
        return ((self.low_f + self.high_f) / 2).quantize(Decimal("0.1"))


@dataclass(frozen=True, slots=True)
class PointHistory:
    """The stored days of one point, and what stands beside them, by local day.

    ``unit`` is empty and ``step_seconds`` zero where the point has no channel. ``forecast_f`` is
    the newest forecast of days that have no temperature yet.
    """

    unit: str
    step_seconds: int
    days: Mapping[dt.date, PointDay]
    mean_f: Mapping[dt.date, Decimal]
    forecast_f: Mapping[dt.date, Decimal] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Series:
    """Equal steps from ``start`` on: integers in ``unit`` x 10 ** ``exponent``, and their quality.

    ``MISSING`` stands where nobody knows. A chart gets it as start, step and values.
    """

    start: dt.datetime
    step_seconds: int
    unit: str
    exponent: int
    values: NDArray[np.int64]
    quality: NDArray[np.uint8]


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
class PricedReadDay(ReadDay):
    """A stored day with what each interval cost, in 1/100,000 dollar, as whoever priced it says."""

    costs: NDArray[np.int64]


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


@dataclass(frozen=True, slots=True)
class WeatherModel:
    """What a home uses on a day by how warm it is; an estimate, fitted on ``days`` days."""

    base: float
    heating: float
    heat_below: float
    cooling: float
    cool_above: float
    days: int

    def predict(self, mean_f: Floats) -> Floats:
        """Return the use expected on days of these mean temperatures; NaN stays NaN."""
        heat = self.heating * np.maximum(self.heat_below - mean_f, 0)
        cool = self.cooling * np.maximum(mean_f - self.cool_above, 0)
        return np.asarray(self.base + heat + cool, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Shares:
    """How use divides into base, heating and cooling: parts of 1, and an estimate."""

    base: float
    heating: float
    cooling: float


class Method(StrEnum):
    """How the rest of a period was told."""

    KNOWN = "known"
    RUN_RATE = "run_rate"
    DEGREE_DAYS = "degree_days"


@dataclass(frozen=True, slots=True)
class Projection:
    """Where a period is heading, in the meter's unit; four times in five between low and high."""

    low: float
    likely: float
    high: float
    method: Method
    day: int
    days: int


@dataclass(frozen=True, slots=True)
class ComparedPeriod:
    """A period as it is compared: its use, its days, and their temperatures where all are known."""

    period: Period
    quantity: Decimal
    mean_f: tuple[Decimal, ...] | None

    @property
    def days(self) -> int:
        """How many days it has."""
        return self.period.days

    @property
    def average_f(self) -> Decimal | None:
        """Its mean temperature."""
        return sum(self.mean_f, Decimal(0)) / len(self.mean_f) if self.mean_f else None

    def heating(self, model: WeatherModel) -> Decimal:
        """Return its degree days below the model's point of heating."""
        point = Decimal(str(model.heat_below))
        return sum((max(point - mean, Decimal(0)) for mean in self.mean_f or ()), Decimal(0))

    def cooling(self, model: WeatherModel) -> Decimal:
        """Return its degree days above the model's point of cooling."""
        point = Decimal(str(model.cool_above))
        return sum((max(mean - point, Decimal(0)) for mean in self.mean_f or ()), Decimal(0))


@dataclass(frozen=True, slots=True)
class Change:
    """Why two periods differ; the parts add up to the difference exactly.

    ``heating`` and ``cooling`` are None where the weather cannot be told apart from other use.
    """

    before: ComparedPeriod
    now: ComparedPeriod
    days: Decimal
    heating: Decimal | None
    cooling: Decimal | None
    other: Decimal

    @property
    def whole(self) -> Decimal:
        """The difference."""
        return self.now.quantity - self.before.quantity
