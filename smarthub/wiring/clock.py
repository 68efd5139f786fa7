"""The one place where the clock is read. It can be moved, for demonstrations and for tests."""

from __future__ import annotations

import datetime as dt
import time
from zoneinfo import ZoneInfo

from django.conf import settings

from smarthub.kernel.period import local_day


def now() -> dt.datetime:
    """Return the time, in UTC, moved by ``SMARTHUB_CLOCK_SHIFT_SECONDS``."""
    shift = dt.timedelta(seconds=settings.CLOCK_SHIFT_SECONDS)
    return dt.datetime.now(dt.UTC) + shift  # noqa: TID251 (the one clock of the house)


def unmoved_seconds() -> float:
    """Return the machine's own seconds since 1970: the sign-in library notes its times so."""
    return time.time()


def today(zone: ZoneInfo) -> dt.date:
    """Return the co-op's local day of this moment."""
    return local_day(now(), zone)
