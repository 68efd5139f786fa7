"""Publish the demo's rate book: the YAML files beside this module, by the rating operations.

Source: domain rules 9.1.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import yaml

from smarthub.jobs.demo.founding import AUTHOR
from smarthub.rating.operations import publish_rider, publish_tariff

RATE_BOOK = Path(__file__).parent / "rate_book"
FIRST_YEAR = 2024


def publish_rate_book(*, last_year: int, now: dt.datetime) -> None:
    """Publish every tariff version, and the riders for each month up to ``last_year``; once."""
    for path in sorted(RATE_BOOK.glob("*-*.yaml")):
        definition = yaml.safe_load(path.read_text())
        definition["effective_from"] = definition["effective_from"].isoformat()
        publish_tariff(definition=definition, author=AUTHOR, published_at=now)
    for code, effective_from, rate in rider_rates(last_year=last_year):
        publish_rider(
            code=code, effective_from=effective_from, rate=rate, author=AUTHOR, published_at=now
        )


def rider_rates(*, last_year: int) -> list[tuple[str, dt.date, Decimal]]:
    """Return each rider's rates: the WPCA changes monthly, the same every year; the PGA never."""
    riders = yaml.safe_load((RATE_BOOK / "riders.yaml").read_text())
    months = [
        ("WPCA", dt.date(year, month, 1), Decimal(rate))
        for year in range(FIRST_YEAR, last_year + 1)
        for month, rate in enumerate(riders["WPCA"], start=1)
    ]
    return [*months, ("PGA", dt.date(FIRST_YEAR, 1, 1), Decimal(riders["PGA"]))]
