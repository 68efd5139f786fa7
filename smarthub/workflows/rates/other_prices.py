"""Price use that was billed under another tariff: for a member's choice, or for a tariff's draft.

A register's total fits any tariff that counts no hours. Where the other tariff sorts hours
otherwise, or counts demand, the interval reads behind the bill are counted anew; where some are
missing there is no price, rather than a guess.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from zoneinfo import ZoneInfo

from smarthub.accounts.types import ServicePointId
from smarthub.billing.engine.measuring import Taken, measure
from smarthub.billing.queries.priced import PricedSegment
from smarthub.kernel.period import Period
from smarthub.kernel.quantity import Quantity
from smarthub.metering.types import MISSING
from smarthub.rating.types import BilledUse, FactMissing, Tariff
from smarthub.usage.loads import list_period_loads
from smarthub.usage.types import PeriodLoad

Loads = Mapping[tuple[ServicePointId, Period], PeriodLoad]


def loads_for(*, segments: Sequence[PricedSegment], zone: ZoneInfo) -> Loads:
    """Return the interval reads of what was billed, one query for each period among it."""
    points: dict[Period, list[ServicePointId]] = {}
    for segment in segments:
        points.setdefault(segment.period, []).append(segment.service_point_id)
    return {
        (point, period): load
        for period, held in points.items()
        for point, load in list_period_loads(
            service_point_ids=held, period=period, zone=zone
        ).items()
    }


def use_under(*, tariff: Tariff, segment: PricedSegment, loads: Loads, zone: ZoneInfo) -> BilledUse:
    """Return what was billed, as another tariff counts it.

    Raises:
        FactMissing: the tariff needs interval reads that are not all there.

    Source: domain rule 142; scale 3.
    """
    use = segment.use
    if tariff.metered_unit is None:
        return use
    if tariff.needs_intervals:
        taken = _taken(tariff, loads.get((segment.service_point_id, segment.period)))
        (made,) = measure(
            tariff=tariff, period=segment.period, zone=zone, taken=[taken], factor=use.factor
        ).singly
        return replace(use, determinants=made)
    if use.quantity is not None:
        return replace(use, determinants=None)
    if use.determinants is None:
        raise FactMissing(fact="use", tariff=tariff.code)
    total = sum(use.determinants.delivered.values(), Decimal(0))
    return replace(use, determinants=None, quantity=Quantity(total, tariff.metered_unit))


def _taken(tariff: Tariff, load: PeriodLoad | None) -> Taken:
    if load is None or (load.delivered == MISSING).any():
        raise FactMissing(fact="interval reads", tariff=tariff.code)
    received = load.received
    if received is not None and (received == MISSING).any():
        raise FactMissing(fact="interval reads", tariff=tariff.code)
    return Taken(load.step_seconds, load.exponent, load.delivered, received)
