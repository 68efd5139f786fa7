"""Found the co-op and put the cast on stage for good: ``python -m tests.crash.stage``."""

from __future__ import annotations

import datetime as dt

import django

if __name__ == "__main__":
    django.setup()

    from smarthub.workflows.found_cooperative import found_cooperative
    from tests.cast import COLOUR, IDENTITY, NOW, build_cast

    found_cooperative(
        identity=IDENTITY,
        colour=COLOUR,
        policies={},
        holiday_years=(2025, 2026, 2027),
        effective_from=dt.date(2020, 1, 1),
        author="tests",
        now=NOW,
    )
    build_cast()
