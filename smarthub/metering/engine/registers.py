"""Use from what a register showed: differences, rollovers, multipliers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise

from smarthub.kernel.errors import Refused
from smarthub.metering.types import RegisterReading


class NegativeUse(Refused):
    """A register went back by more than a rollover can explain."""

    code = "negative_use"


def register_use(
    *, previous: Decimal, present: Decimal, multiplier: Decimal, dials: int
) -> Decimal:
    """Return (present - previous) x multiplier, in the register's unit.

    A register that shows less than before has passed its last number and begun again, but only
    if it would then have counted less than half its range; going back a little is no rollover.

    Args:
        previous: What it showed at the start of the period.
        present: What it showed at the end.
        multiplier: Units for one count of the register (a current transformer's ratio).
        dials: Whole digits the register has.

    Raises:
        NegativeUse: the register went back and no rollover explains it.

    Source: domain rules 12 and 13; 5 dials, 99874 to 00212 = 338.
    """
    counted = present - previous
    if counted < 0:
        counted += Decimal(10) ** dials
        if counted * 2 > Decimal(10) ** dials:
            raise NegativeUse(previous=str(previous), present=str(present))
    return counted * multiplier


def find_steps_back(
    *, stored: Mapping[dt.date, Decimal], new: Sequence[RegisterReading]
) -> list[RegisterReading]:
    """Return those of ``new`` that a register cannot have shown, given all its reads.

    Reads are followed by date, a new one standing in for the stored one it corrects. Where the
    register goes back, the later read is refused if it is new, else the earlier; so the answer
    does not depend on the order of the file.

    Args:
        stored: What one register showed, by date, before this file.
        new: What the file says it showed, at most once a date.
    """
    refused: list[RegisterReading] = []
    waiting = {reading.read_on: reading for reading in new}
    while culprit := _first_step_back(stored, waiting):
        refused.append(waiting.pop(culprit))
    return refused


def _first_step_back(
    stored: Mapping[dt.date, Decimal], new: Mapping[dt.date, RegisterReading]
) -> dt.date | None:
    days = sorted({*stored, *new})
    for before, after in pairwise(days):
        touched = new.get(after) or new.get(before)
        if touched is None:
            continue
        previous, present = (new[d].value if d in new else stored[d] for d in (before, after))
        try:
            register_use(
                previous=previous, present=present, multiplier=Decimal(1), dials=touched.dials
            )
        except NegativeUse:
            return touched.read_on
    return None
