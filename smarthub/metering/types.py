"""Ids and values of metering that other packages may hold."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any, NewType

import numpy as np
from numpy.typing import NDArray

from smarthub.accounts.types import ServicePointId
from smarthub.kernel.period import Period

MeterId = NewType("MeterId", int)
RegisterId = NewType("RegisterId", int)
ChannelId = NewType("ChannelId", int)

Integers = NDArray[np.int64]
"""Values of intervals in steps of the channel, 10 ** exponent units; ``MISSING`` where unknown."""

MISSING = -1
"""Stands in every array of values for an interval nobody knows."""

DELIVERED = "delivered"
"""The flow a file means that does not say which."""

MOST_PROBLEMS = 100_000
"""A file with more bad rows was given under the wrong profile; nobody reads so long a report."""

LONGEST_QUOTE = 120
"""Characters of a bad field that a report repeats."""

Progress = Callable[[int, int], None]
"""Told how much is done, and of how much: bytes of the file."""


class Quality(IntEnum):
    """One byte beside a value that is not simply good."""

    GOOD = 0
    ESTIMATED = 1
    """Estimated after like days."""
    MISSING = 2
    EDITED = 3
    """Written by a person; no file displaces it."""
    INTERPOLATED = 4
    """Estimated on a straight line across a short gap."""
    QUESTIONABLE = 5
    """As the meter said it, but a check failed and nobody has looked at it yet."""
    MIXED = 6
    """Made of parts of several qualities, so that some of it may be estimated."""


ESTIMATES = (Quality.ESTIMATED, Quality.INTERPOLATED, Quality.MIXED)
"""What members are told is estimated. A real read displaces each of them."""

GREEN_BUTTON_QUALITY = {
    Quality.GOOD: 0,
    Quality.ESTIMATED: 8,
    Quality.EDITED: 7,
    Quality.INTERPOLATED: 9,
    Quality.QUESTIONABLE: 10,
    Quality.MIXED: 13,
}
"""Each quality in the codes of ESPI's QualityOfReading; a missing value is left out of a file."""


class OnError(StrEnum):
    """What the operator wants done with a file that has bad rows."""

    KEEP_GOOD = "keep_good"
    REFUSE_FILE = "refuse_file"


class Problem(StrEnum):
    """Why a row, or a whole file, was not kept; docs/operating/importing-reads.md explains each."""

    EMPTY_FILE = "empty_file"
    WRONG_COLUMNS = "wrong_columns"
    WRONG_ENCODING = "wrong_encoding"
    BROKEN_QUOTES = "broken_quotes"
    LINE_TOO_LONG = "line_too_long"
    BROKEN_XML = "broken_xml"
    TOO_MANY_PROBLEMS = "too_many_problems"

    FIELD_COUNT = "field_count"
    UNFINISHED_LINE = "unfinished_line"
    UNKNOWN_METER = "unknown_meter"
    METER_NOT_INSTALLED = "meter_not_installed"
    NO_CHANNEL = "no_channel"
    NO_REGISTER = "no_register"
    NO_READING_TYPE = "no_reading_type"
    UNIT_UNKNOWN = "unit_unknown"
    UNIT_DIFFERS = "unit_differs"

    UNREADABLE_TIME = "unreadable_time"
    AMBIGUOUS_HOUR = "ambiguous_hour"
    SKIPPED_HOUR = "skipped_hour"
    NOT_LOCAL_MIDNIGHT = "not_local_midnight"
    OFF_GRID = "off_grid"
    FUTURE_READ = "future_read"
    REPEATED_TIME = "repeated_time"
    CONFLICTING_TIME = "conflicting_time"

    WRONG_VALUE_COUNT = "wrong_value_count"
    NOT_A_NUMBER = "not_a_number"
    TOO_PRECISE = "too_precise"
    NEGATIVE_VALUE = "negative_value"
    ABSURD_VALUE = "absurd_value"
    UNKNOWN_KIND = "unknown_kind"
    NEGATIVE_USE = "negative_use"
    TOO_FEW_READINGS = "too_few_readings"


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A row that was not kept: its line in the file, counted from 1, and why."""

    row: int
    code: Problem
    values: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of a file. ``stored`` is false when nothing of it was taken in by this call."""

    file_name: str
    sha256: str
    rows: int
    kept: int
    already_known: bool
    problems: tuple[RowProblem, ...]
    stored: bool


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What is known of a file before it is read."""

    name: str
    sha256: str
    profile: str
    received_at: dt.datetime


@dataclass(frozen=True, slots=True)
class DayFailure:
    """A check that a day of a channel failed; the day is kept, and staff are asked to look."""

    channel_id: int
    day: dt.date
    code: str
    values: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(slots=True)
class Findings:
    """What the checks found so far; filled while the rows go by."""

    rows: int = 0
    problems: list[RowProblem] = field(default_factory=list)
    failures: list[DayFailure] = field(default_factory=list)

    def refuse(self, row: int, code: Problem, **values: str | int) -> None:
        """Remember that a row cannot be kept; long texts from the file are cut."""
        short = {k: v[:LONGEST_QUOTE] if isinstance(v, str) else v for k, v in values.items()}
        self.problems.append(RowProblem(row, code, short))

    @property
    def kept(self) -> int:
        """How many rows were kept."""
        return self.rows - len({problem.row for problem in self.problems})


@dataclass(frozen=True, slots=True)
class PlainFields:
    """Numbers of many rows as they stand in a file: where each begins in ``text``, and its length.

    One row for each row of the batch, one column for each numbered column of the file.
    """

    text: NDArray[np.uint8]
    starts: Integers
    lengths: Integers

    def field(self, row: int, column: int) -> str:
        """Return one of them as text."""
        start = int(self.starts[row, column])
        return self.text[start : start + int(self.lengths[row, column])].tobytes().decode("ascii")


@dataclass(frozen=True, slots=True)
class RowBatch:
    """Some rows of a file as text, each with its line number, and how far the file was read.

    With ``plain`` the rows hold only the fields before the numbered columns: the numbers are
    there as bytes, because making text of a hundred million of them would take most of the time.
    """

    header: tuple[str, ...]
    lines: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]
    problems: tuple[RowProblem, ...]
    bytes_read: int
    plain: PlainFields | None = None


@dataclass(frozen=True, slots=True)
class KnownChannel:
    """A channel as the checks need it."""

    id: ChannelId
    unit: str
    exponent: int
    step_seconds: int
    wide: bool


@dataclass(frozen=True, slots=True)
class FlowChannel(KnownChannel):
    """A channel and which way it counts: ``delivered`` to the place, or ``received`` from it.

    ``usual_total`` and ``usual_peak`` are a day's use and the highest interval of its last weeks,
    in stored steps, -1 where it is too young for that.
    """

    flow: str
    usual_total: int = -1
    usual_peak: int = -1


@dataclass(frozen=True, slots=True)
class PointChannel(FlowChannel):
    """A channel and the place it counts at."""

    service_point_id: ServicePointId = field(kw_only=True)
    service_point_number: str = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class KnownInstall:
    """Where a meter hung, from when until when, and the channels of that place."""

    service_point_id: ServicePointId
    installed_on: dt.date
    removed_on: dt.date | None
    channels: tuple[FlowChannel, ...]


@dataclass(frozen=True, slots=True)
class KnownRegister:
    """A register of a meter: which way it counts, its unit and what it can count to."""

    id: RegisterId
    unit: str
    dials: int
    multiplier: Decimal
    flow: str


@dataclass(frozen=True, slots=True)
class KnownMeter:
    """A meter a file may name: its places by date, and its registers."""

    serial: str
    installs: tuple[KnownInstall, ...]
    registers: tuple[KnownRegister, ...]


@dataclass(frozen=True, slots=True)
class DayBlock:
    """Checked days of equal length: ``values`` has one row a channel-day and one column a step.

    ``quality`` is ``None`` when every value is good or missing.
    """

    wide: bool
    channel_ids: Integers
    days: Integers
    rows: Integers
    values: Integers
    quality: NDArray[np.uint8] | None = None


@dataclass(frozen=True, slots=True)
class RegisterReading:
    """A checked register read, from one row of a file."""

    row: int
    register_id: RegisterId
    read_on: dt.date
    value: Decimal
    kind: str
    dials: int


@dataclass(frozen=True, slots=True)
class StationReading:
    """A checked day of a weather station, in degrees Fahrenheit."""

    day: dt.date
    low_f: Decimal
    high_f: Decimal
    mean_f: Decimal


@dataclass(frozen=True, slots=True)
class ReadDay:
    """One stored day of a channel: values in ``unit`` x 10 ** ``exponent``, and their quality."""

    channel_id: ChannelId
    service_point_id: ServicePointId
    day: dt.date
    unit: str
    exponent: int
    step_seconds: int
    values: Integers
    quality: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class StoredSpan:
    """From the first to the last stored day of some channels, and when the newest came in."""

    days: Period
    received_at: dt.datetime


@dataclass(frozen=True, slots=True)
class RegisterSpan:
    """What one register counted between two neighbouring reads, neither of them an estimate.

    ``total`` is in ``unit``; ``resolution`` is the least the register can tell, in ``unit`` too.
    """

    service_point_id: ServicePointId
    flow: str
    unit: str
    days: Period
    total: Decimal
    resolution: Decimal


@dataclass(frozen=True, slots=True)
class EstimateReport:
    """How many channel-days got estimates by this call, and how many intervals in them."""

    days: int
    intervals: int


@dataclass(frozen=True, slots=True)
class EstimatedRead:
    """An estimated register read: what it says, and the sentence's ingredients for the bill.

    ``method`` is ``same_month_last_year`` or ``average_of_last_periods``; ``known`` is true when
    a read of that day was there already, and nothing was estimated.
    """

    register_id: RegisterId
    read_on: dt.date
    value: Decimal
    used: Decimal
    method: str
    known: bool


@dataclass(frozen=True, slots=True)
class FailedDay:
    """A day on the staff's list: which meter, which check, and what was found.

    ``values`` hold stored steps, 10 ** ``exponent`` of ``unit``.
    """

    id: int
    channel_id: ChannelId
    service_point_id: ServicePointId
    meter_serial: str
    flow: str
    unit: str
    exponent: int
    step_seconds: int
    day: dt.date
    code: str
    values: Mapping[str, str | int]
    found_at: dt.datetime


@dataclass(frozen=True, slots=True)
class UnderstoodRead:
    """A read of a file as it was understood: where, when (a register: its day) and what."""

    meter_serial: str
    flow: str
    starts_at: dt.datetime
    value: Decimal | None
    unit: str


@dataclass(frozen=True, slots=True)
class FileTotals:
    """What a file's new or changed days come to, by flow and unit; 0 days are register reads."""

    flow: str
    unit: str
    meters: int
    days: int
    total: Decimal


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A file given at the desk, and what became of it so far.

    ``report`` is what the trial or the import said, as JSON.
    """

    key: uuid.UUID
    name: str
    path: str
    profile: str
    on_error: str
    given_at: dt.datetime
    state: str
    bytes_done: int
    bytes_total: int
    report: Mapping[str, Any]

    @property
    def works(self) -> bool:
        """Whether a job reads it, or will as soon as it can."""
        return self.state in {"running", "waiting"}

    @property
    def is_trial(self) -> bool:
        """Whether the job only tries it."""
        return self.state == "running"

    def reached(self, bytes_done: int) -> GivenFile:
        """Return the same, read so far."""
        return replace(self, bytes_done=min(bytes_done, self.bytes_total))
