"""The days that files about money tell of: one ahead of us, or long gone, refuses the whole file.

The readers of files have no clock. A day decides when money counts as received, so a year typed
wrong would book it where nobody looks for it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from smarthub.cooperative.queries import get_zone, list_bank_closings
from smarthub.kernel.banking_days import banking_days_after
from smarthub.kernel.period import local_day
from smarthub.payments.ports import BankFileRefused, ReturnedEntry

LONG_GONE = dt.timedelta(days=366)
LOOK_AHEAD = dt.timedelta(days=14)

FileDay = tuple[int, str, dt.date]
"""The line it stands on, its field, and the day."""


def refuse_odd_days(
    *, days: Iterable[FileDay], now: dt.datetime, latest: dt.date | None = None
) -> None:
    """Refuse a file with a day nobody can have received money on.

    Args:
        days: What the file tells.
        now: When it is given.
        latest: The last day that may stand in it; the local day of ``now`` if none is said.

    Raises:
        BankFileRefused: ``day_ahead`` or ``day_long_gone``, with line, field and the day.

    Source: domain rules 52 and 130.
    """
    today = local_day(now, get_zone())
    for line, field, day in days:
        if day > (latest or today):
            raise BankFileRefused(line=line, field=field, reason="day_ahead", found=str(day))
        if today - day > LONG_GONE:
            raise BankFileRefused(line=line, field=field, reason="day_long_gone", found=str(day))


def refuse_odd_settlements(*, words: Iterable[ReturnedEntry], now: dt.datetime) -> None:
    """Refuse a file of returns that settle after the next banking day, or settled long ago.

    A bank tells in the evening what it settles the next morning; a return without a day is fine.

    Raises:
        BankFileRefused: see above.
    """
    today = local_day(now, get_zone())
    closings = list_bank_closings(start=today, end=today + LOOK_AHEAD)
    refuse_odd_days(
        days=[(word.line, "settles_on", word.settles_on) for word in words if word.settles_on],
        now=now,
        latest=banking_days_after(today, 1, also_closed=closings),
    )
