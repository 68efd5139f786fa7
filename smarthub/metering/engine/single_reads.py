"""The checks rows of single reads must pass: ``meter, start, value``, in any order.

Rows of a day may lie anywhere in the file, so its reads are held as numbers (48 bytes each) until
the end, and only then put together into days. A large file's numbers wait in temporary files, by
channel, so that memory stays flat however many there are.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from tempfile import SpooledTemporaryFile
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from smarthub.metering.engine.checks import CheckSettings
from smarthub.metering.engine.days import RowRefused, ZoneDays
from smarthub.metering.engine.intervals import MeterBook, ceiling_of, explain_value
from smarthub.metering.engine.numbers import parse_numbers
from smarthub.metering.engine.validation import examined
from smarthub.metering.ports import refuse_too_many
from smarthub.metering.types import (
    DELIVERED,
    MISSING,
    DayBlock,
    Findings,
    FlowChannel,
    Integers,
    KnownInstall,
    Problem,
    Quality,
    RowBatch,
)

PLAIN_FIELDS = 3


SHELVES, COLUMNS = 64, 6
IN_MEMORY_BYTES = 2**20


class _Asked(NamedTuple):
    """What a row says besides meter, time and value; a plain file says none of it."""

    flow: str = DELIVERED
    unit: str = ""
    step_seconds: str = ""
    quality: str = "good"


class _Read(NamedTuple):
    """A row whose meter, channel and time are right."""

    channel: int
    day: int
    slot: int
    line: int
    quality: int = Quality.GOOD


class _Shelves:
    """Numbers on their way: all of a channel on one shelf, which is a file once it is large."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._files = [
            self._stack.enter_context(SpooledTemporaryFile(max_size=IN_MEMORY_BYTES))  # noqa: SIM115
            for _shelf in range(SHELVES)
        ]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._stack.close()

    def put(self, table: Integers) -> None:
        """Lay the rows of a batch where they belong."""
        shelf = table[:, 0] % SHELVES
        for number in np.unique(shelf):
            self._files[number].write(table[shelf == number].tobytes())

    def tables(self) -> Iterator[Integers]:
        """Yield the shelves that hold something."""
        for file in self._files:
            file.seek(0)
            table = np.frombuffer(file.read(), np.int64).reshape(-1, COLUMNS)
            if len(table):
                yield table


class SingleReadChecks:
    """Checks of rows that hold one interval each."""

    def __init__(
        self,
        *,
        days: ZoneDays,
        book: MeterBook,
        received_at: dt.datetime,
        findings: Findings,
        settings: CheckSettings | None = None,
    ) -> None:
        self._days = days
        self._book = book
        self._received = received_at
        self._findings = findings
        self._settings = settings or CheckSettings()
        self._channels: dict[int, FlowChannel] = {}

    def blocks(self, batches: Iterable[RowBatch]) -> Iterator[DayBlock]:
        """Yield the days made of the reads that passed, in blocks of equal length."""
        with _Shelves() as shelves:
            for batch in batches:
                shelves.put(self._check(batch))
            for table in shelves.tables():
                refuse_too_many(self._findings)
                yield from self._days_of(self._once(table))

    def _check(self, batch: RowBatch) -> Integers:
        """Return the batch's good reads: channel, day, slot, line and value in columns."""
        self._book.learn({row[0] for row in batch.rows})
        reads, texts = self._place_all(batch)
        places = np.array([-self._channels[read.channel].exponent for read in reads], np.int64)
        values, bad = parse_numbers(texts, places=places)
        bad |= values > np.array([ceiling_of(self._channels[read.channel]) for read in reads])
        for n in np.flatnonzero(bad):
            problem = explain_value(texts[n], self._channels[reads[n].channel])
            self._findings.refuse(reads[n].line, problem, column="value", value=texts[n])
        qualities = np.array([read.quality for read in reads], np.int64)
        places_found = np.array([read[:4] for read in reads], np.int64).reshape(-1, 4)
        return np.column_stack([places_found, values, qualities])[~bad]

    def _place_all(self, batch: RowBatch) -> tuple[list[_Read], list[str]]:
        reads, texts = [], []
        for line, row in zip(batch.lines, batch.rows, strict=True):
            asked = _Asked(*row[3:]) if len(row) > PLAIN_FIELDS else _Asked()
            try:
                reads.append(self._place(line, row[0], row[1], asked))
            except RowRefused as error:
                self._findings.refuse(line, error.problem, **error.details)
            else:
                texts.append(row[2])
        return reads, texts

    def _place(self, line: int, serial: str, start: str, asked: _Asked) -> _Read:
        self._book.meter(serial)
        day, seconds = self._days.place(start)
        channel = _channel_for(self._book.install(serial, day), asked, serial)
        slot, rest = divmod(seconds, channel.step_seconds)
        if rest:
            raise RowRefused(Problem.OFF_GRID, time=start, step_seconds=channel.step_seconds)
        ends_at = self._days.bounds(day)[0].timestamp() + seconds + channel.step_seconds
        if ends_at > self._received.timestamp():
            raise RowRefused(Problem.FUTURE_READ, time=start)
        self._channels[channel.id] = channel
        return _Read(channel.id, day.toordinal(), slot, line, Quality[asked.quality.upper()])

    def _once(self, table: Integers) -> Integers:
        """Return each interval once, by channel and time; refuse the rest.

        The same value again is dropped. Where values differ, none can be believed.
        """
        table = table[np.lexsort((table[:, 3], table[:, 2], table[:, 1], table[:, 0]))]
        begins = np.flatnonzero(_changes(table[:, :3]))
        ends = np.append(begins[1:], len(table))
        keep = np.ones(len(table), bool)
        for n in np.flatnonzero(ends - begins > 1):
            group = slice(begins[n], ends[n])
            agree = len(np.unique(table[group, 4])) == 1
            keep[group] = False
            keep[begins[n]] = agree
            problem = Problem.REPEATED_TIME if agree else Problem.CONFLICTING_TIME
            first = int(table[begins[n], 3])
            for line in table[group, 3][agree:]:
                self._findings.refuse(int(line), problem, first_row=first)
        return table[keep]

    def _days_of(self, table: Integers) -> Iterator[DayBlock]:
        """Yield the reads, sorted by channel and time, as days."""
        starts = np.flatnonzero(_changes(table[:, :2]))
        owner = np.cumsum(_changes(table[:, :2])) - 1
        kinds = np.array([self._kind(channel, day) for channel, day in table[starts, :2]])
        first_lines = np.minimum.reduceat(table[:, 3], starts) if len(starts) else starts
        for slots, wide in np.unique(kinds.reshape(-1, 2), axis=0):
            chosen = (kinds == (slots, wide)).all(axis=1)
            position = np.cumsum(chosen) - 1
            mine = table[chosen[owner]]
            values = np.full((int(chosen.sum()), slots), MISSING)
            where = position[owner[chosen[owner]]], mine[:, 2]
            values[where] = mine[:, 4]
            quality = np.zeros(values.shape, np.uint8)
            quality[where] = mine[:, 5]
            block = DayBlock(
                wide=bool(wide),
                channel_ids=table[starts[chosen], 0],
                days=table[starts[chosen], 1],
                rows=first_lines[chosen],
                values=values,
                quality=quality if quality.any() else None,
            )
            channels = [self._channels[number] for number in block.channel_ids.tolist()]
            yield examined(
                block, channels=channels, settings=self._settings, findings=self._findings
            )

    def _kind(self, channel: int, day: int) -> tuple[int, bool]:
        known = self._channels[channel]
        return self._days.seconds(dt.date.fromordinal(day)) // known.step_seconds, known.wide


def _channel_for(install: KnownInstall, asked: _Asked, serial: str) -> FlowChannel:
    """Return the channel of the place that a row means.

    Raises:
        RowRefused: there is none of that flow and step, or several, or it counts another unit.
    """
    channels = [
        each
        for each in install.channels
        if each.flow == asked.flow and asked.step_seconds in {"", str(each.step_seconds)}
    ]
    if len(channels) != 1:
        raise RowRefused(Problem.NO_CHANNEL, meter=serial, flow=asked.flow, channels=len(channels))
    if asked.unit not in {"", channels[0].unit}:
        raise RowRefused(Problem.UNIT_DIFFERS, unit=asked.unit, channel=channels[0].unit)
    return channels[0]


def _changes(keys: Integers) -> NDArray[np.bool_]:
    """Return where a row of sorted ``keys`` differs from the one before it."""
    changed = np.ones(len(keys), bool)
    changed[1:] = (keys[1:] != keys[:-1]).any(axis=1)
    return changed
