"""How much faster the batch is than pricing singly, in one run beside the limit (scale 8, rule 5).

Both ways begin at the same interval energy, price the same month under the same tariff and end
at lines in cents. Rounds take turns, and the median counts, so that a busy machine is fair.
"""

from __future__ import annotations

import datetime as dt
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

import numpy as np
import yaml

from smarthub.kernel.period import Period, day_bounds
from smarthub.rating.engine import determinants_of, price
from smarthub.rating.engine.batch import (
    Numbers,
    Services,
    measured_from_intervals,
    price_batch,
)
from smarthub.rating.types import BilledUse, Load, PricedLine, Tariff

RATE_BOOK = Path(__file__).parents[2] / "demo" / "rate_book"
ZONE = ZoneInfo("America/Chicago")
JULY = Period(dt.date(2026, 7, 1), dt.date(2026, 8, 1))
STEP_SECONDS = 900
SINGLE = 5
TARIFFS: Mapping[str, str] = {
    "flat": "E-GS3-2026-03",
    "in blocks": "E-H-2026-03",
    "time of use": "E-R2-2026-03",
    "time of use and demand": "E-R3-2026-03",
}
Made = TypeVar("Made")
RIDERS = {"WPCA": Decimal("0.00375")}


class Speed(NamedTuple):
    """Services a second, each way, for one tariff, from interval energy to cents in lines.

    ``sums_ratio`` is of pricing alone, with the intervals summed beforehand for both ways;
    ``lines`` is how many a second become lines as bills keep them, beside that.
    """

    name: str
    singly: float
    batch: float
    sums_ratio: float
    lines: float

    @property
    def ratio(self) -> float:
        """How many times as fast the batch is."""
        return self.batch / self.singly


def measure_speed(*, services: int, rounds: int) -> list[Speed]:
    """Return how fast both ways price one month of quarter-hours, tariff by tariff."""
    begin, end = day_bounds(JULY.start, ZONE)[0], day_bounds(JULY.last_day, ZONE)[1]
    steps = int((end - begin).total_seconds()) // STEP_SECONDS
    energy = np.random.default_rng(1).integers(0, 900, (services, steps))
    loads = [_load(begin, row) for row in energy[:SINGLE]]
    found = []
    for name, stem in TARIFFS.items():
        tariff = Tariff.from_json(yaml.safe_load((RATE_BOOK / f"{stem}.yaml").read_text()))
        found.append(_measure(name, tariff, energy, loads, rounds))
    return found


def _measure(name: str, tariff: Tariff, energy: Numbers, loads: list[Load], rounds: int) -> Speed:
    times: dict[str, list[float]] = defaultdict(list)
    for _round in range(rounds):
        uses = _timed(times["measured singly"], len(loads), partial(_uses, tariff, loads))
        _timed(times["singly"], len(loads), partial(_priced, tariff, uses))
        services = _timed(times["measured"], len(energy), partial(_measured, tariff, energy))
        batch = partial(price_batch, tariff=tariff, services=services, riders=RIDERS)
        priced = _timed(times["batch"], len(energy), batch)
        _timed(times["lines"], len(energy), priced.bill_lines)
    seconds = {each: statistics.median(taken) for each, taken in times.items()}
    return Speed(
        name,
        singly=1 / (seconds["measured singly"] + seconds["singly"]),
        batch=1 / (seconds["measured"] + seconds["batch"]),
        sums_ratio=seconds["singly"] / seconds["batch"],
        lines=1 / seconds["lines"],
    )


def _timed(times: list[float], services: int, act: Callable[[], Made]) -> Made:
    started = time.perf_counter()
    made = act()
    times.append((time.perf_counter() - started) / services)
    return made


def _uses(tariff: Tariff, loads: list[Load]) -> list[BilledUse]:
    return [
        BilledUse(
            period=JULY,
            determinants=determinants_of(tariff=tariff, load=load, period=JULY, zone=ZONE),
        )
        for load in loads
    ]


def _priced(tariff: Tariff, uses: list[BilledUse]) -> list[tuple[PricedLine, ...]]:
    return [price(tariff=tariff, use=use, riders=RIDERS) for use in uses]


def _measured(tariff: Tariff, energy: Numbers) -> Services:
    measured = measured_from_intervals(
        tariff=tariff,
        delivered=energy,
        received=None,
        step_seconds=STEP_SECONDS,
        places=3,
        period=JULY,
        zone=ZONE,
    )
    return Services(len(energy), JULY, measured=measured)


def _load(begin: dt.datetime, row: Numbers) -> Load:
    kwh = tuple(Decimal(int(value)).scaleb(-3) for value in row)
    return Load(begin, STEP_SECONDS, kwh, (Decimal(0),) * len(kwh))
