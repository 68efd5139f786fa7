"""CSV files of others, read by a saved mapping: which column is what, and how times are meant.

Rows become the single reads, or the days, that the checks know; what a field means for a meter is
not decided here.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path
from zoneinfo import ZoneInfo

from smarthub.integrations.csv_files.formats import BATCH_ROWS, Lines, next_row
from smarthub.kernel.period import day_seconds
from smarthub.metering.ports import FileUnreadable
from smarthub.metering.profiles import UNIT_FACTORS, MappingProfile
from smarthub.metering.types import Problem, RowBatch, RowProblem

HEADER = ("meter", "start", "value", "flow", "unit", "step_seconds", "quality")
_PLACES = Decimal("0.001")
_EARLIER, _LATER = 0, 1
ORDINARY_DAY = 86_400


class _RowProblem(Exception):
    """A row cannot be understood by the mapping."""

    def __init__(self, problem: Problem, **values: str | int) -> None:
        super().__init__(problem)
        self.problem = problem
        self.values = values


@dataclass(frozen=True, slots=True)
class MappedFormat:
    """A mapping profile at work; ``zone`` is the co-op's, for profiles that name none."""

    profile: MappingProfile
    zone: ZoneInfo

    @property
    def name(self) -> str:
        """The profile's name."""
        return self.profile.name

    def batches(self, path: Path) -> Iterator[RowBatch]:
        """Yield the reads of the file, one a row, ``BATCH_ROWS`` lines at a time.

        Raises:
            FileUnreadable: the columns, the encoding or the quoting are wrong.
        """
        with path.open("rb") as file:
            lines = Lines(file)
            reader = csv.reader(
                lines, strict=True, skipinitialspace=True, delimiter=self.profile.delimiter
            )
            for _line in range(self.profile.skip_lines):
                next_row(reader, lines)
            columns = _columns(next_row(reader, lines), self.profile, lines.number)
            rows = _Rows(self.profile, self.zone, columns)
            while (row := next_row(reader, lines)) is not None:
                rows.add(lines.number, row, unfinished=lines.unfinished)
                if rows.size >= BATCH_ROWS:
                    yield rows.batch(lines.bytes_read)
            yield rows.batch(lines.bytes_read)


def _columns(row: Sequence[str] | None, profile: MappingProfile, line: int) -> dict[str, int]:
    """Return where each column is.

    Raises:
        FileUnreadable: there is no header, a column is missing, or a name it needs is there twice.
    """
    if row is None:
        raise FileUnreadable(problem=Problem.EMPTY_FILE, row=1)
    names = [name.strip() for name in row]
    twice = {name for name in profile.columns_used() if names.count(name) > 1}
    missing = profile.columns_used() - set(names)
    if twice or missing:
        raise FileUnreadable(
            problem=Problem.WRONG_COLUMNS,
            row=line,
            expected=",".join(sorted(profile.columns_used())),
            found=",".join(names),
        )
    return {name: place for place, name in enumerate(names)}


def _is_skipped(time: dt.datetime, zone: ZoneInfo) -> bool:
    local = time.replace(tzinfo=zone)
    return local.astimezone(dt.UTC).astimezone(zone).replace(tzinfo=None) != time


class _Rows:
    """Rows of the file on their way into batches of single reads."""

    def __init__(self, profile: MappingProfile, zone: ZoneInfo, columns: Mapping[str, int]) -> None:
        self._profile = profile
        self._zone = ZoneInfo(profile.zone) if profile.zone else zone
        self._columns = columns
        self._factor = UNIT_FACTORS[profile.unit][1] * profile.multiplier
        self._unit = UNIT_FACTORS[profile.unit][0]
        self._last: dict[str, dt.datetime] = {}
        self._values = [
            (name, place) for name, place in columns.items() if profile.is_value_column(name)
        ]
        self._begin()

    def _begin(self) -> None:
        self._lines: list[int] = []
        self._rows: list[tuple[str, ...]] = []
        self._problems: list[RowProblem] = []

    @property
    def size(self) -> int:
        """How many reads and problems came together."""
        return len(self._rows) + len(self._problems)

    def batch(self, bytes_read: int) -> RowBatch:
        """Return what came together, and begin anew."""
        batch = RowBatch(
            HEADER, tuple(self._lines), tuple(self._rows), tuple(self._problems), bytes_read
        )
        self._begin()
        return batch

    def add(self, line: int, row: Sequence[str], *, unfinished: bool) -> None:
        """Take in one row of the file."""
        if len(row) != len(self._columns):
            details = {"expected": len(self._columns), "found": len(row)}
            self._problems.append(RowProblem(line, Problem.FIELD_COUNT, details))
            return
        if unfinished:
            self._problems.append(RowProblem(line, Problem.UNFINISHED_LINE))
            return
        try:
            reads = list(self._reads(row))
        except _RowProblem as error:
            self._problems.append(RowProblem(line, error.problem, error.values))
            return
        self._rows.extend(reads)
        self._lines.extend([line] * len(reads))

    def _reads(self, row: Sequence[str]) -> Iterator[tuple[str, ...]]:
        profile = self._profile
        meter = self._field(row, profile.meter_column) or profile.meter
        start = self._start(row, meter)
        flow = profile.flows.get(self._field(row, profile.flow_column), profile.flow)
        step = dt.timedelta(seconds=profile.step_seconds)
        if profile.wide:
            self._need_whole_day(row, start)
        quality = profile.qualities.get(self._field(row, profile.quality_column), "good")
        ratio = self._ratio(row)
        for number, (name, place) in enumerate(self._values):
            value, direction = self._value(row[place], flow, name, ratio)
            if value or not profile.wide:
                begins = (start + number * step).isoformat()
                yield (
                    meter,
                    begins,
                    value,
                    direction,
                    self._unit,
                    str(profile.step_seconds),
                    quality,
                )

    def _need_whole_day(self, row: Sequence[str], start: dt.datetime) -> None:
        """Refuse a day the clock changes whose sender does not know: what follows is an hour off.

        A gap at the end of an ordinary day is a gap.
        """
        seconds = day_seconds(start.astimezone(self._zone).date(), self._zone)
        expected = seconds // self._profile.step_seconds
        filled = [n for n, (_name, place) in enumerate(self._values, start=1) if row[place].strip()]
        found = max(filled, default=0)
        short = seconds != ORDINARY_DAY and 0 < found < expected
        if found > expected or short:
            raise _RowProblem(Problem.WRONG_VALUE_COUNT, expected=expected, found=found)

    def _field(self, row: Sequence[str], column: str) -> str:
        return row[self._columns[column]].strip() if column else ""

    def _start(self, row: Sequence[str], meter: str) -> dt.datetime:
        """Return the instant at which the row's first interval begins, in UTC."""
        profile = self._profile
        text = " ".join(self._field(row, column) for column in profile.time_columns)
        try:
            time = (
                dt.datetime.strptime(text, profile.time_format)  # noqa: DTZ007 (zone follows)
                if profile.time_format
                else dt.datetime.fromisoformat(text)
            )
            instant = time if time.tzinfo else self._placed(time, row, meter, text)
            instant = instant.astimezone(dt.UTC)
        except (ValueError, OverflowError):
            raise _RowProblem(Problem.UNREADABLE_TIME, time=text) from None
        if profile.interval_ending:
            instant -= dt.timedelta(seconds=profile.step_seconds)
        return instant

    def _placed(self, time: dt.datetime, row: Sequence[str], meter: str, text: str) -> dt.datetime:
        """Return a local time with its zone; in the hour shown twice, by marker or by order."""
        first, second = (time.replace(tzinfo=self._zone, fold=fold) for fold in (0, 1))
        if first.utcoffset() == second.utcoffset():
            self._last[meter] = time
            return first
        back = first.astimezone(dt.UTC).astimezone(self._zone).replace(tzinfo=None)
        if back != time:
            # The interval before the change ends where the clock leaves out an hour.
            just_before = time - dt.timedelta(microseconds=1)
            if self._profile.interval_ending and not _is_skipped(just_before, self._zone):
                return first
            raise _RowProblem(Problem.SKIPPED_HOUR, time=text)
        fold = self._fold(time, row, meter)
        if fold is None:
            raise _RowProblem(Problem.AMBIGUOUS_HOUR, time=text)
        return (first, second)[fold]

    def _fold(self, time: dt.datetime, row: Sequence[str], meter: str) -> int | None:
        profile = self._profile
        marker = self._field(row, profile.dst_column)
        if marker:
            if marker == profile.dst_daylight:
                return _EARLIER
            return _LATER if marker == profile.dst_standard else None
        if not profile.in_order:
            return None
        before = self._last.get(meter)
        self._last[meter] = max(time, before) if before else time
        return _LATER if before is not None and time <= before else _EARLIER

    def _ratio(self, row: Sequence[str]) -> Decimal:
        """Return what the row says its values are multiplied by, above zero."""
        text = self._field(row, self._profile.multiplier_column)
        try:
            ratio = Decimal(text or 1)
        except InvalidOperation:
            ratio = Decimal(0)
        if not ratio.is_finite() or ratio <= 0:
            column = self._profile.multiplier_column
            raise _RowProblem(Problem.NOT_A_NUMBER, column=column, value=text)
        return ratio

    def _value(self, text: str, flow: str, column: str, ratio: Decimal) -> tuple[str, str]:
        """Return a value in the unit kept, and which way it counts."""
        plain = text.strip()
        if self._profile.decimal_comma:
            plain = plain.replace(".", "").replace(",", ".")
        if not plain:
            return "", flow
        try:
            value = Decimal(plain) * self._factor * ratio
        except InvalidOperation:
            raise _RowProblem(Problem.NOT_A_NUMBER, column=column, value=text) from None
        if not value.is_finite():
            raise _RowProblem(Problem.NOT_A_NUMBER, column=column, value=text)
        if self._profile.negate:
            value = -value
        if value < 0 and self._profile.negative_is_received:
            value, flow = -value, "received"
        if self._profile.rounded:
            value = value.quantize(_PLACES, ROUND_HALF_UP)
        return f"{value.normalize():f}", flow
