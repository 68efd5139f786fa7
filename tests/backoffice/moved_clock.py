"""Let the desk believe it is another moment, while the sign-in of today stays good."""

from __future__ import annotations

import datetime as dt
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.test import override_settings


@contextmanager
def moved_to(moment: dt.datetime) -> Iterator[None]:
    """Move the house's clock to a moment; the machine's own goes on."""
    shift = math.ceil(moment.timestamp() - time.time())
    with override_settings(CLOCK_SHIFT_SECONDS=shift):
        yield
