"""The checks rows of register reads must pass: ``meter, read_on, value, kind``, or ``flow`` too."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal

from smarthub.metering.engine.days import RowRefused
from smarthub.metering.engine.intervals import MeterBook
from smarthub.metering.engine.numbers import explain_number
from smarthub.metering.types import (
    DELIVERED,
    Findings,
    KnownMeter,
    KnownRegister,
    Problem,
    RegisterReading,
    RowBatch,
)

_PLACES = 3
_FLOW = 4
"""The column that may follow the others."""
COUNTED_FLOWS = ("delivered", "received")


class RegisterRowChecks:
    """Checks of single rows, and of rows that speak of the same register and day."""

    def __init__(
        self, *, book: MeterBook, kinds: Collection[str], last_day: dt.date, findings: Findings
    ) -> None:
        self._book = book
        self._kinds = kinds
        self._last_day = last_day
        self._findings = findings

    def readings(self, batches: Iterable[RowBatch]) -> list[RegisterReading]:
        """Return the reads that passed, at most one for a register and day."""
        found: dict[tuple[int, dt.date], list[RegisterReading]] = {}
        for batch in batches:
            self._book.learn({row[0] for row in batch.rows})
            for line, row in zip(batch.lines, batch.rows, strict=True):
                try:
                    reading = self._check(line, row)
                except RowRefused as error:
                    self._findings.refuse(line, error.problem, **error.details)
                else:
                    key = reading.register_id, reading.read_on
                    found.setdefault(key, []).append(reading)
        return [reading for group in found.values() for reading in self._once(group)]

    def _check(self, line: int, row: Sequence[str]) -> RegisterReading:
        serial, day_text, text, kind = row[:_FLOW]
        flow = row[_FLOW] if len(row) > _FLOW else DELIVERED
        meter = self._book.meter(serial)
        read_on = self._day(day_text)
        _refuse_elsewhere(meter, read_on)
        counts = flow in COUNTED_FLOWS  # a demand register shows a peak, and is no counter
        register = next((each for each in meter.registers if counts and each.flow == flow), None)
        if register is None:
            raise RowRefused(Problem.NO_REGISTER, meter=serial, flow=flow)
        if kind not in self._kinds:
            raise RowRefused(Problem.UNKNOWN_KIND, kind=kind, known=", ".join(self._kinds))
        value = _value(text, register)
        return RegisterReading(line, register.id, read_on, value, kind, register.dials)

    def _day(self, text: str) -> dt.date:
        try:
            day = dt.date.fromisoformat(text)
        except ValueError:
            raise RowRefused(Problem.UNREADABLE_TIME, time=text) from None
        if day > self._last_day:
            raise RowRefused(Problem.FUTURE_READ, day=text)
        return day

    def _once(self, group: list[RegisterReading]) -> list[RegisterReading]:
        """Return one of equal reads; of different ones none, for none can be believed."""
        agree = len({(reading.value, reading.kind) for reading in group}) == 1
        problem = Problem.REPEATED_TIME if agree else Problem.CONFLICTING_TIME
        for reading in group[agree:]:
            self._findings.refuse(reading.row, problem, first_row=group[0].row)
        return group[:agree]


def _refuse_elsewhere(meter: KnownMeter, day: dt.date) -> None:
    """Refuse a read of a meter that did not hang anywhere; its last day's read is its last."""
    for install in meter.installs:
        if install.installed_on <= day and (
            install.removed_on is None or day <= install.removed_on
        ):
            return
    raise RowRefused(Problem.METER_NOT_INSTALLED, meter=meter.serial, day=str(day))


def _value(text: str, register: KnownRegister) -> Decimal:
    past_last_number = Decimal(10) ** register.dials
    ceiling = past_last_number - Decimal(1).scaleb(-_PLACES)
    problem = explain_number(text, places=_PLACES, ceiling=ceiling)
    if problem:
        raise RowRefused(problem, column="value", value=text)
    return Decimal(text)
