"""What the demo's registers show: the load summed up, in whole units, on the days they are read.

A register counts on from where it started, in units of its multiplier, shows whole units only,
and begins again at zero after all its dials are nines (domain rules 12 to 14 and 21).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np

from smarthub.jobs.demo.loads import Load
from smarthub.jobs.demo.schedule import CYCLES
from smarthub.jobs.demo.world import DemoMeter, Supply

ACTUAL, CHANGE_OUT = "actual", "change_out"


@dataclass(frozen=True, slots=True)
class DemoRead:
    """What one register showed at the start of a local day."""

    serial: str
    read_on: dt.date
    value: int
    kind: str


def read_days(supply: Supply, *, cycle: str, today: dt.date) -> list[dt.date]:
    """Return the days a supply is read: when the agreement starts, and on each bill day."""
    bill_days = CYCLES[cycle].days(start=supply.starts_on, until=today)
    return sorted({supply.starts_on, *bill_days})


def list_reads(supply: Supply, load: Load, *, days: Collection[dt.date]) -> Iterator[DemoRead]:
    """Yield the reads of each meter of a supply: on ``days``, and when it comes and goes."""
    used_before = np.concatenate(([0], np.cumsum(load.day_totals())))
    start = load.days.period.start

    def counted(meter: DemoMeter, day: dt.date) -> int:
        used = used_before[(day - start).days] - used_before[(meter.installed_on - start).days]
        return int(used) // (1000 * meter.multiplier)

    for meter in supply.meters:
        changed = _changed_on(meter, first=meter is supply.meters[0])
        own = {day for day in days if _hangs(meter, day)} | {meter.installed_on}
        for day in sorted(own | changed):
            shown = (meter.starts_at + counted(meter, day)) % 10**meter.dials
            yield DemoRead(meter.serial, day, shown, CHANGE_OUT if day in changed else ACTUAL)


def _changed_on(meter: DemoMeter, *, first: bool) -> set[dt.date]:
    """Return the days a meter replaced another or was replaced; both are read (rule 5)."""
    came = set() if first else {meter.installed_on}
    return came | ({meter.removed_on} if meter.removed_on else set())


def _hangs(meter: DemoMeter, day: dt.date) -> bool:
    return meter.installed_on <= day and (meter.removed_on is None or day < meter.removed_on)
