"""Hourly outdoor temperatures as days: low, high and mean, in degrees Fahrenheit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import NamedTuple

from smarthub.metering.engine.days import RowRefused, ZoneDays
from smarthub.metering.types import Findings, Problem, RowBatch, StationReading

LOWEST_F, HIGHEST_F = Decimal(-90), Decimal(140)
"""Colder and hotter than anywhere people are billed for heating."""
LEAST_HOURS = 18
"""Distinct hours a day must have; with fewer its low or its high may be the one not seen."""
_TENTH = Decimal("0.1")


class _Reading(NamedTuple):
    line: int
    degrees_f: Decimal


class TemperatureChecks:
    """Checks of rows ``dt, tempF`` or ``dt, tempC``; an empty value is simply not known."""

    def __init__(self, *, days: ZoneDays, received_at: dt.datetime, findings: Findings) -> None:
        self._days = days
        self._received = received_at
        self._findings = findings

    def readings(self, batches: Iterable[RowBatch]) -> list[StationReading]:
        """Return the days that have enough hours."""
        seen: dict[tuple[dt.date, int], _Reading] = {}
        for batch in batches:
            celsius = batch.header[1] == "tempC"
            for line, row in zip(batch.lines, batch.rows, strict=True):
                try:
                    self._add(seen, line, row, celsius=celsius)
                except RowRefused as error:
                    self._findings.refuse(line, error.problem, **error.details)
        return self._days_of(seen)

    def _add(
        self,
        seen: dict[tuple[dt.date, int], _Reading],
        line: int,
        row: Sequence[str],
        *,
        celsius: bool,
    ) -> None:
        time, text = row
        day, seconds = self._days.place(time)
        if self._days.bounds(day)[0].timestamp() + seconds > self._received.timestamp():
            raise RowRefused(Problem.FUTURE_READ, time=time)
        if not text:
            return
        reading = _Reading(line, _degrees_f(text, celsius=celsius))
        first = seen.setdefault((day, seconds), reading)
        if first is not reading:
            agree = first.degrees_f == reading.degrees_f
            problem = Problem.REPEATED_TIME if agree else Problem.CONFLICTING_TIME
            raise RowRefused(problem, first_row=first.line)

    def _days_of(self, seen: dict[tuple[dt.date, int], _Reading]) -> list[StationReading]:
        by_day: dict[dt.date, dict[int, list[_Reading]]] = {}
        for (day, seconds), reading in seen.items():
            by_day.setdefault(day, {}).setdefault(seconds // 3600, []).append(reading)
        return [
            _station_day(day, hours)
            for day, hours in sorted(by_day.items())
            if self._has_enough(day, hours)
        ]

    def _has_enough(self, day: dt.date, hours: dict[int, list[_Reading]]) -> bool:
        enough = len(hours) >= LEAST_HOURS
        if not enough:
            first = min(reading.line for group in hours.values() for reading in group)
            self._findings.refuse(first, Problem.TOO_FEW_READINGS, day=str(day), hours=len(hours))
        return enough


def _degrees_f(text: str, *, celsius: bool) -> Decimal:
    try:
        degrees = Decimal(text)
    except InvalidOperation:
        raise RowRefused(Problem.NOT_A_NUMBER, value=text) from None
    if not degrees.is_finite():
        raise RowRefused(Problem.NOT_A_NUMBER, value=text)
    lowest, highest = (
        (_celsius(LOWEST_F), _celsius(HIGHEST_F)) if celsius else (LOWEST_F, HIGHEST_F)
    )
    if not lowest <= degrees <= highest:
        raise RowRefused(Problem.ABSURD_VALUE, value=text)
    return degrees * 9 / 5 + 32 if celsius else degrees


def _celsius(fahrenheit: Decimal) -> Decimal:
    return (fahrenheit - 32) * 5 / 9


def _station_day(day: dt.date, hours: dict[int, list[_Reading]]) -> StationReading:
    degrees = [reading.degrees_f for group in hours.values() for reading in group]
    mean = sum(degrees, Decimal(0)) / len(degrees)
    low, high, mean = (
        value.quantize(_TENTH, ROUND_HALF_UP) for value in (min(degrees), max(degrees), mean)
    )
    return StationReading(day, low, high, mean)
