"""Measure the interval reads of many places at once, those that are alike together.

What is measured is the rate engine's affair (``rating.engine.batch``); here the places of one
tariff and period are sorted by the steps their meters have.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from smarthub.kernel.period import Period
from smarthub.metering.types import Integers
from smarthub.rating.engine.batch import (
    Measured,
    determinants_from,
    joined,
    measured_from_intervals,
)
from smarthub.rating.types import Determinants, Tariff


@dataclass(frozen=True, slots=True)
class Taken:
    """Whole steps of one place, none missing; times ``10 ** exponent`` in the meter's unit."""

    step_seconds: int
    exponent: int
    delivered: Integers
    received: Integers | None = None


class Measurement(NamedTuple):
    """The determinants of each place, and the same in columns where all have the same steps."""

    singly: list[Determinants]
    together: Measured | None


def measure(
    *,
    tariff: Tariff,
    period: Period,
    zone: ZoneInfo,
    taken: Sequence[Taken],
    factor: Decimal | None = None,
) -> Measurement:
    """Return what the places' meters say under one tariff over one period, in their order.

    ``factor`` is the conversion's, where it has dates of its own.

    Source: domain rules 20 and 28.
    """
    alike: dict[tuple[int, int], list[int]] = defaultdict(list)
    for place, each in enumerate(taken):
        alike[each.step_seconds, each.exponent].append(place)
    found: dict[int, Determinants] = {}
    tables: list[Measured] = []
    for (step_seconds, exponent), places in alike.items():
        same = [taken[place] for place in places]
        measured = measured_from_intervals(
            tariff=tariff,
            delivered=np.stack([each.delivered for each in same]),
            received=_received(same),
            step_seconds=step_seconds,
            places=-exponent,
            period=period,
            zone=zone,
            factor=factor,
        )
        tables.append(joined(tariff=tariff, measured=measured))
        found |= dict(zip(places, determinants_from(measured=tables[-1]), strict=True))
    together = tables[0] if len(tables) == 1 else None
    return Measurement([found[place] for place in range(len(taken))], together)


def _received(same: Sequence[Taken]) -> Integers | None:
    """Return what was given back, nothing where a place has no such channel."""
    if all(each.received is None for each in same):
        return None
    nothing = np.zeros_like(same[0].delivered)
    return np.stack([nothing if each.received is None else each.received for each in same])
