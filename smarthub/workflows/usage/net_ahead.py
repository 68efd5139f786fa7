"""What a bill would come to for a member who takes and gives back (domain rules 94 to 96).

Both flows of the open period are priced by the rating engine, with the bank of kWh and the credit
that the bill before left. Writes nothing.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

import numpy as np

from smarthub.billing.engine.calendar import billed_time
from smarthub.kernel.errors import Refused, Unavailable
from smarthub.kernel.money import Money
from smarthub.kernel.period import Period
from smarthub.rating.engine import carried_bank, price
from smarthub.rating.engine.counting import days_by_season
from smarthub.rating.engine.steps import PeriodSteps
from smarthub.rating.types import (
    BilledUse,
    Determinants,
    History,
    Run,
    Tariff,
    total_of,
)
from smarthub.usage.engine import project
from smarthub.usage.engine.projection import Ahead, Past
from smarthub.usage.types import Floats, Projection
from smarthub.workflows.usage.usage_costs import FIRST_MONTH, Billing, OpenPeriod
from smarthub.workflows.usage.usage_ground import Ground

NOTHING = Decimal(0)


class BothFlows(NamedTuple):
    """What a member takes and gives back in a period, in the meter's unit."""

    taken: Decimal
    given: Decimal


def sets_off(tariff: Tariff) -> bool:
    """Return whether what a member gives back changes her bill."""
    return tariff.netting.kind != "none" or tariff.pays_for_export


def price_both(
    *, opened: OpenPeriod, billing: Billing, steps: PeriodSteps, flows: BothFlows, period: Period
) -> Money | None:
    """Return what a bill of ``period`` would come to; None if it cannot be told.

    It cannot where hours are set off against each other or have prices of their own, or a demand
    is priced: then it matters when each flow comes, which no total tells.

    Source: domain rules 94 to 96; docs/algorithms/projection.md.
    """
    tariff = opened.tariff
    if tariff.netting.kind == "hour" or tariff.calendar.periods or tariff.prices_demand:
        return None
    use = BilledUse(
        time=billed_time(period=period, anchor_day=billing.billing.bill_day or FIRST_MONTH),
        period=period,
        determinants=Determinants(
            _runs(steps, flows), days_by_season(tariff=tariff, period=period)
        ),
        history=_history(billing, tariff, period),
        inside=opened.inside,
    )
    riders = billing.prices.riders.rates_for(tariff=tariff, period=period, bill_date=period.end)
    try:
        return total_of(price(tariff=tariff, use=use, riders=riders))
    except (Refused, Unavailable, ValueError):
        return None


def project_given(
    *, ground: Ground, opened: OpenPeriod, before: Period | None, period: Period
) -> Projection | None:
    """Return where what is given back is heading: as a day so far, for no weather model holds it.

    The range is what the same way of telling missed by in the home's own past.
    """
    past, ahead = (_given(ground, each) for each in (before, opened.period))
    no_weather = np.full(period.days - opened.period.days, np.nan)
    return project(
        past=Past(past, np.full(len(past), np.nan), np.full(len(past), np.nan)),
        ahead=Ahead(ahead, np.full(len(ahead), np.nan), no_weather),
        days=period.days,
    )


def _given(ground: Ground, period: Period | None) -> Floats:
    """Return what was given back each day, NaN where a day is not wholly known."""
    days = [ground.day(day) for day in period or ()]
    return np.array(
        [np.nan if day.partial or day.received is None else float(day.received) for day in days],
        float,
    )


def _runs(steps: PeriodSteps, flows: BothFlows) -> tuple[Run, ...]:
    """Return both flows by season, each in the proportion of the days so far."""
    inside = [steps.bucket == place for place in range(len(steps.buckets))]
    taken, given = (
        _shared(total, [int(flow[each].sum()) for each in inside])
        for total, flow in zip(flows, (steps.delivered, steps.received), strict=True)
    )
    return tuple(Run(*each) for each in zip(steps.buckets, taken, given, strict=True))


def _shared(total: Decimal, parts: list[int]) -> list[Decimal]:
    held = sum(parts)
    if not held:
        return [total, *(NOTHING for _part in parts[1:])]
    return [total * part / held for part in parts]


def _history(billing: Billing, tariff: Tariff, period: Period) -> History:
    """Return what the newest bill left, its bank as it is carried into this period."""
    if not billing.billing.periods:
        return History()
    left = max(billing.billing.periods, key=lambda each: each.period.end).leaves
    bank = carried_bank(tariff=tariff, bank=left.bank, month=period.start)
    return History(left.months, bank, left.credit)
