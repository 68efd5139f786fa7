"""How the days a page of use shows stand in its address: ``2026``, ``2026-11``, ``2026-11-21``.

A range is ``2026-11-01--2026-11-20``, both days included.
"""

from __future__ import annotations

import datetime as dt
import re

from smarthub.kernel.errors import NotVisible
from smarthub.workflows.usage.usage_spans import Shown, Span, day_of, month_of, range_of, year_of

FORMS = re.compile(r"(?P<year>\d{4})(-(?P<month>\d{2}))?")
BETWEEN = "--"
FIRST_YEAR = 1901


def read_days(address: str) -> Shown:
    """Return the days an address names.

    Raises:
        NotVisible: it names none.
    """
    try:
        shown = _read(address)
    except (ValueError, OverflowError):
        raise NotVisible from None
    if shown.period.start.year < FIRST_YEAR:
        raise NotVisible
    return shown


def _read(address: str) -> Shown:
    first, between, last = address.partition(BETWEEN)
    if between:
        return range_of(dt.date.fromisoformat(first), dt.date.fromisoformat(last))
    found = FORMS.fullmatch(address)
    if found is None:
        return day_of(dt.date.fromisoformat(address))
    if found["month"] is None:
        return year_of(int(found["year"]))
    return month_of(dt.date(int(found["year"]), int(found["month"]), 1))


def write_days(shown: Shown) -> str:
    """Return how the address of a page names the days it shows."""
    start = shown.period.start
    match shown.span:
        case Span.DAY:
            return start.isoformat()
        case Span.MONTH:
            return f"{start:%Y-%m}"
        case Span.YEAR:
            return f"{start:%Y}"
        case Span.RANGE:
            return f"{start}{BETWEEN}{shown.period.last_day}"
