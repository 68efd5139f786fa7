"""The checks rows of intervals must pass: days in one row each, or single reads in any order.

Every refused row is found with its line, a code and the value; a row is kept whole or not at
all. What a check is for is written in docs/operating/importing-reads.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from smarthub.metering.engine.checks import CheckSettings
from smarthub.metering.engine.days import RowRefused, ZoneDays
from smarthub.metering.engine.numbers import explain_number, parse_numbers, parse_plain
from smarthub.metering.engine.packing import capacity
from smarthub.metering.engine.validation import examined
from smarthub.metering.types import (
    DELIVERED,
    MISSING,
    DayBlock,
    Findings,
    FlowChannel,
    Integers,
    KnownChannel,
    KnownInstall,
    KnownMeter,
    PlainFields,
    Problem,
    RowBatch,
)

FindMeters = Callable[[Collection[str]], Mapping[str, KnownMeter]]

HOURLY_CEILING = {"kWh": 100, "ccf": 20, "therm": 20, "gal": 5_000}
"""More than a home can use in an hour: 100 kWh is a 400 A service at full load, and a bit."""
MOST_REMEMBERED = 40_000
"""Meters, so that memory stays flat however many a file names."""
WIDE_FACTOR = 100
"""Places with a wide channel are large services; they may use so many times more."""


class MeterBook:
    """The meters a file names, looked up a batch at a time and remembered."""

    def __init__(self, find_meters: FindMeters) -> None:
        self._find = find_meters
        self._known: dict[str, KnownMeter | None] = {}

    def learn(self, serials: Collection[str]) -> None:
        """Look up those of ``serials`` not met before, and forget some if there are too many."""
        new = {serial for serial in serials if serial not in self._known}
        if len(self._known) + len(new) > MOST_REMEMBERED:
            self._known, new = {}, set(serials)
        if new:
            found = self._find(new)
            self._known.update({serial: found.get(serial) for serial in new})

    def meter(self, serial: str) -> KnownMeter:
        """Return the meter.

        Raises:
            RowRefused: there is none with this serial.
        """
        meter = self._known.get(serial)
        if meter is None:
            raise RowRefused(Problem.UNKNOWN_METER, meter=serial)
        return meter

    def install(self, serial: str, day: dt.date) -> KnownInstall:
        """Return where the meter hung on ``day``.

        Raises:
            RowRefused: nowhere, or there is no such meter.
        """
        for install in self.meter(serial).installs:
            if install.installed_on <= day and (
                install.removed_on is None or day < install.removed_on
            ):
                return install
        raise RowRefused(Problem.METER_NOT_INSTALLED, meter=serial, day=str(day))


def ceiling_of(channel: KnownChannel) -> int:
    """Return the largest value one interval of the channel may have, as it is stored."""
    return _ceiling(channel.unit, channel.exponent, channel.step_seconds, channel.wide)


@lru_cache
def _ceiling(unit: str, exponent: int, step_seconds: int, wide: bool) -> int:  # noqa: FBT001
    hourly = HOURLY_CEILING.get(unit)
    most = capacity(wide=wide)
    if hourly is None:
        return most
    factor = WIDE_FACTOR if wide else 1
    policy = Decimal(hourly * factor * step_seconds) / 3600
    return min(most, int(policy.scaleb(-exponent)))


class PlacedRow(NamedTuple):
    """A row of one day whose meter, channel and day are right."""

    number: int
    line: int
    channel: FlowChannel
    day: dt.date
    slots: int


class FieldTable(Protocol):
    """The numbers of some rows, however they were read."""

    def parse(self, *, places: Integers) -> tuple[Integers, NDArray[np.bool_]]:
        """Return them as integers of 10 ** -places, and which could not be read."""

    def field(self, row: int, column: int) -> str:
        """Return one as it stands in the file."""


@dataclass(frozen=True, slots=True)
class _Texts:
    """Numbers as texts."""

    rows: Sequence[Sequence[str]]

    def parse(self, *, places: Integers) -> tuple[Integers, NDArray[np.bool_]]:
        columns = len(self.rows[0])
        texts = [text for row in self.rows for text in row]
        values, bad = parse_numbers(texts, places=places.repeat(columns))
        return values.reshape(-1, columns), bad.reshape(-1, columns)

    def field(self, row: int, column: int) -> str:
        return self.rows[row][column]


@dataclass(frozen=True, slots=True)
class _Bytes:
    """Numbers still as bytes of the file."""

    fields: PlainFields

    def parse(self, *, places: Integers) -> tuple[Integers, NDArray[np.bool_]]:
        return parse_plain(self.fields, places=places)

    def field(self, row: int, column: int) -> str:
        return self.fields.field(row, column)


def _fields_of(batch: RowBatch, placed: Sequence[PlacedRow]) -> FieldTable:
    if batch.plain is None:
        return _Texts([batch.rows[row.number][3:] for row in placed])
    numbers = np.array([row.number for row in placed])
    plain = batch.plain
    return _Bytes(PlainFields(plain.text, plain.starts[numbers], plain.lengths[numbers]))


class DayRowChecks:
    """Checks of rows that hold one local day each: ``meter, start, step_seconds, v1, v2, ...``."""

    def __init__(
        self,
        *,
        days: ZoneDays,
        book: MeterBook,
        received_at: dt.datetime,
        findings: Findings,
        settings: CheckSettings | None = None,
        flow: str = DELIVERED,
    ) -> None:
        self._days = days
        self._book = book
        self._received = received_at
        self._findings = findings
        self._settings = settings or CheckSettings()
        self._flow = flow

    def blocks(self, batches: Iterable[RowBatch]) -> Iterator[DayBlock]:
        """Yield the days that passed, in blocks of equal length, doubtful values marked."""
        for batch in batches:
            self._book.learn({row[0] for row in batch.rows})
            placed = self._place_all(batch)
            if placed:
                yield from self._check_values(placed, _fields_of(batch, placed))

    def _place_all(self, batch: RowBatch) -> list[PlacedRow]:
        placed: list[PlacedRow] = []
        for number, (line, row) in enumerate(zip(batch.lines, batch.rows, strict=True)):
            try:
                placed.append(self._place(number, line, row))
            except RowRefused as error:
                self._findings.refuse(line, error.problem, **error.details)
        return placed

    def _place(self, number: int, line: int, row: Sequence[str]) -> PlacedRow:
        serial, start, step = row[:3]
        self._book.meter(serial)
        day = self._days.day_starting(start)
        for channel in self._book.install(serial, day).channels:
            if str(channel.step_seconds) == step and channel.flow == self._flow:
                slots = self._days.seconds(day) // channel.step_seconds
                return PlacedRow(number, line, channel, day, slots)
        raise RowRefused(Problem.NO_CHANNEL, meter=serial, step_seconds=step)

    def _check_values(self, placed: list[PlacedRow], fields: FieldTable) -> Iterator[DayBlock]:
        values, bad = fields.parse(places=np.array([-row.channel.exponent for row in placed]))
        columns = values.shape[1]
        bad |= values > np.array([ceiling_of(row.channel) for row in placed])[:, None]
        filled = (values != MISSING) | bad
        last = np.where(filled.any(axis=1), columns - filled[:, ::-1].argmax(axis=1), 0)
        good = ~(self._wrong_counts(placed, last, columns) | self._bad_values(placed, fields, bad))
        good &= ~self._future(placed, last)
        for block, channels in _blocks_of(placed, values, good):
            yield examined(
                block, channels=channels, settings=self._settings, findings=self._findings
            )

    def _wrong_counts(
        self, placed: list[PlacedRow], last: Integers, columns: int
    ) -> NDArray[np.bool_]:
        """Refuse rows with more or fewer values than the day has.

        A gap at the end of an ordinary day is a gap; on a day the clock changes it is a file
        that does not know so, and whose values after the change are all an hour off.
        """
        slots = np.array([row.slots for row in placed])
        ordinary = 86_400 // np.array([row.channel.step_seconds for row in placed])
        short = (slots != ordinary) & (last > 0) & (last < slots)
        wrong = np.asarray((slots > columns) | (last > slots) | short)
        for n in np.flatnonzero(wrong):
            row, found = placed[n], int(last[n])
            self._findings.refuse(
                row.line, Problem.WRONG_VALUE_COUNT, expected=row.slots, found=found
            )
        return wrong

    def _bad_values(
        self, placed: list[PlacedRow], fields: FieldTable, bad: NDArray[np.bool_]
    ) -> NDArray[np.bool_]:
        for n in np.flatnonzero(bad.any(axis=1)):
            row, column = placed[n], int(bad[n].argmax())
            text = fields.field(int(n), column)
            problem = explain_value(text, row.channel)
            self._findings.refuse(row.line, problem, column=f"v{column + 1}", value=text)
        return np.asarray(bad.any(axis=1))

    def _future(self, placed: list[PlacedRow], last: Integers) -> NDArray[np.bool_]:
        starts = [self._days.begins(row.day) for row in placed]
        steps = [row.channel.step_seconds for row in placed]
        ends = np.array(starts) + last * np.array(steps)
        future = np.asarray(ends > self._received.timestamp())
        for n in np.flatnonzero(future):
            self._findings.refuse(placed[n].line, Problem.FUTURE_READ, day=str(placed[n].day))
        return future


def explain_value(text: str, channel: KnownChannel) -> Problem:
    """Return why a value that could not be taken is wrong."""
    ceiling = Decimal(ceiling_of(channel)).scaleb(channel.exponent)
    problem = explain_number(text, places=-channel.exponent, ceiling=ceiling)
    return problem or Problem.NOT_A_NUMBER


def _blocks_of(
    placed: list[PlacedRow], values: Integers, good: NDArray[np.bool_]
) -> Iterator[tuple[DayBlock, list[FlowChannel]]]:
    lengths = np.array([row.slots for row in placed])
    wides = np.array([row.channel.wide for row in placed])
    for slots, wide in sorted(set(zip(lengths[good].tolist(), wides[good].tolist(), strict=True))):
        chosen = np.flatnonzero(good & (lengths == slots) & (wides == wide))
        rows = [placed[n] for n in chosen]
        block = DayBlock(
            wide=wide,
            channel_ids=np.array([row.channel.id for row in rows], np.int64),
            days=np.array([row.day.toordinal() for row in rows], np.int64),
            rows=np.array([row.line for row in rows], np.int64),
            values=values[chosen, :slots],
        )
        yield block, [row.channel for row in rows]
