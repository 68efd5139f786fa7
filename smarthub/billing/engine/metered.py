"""What the meters of one place say about one plan: its reads, its use, part by part.

A register's total is split by days where the rate changes (rule 31); interval reads are cut at
the day. Steps that never arrived are filled so that together they make up what the register
counted, and the bill says so; too many of them, and there is no bill.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from smarthub.billing.engine.estimates import EstimateProvenWrong, proven_use
from smarthub.billing.engine.facts import (
    IntervalsMissing,
    MeterUnitDiffers,
    Part,
    Plan,
    ReadMissing,
    Terms,
    TooManyEstimates,
)
from smarthub.billing.engine.measuring import Taken
from smarthub.billing.types import MeterRead
from smarthub.kernel.quantity import Quantity, Unit
from smarthub.metering.types import MISSING, Integers
from smarthub.rating.engine import split_by_days
from smarthub.usage.engine import day_starts
from smarthub.usage.types import PeriodLoad, RegisterUse

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class PartUse:
    """Use in one part of a plan: a register's share, or steps that are still to be measured."""

    quantity: Quantity | None = None
    taken: Taken | None = None


@dataclass(frozen=True, slots=True)
class PlanUse:
    """What the meters say about a whole plan; ``estimated`` is what the bill must say (15)."""

    reads: tuple[MeterRead, ...] = ()
    parts: tuple[PartUse, ...] = ()
    estimated: bool = False


def use_of_plan(
    *, plan: Plan, registers: Sequence[RegisterUse], load: PeriodLoad | None, terms: Terms
) -> PlanUse:
    """Return what a plan is to be priced for.

    Raises:
        ReadMissing: a register has no read where the period begins or ends.
        MeterUnitDiffers: a meter counts another unit than its tariff prices.
        IntervalsMissing: the tariff is priced by the hour, and too many hours are not there.
        EstimateProvenWrong: the read that ends the period proves the estimate before it wrong.
        TooManyEstimates: the read that ends the period is one estimate too many in a row.
    """
    if not plan.is_metered:
        return PlanUse(parts=(PartUse(),) * len(plan.parts))
    reads = tuple(_read(use) for use in registers) if _reaches(plan, registers) else ()
    _refuse_other_unit(plan, reads)
    if any(part.version.tariff.needs_intervals for part in plan.parts):
        return _by_intervals(plan, reads, load, terms)
    return _by_registers(plan, reads, terms)


def _by_registers(plan: Plan, reads: tuple[MeterRead, ...], terms: Terms) -> PlanUse:
    unit = plan.tariff.metered_unit
    if not reads or unit is None:
        raise ReadMissing(**_where(plan))
    estimated = any(read.estimated for read in reads)
    most = terms.limits.most_estimates
    if estimated and plan.unbilled.estimates_in_a_row >= most:
        raise TooManyEstimates(**_where(plan), most=most)
    total = sum((read.quantity for read in reads), NOTHING)
    if not estimated:
        _refuse_wrong_estimate(plan, total, unit, terms)
    shares = split_by_days(quantity=total, days=[part.period.days for part in plan.parts])
    return PlanUse(reads, tuple(PartUse(Quantity(share, unit)) for share in shares), estimated)


def estimate_is_wrong(plan: Plan) -> EstimateProvenWrong:
    """Return the error of a plan that follows an estimate the real reads prove wrong."""
    end = plan.period.start
    start = end - dt.timedelta(days=plan.unbilled.estimated_days)
    point = plan.unbilled.agreement.service_point_number
    return EstimateProvenWrong(service_point=point, start=start.isoformat(), end=end.isoformat())


def _refuse_wrong_estimate(plan: Plan, used: Decimal, unit: Unit, terms: Terms) -> None:
    """Hold the bill back where the read that ends it proves the estimate before it wrong (17)."""
    before = plan.unbilled
    if not before.estimated_days:
        return
    proven = proven_use(
        estimated=before.estimated_use,
        estimated_days=before.estimated_days,
        used=used,
        used_days=plan.period.days,
    )
    limit = terms.limits.wrong_estimate
    if limit.is_wrong(estimated=before.estimated_use, proven=proven, unit=unit):
        raise estimate_is_wrong(plan)


def _by_intervals(
    plan: Plan, reads: tuple[MeterRead, ...], load: PeriodLoad | None, terms: Terms
) -> PlanUse:
    unit = plan.tariff.metered_unit
    if load is None or unit is None:
        raise IntervalsMissing(**_where(plan), missing=plan.period.days, of=plan.period.days)
    if load.unit != unit:
        raise MeterUnitDiffers(meter=plan.unbilled.agreement.service_point_number,
                               counts=load.unit, priced=unit)  # fmt: skip
    steps = len(load.delivered)
    gaps = int((load.delivered == MISSING).sum())
    if gaps > terms.limits.missing_share * steps:
        raise IntervalsMissing(**_where(plan), missing=gaps, of=steps)
    day_steps = day_starts(period=plan.period, zone=terms.zone, step_seconds=load.step_seconds)[1]
    taken, given = load.delivered, load.received
    if gaps:
        counted = sum((read.quantity for read in reads), NOTHING) if reads else None
        taken = fill_gaps(taken, counted=counted, exponent=load.exponent, day_steps=day_steps)
    if given is not None:
        given = fill_gaps(given, counted=None, exponent=load.exponent, day_steps=day_steps)
    whole = Taken(load.step_seconds, load.exponent, taken, given)
    parts = tuple(PartUse(taken=_cut(whole, plan, part, terms)) for part in plan.parts)
    guessed = gaps + load.estimated_steps
    return PlanUse(reads, parts, guessed > terms.limits.estimated_share * steps)


def _cut(whole: Taken, plan: Plan, part: Part, terms: Terms) -> Taken:
    """Return the steps of one part of a plan."""
    if part.period == plan.period:
        return whole
    starts = day_starts(period=plan.period, zone=terms.zone, step_seconds=whole.step_seconds)
    first = starts[(part.period.start - plan.period.start).days]
    past = starts[(part.period.end - plan.period.start).days]
    received = None if whole.received is None else whole.received[first:past]
    return Taken(whole.step_seconds, whole.exponent, whole.delivered[first:past], received)


def fill_gaps(
    values: Integers, *, counted: Decimal | None, exponent: int, day_steps: int
) -> Integers:
    """Return the steps with every gap filled, so that together they are what was counted.

    What the register counted above the steps that arrived is shared out evenly over the gaps,
    to the last whole unit. Where no register tells, a gap gets the mean of the known steps at
    its time of day, or of all.
    """
    missing = values == MISSING
    gaps = int(missing.sum())
    if not gaps:
        return values
    filled = values.copy()
    if counted is None:
        filled[missing] = _usual(values, missing, day_steps)[missing]
        return filled
    known = int(values[~missing].sum())
    rest = max(int(counted.scaleb(-exponent)) - known, 0)
    share, left = divmod(rest, gaps)
    filled[missing] = share + (np.arange(gaps) < left)
    return filled


def _usual(values: Integers, missing: np.ndarray, day_steps: int) -> Integers:
    """Return for each step the mean of what is known at its time of day."""
    hour = np.arange(len(values)) % day_steps
    known = np.where(missing, 0, values)
    sums = np.bincount(hour, weights=known, minlength=day_steps)
    counts = np.bincount(hour, weights=~missing, minlength=day_steps)
    overall = known.sum() / max(int((~missing).sum()), 1)
    means = np.where(counts > 0, sums / np.maximum(counts, 1), overall)
    return np.floor(means + 0.5).astype(np.int64)[hour]


def _reaches(plan: Plan, registers: Sequence[RegisterUse]) -> bool:
    """Say whether there are reads from the first day of the period to its last."""
    starts = min((use.previous_on for use in registers), default=None)
    ends = max((use.present_on for use in registers), default=None)
    return (starts, ends) == (plan.period.start, plan.period.end)


def _refuse_other_unit(plan: Plan, reads: Sequence[MeterRead]) -> None:
    for read in reads:
        if read.unit is not plan.tariff.metered_unit:
            raise MeterUnitDiffers(
                meter=read.meter_serial, counts=read.unit, priced=plan.tariff.metered_unit
            )


def _where(plan: Plan) -> dict[str, str]:
    return {
        "service_point": plan.unbilled.agreement.service_point_number,
        "start": plan.period.start.isoformat(),
        "end": plan.period.end.isoformat(),
    }


def _read(use: RegisterUse) -> MeterRead:
    return MeterRead(
        meter_serial=use.meter_serial,
        previous_on=use.previous_on,
        previous=use.previous,
        present_on=use.present_on,
        present=use.present,
        kind=str(use.present_kind),
        multiplier=use.multiplier,
        quantity=use.quantity,
        unit=Unit(use.unit),
        estimated=use.estimated,
    )
