"""The demo's days: how far history goes back, and when each cycle is billed.

Cycles: feature-map 3c. A bill closes at the start of its day, so the day of a bill is also
the day of the read that ends its period and starts the next (domain rule 21).
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from smarthub.kernel.text import Text

HISTORY_MONTHS = 25
SHORT_HISTORY_MONTHS = 13


@dataclass(frozen=True, slots=True)
class Cycle:
    """Accounts billed together: day of the month of the bill, and of its due date."""

    code: str
    name: Text
    bill_day: int
    due_day: int

    def last_on_or_before(self, day: dt.date) -> dt.date:
        """Return the latest bill day that is not after ``day``."""
        here = day.replace(day=self.bill_day)
        return here if here <= day else months_before(here, 1)

    def days(self, *, start: dt.date, until: dt.date) -> Iterator[dt.date]:
        """Yield each bill day from ``start`` to ``until``, both included."""
        for months in range((until.year - start.year) * 12 + until.month - start.month + 1):
            day = months_before(start.replace(day=self.bill_day), -months)
            if start <= day <= until:
                yield day


CYCLES = {
    cycle.code: cycle
    for cycle in (
        Cycle("C1", Text(en="Cycle 1", es="Ciclo 1"), 7, 28),
        Cycle("C2", Text(en="Cycle 2", es="Ciclo 2"), 14, 5),
        Cycle("C3", Text(en="Cycle 3", es="Ciclo 3"), 24, 15),
        Cycle("BB", Text(en="Broadband", es="Banda ancha"), 3, 24),
    )
}


def months_before(day: dt.date, months: int) -> dt.date:
    """Return the same day of the month ``months`` earlier, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))
