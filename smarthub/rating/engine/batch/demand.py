"""Demand of many services: the highest kW, raised by ratchet and power factor (rule 28)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from smarthub.kernel.quantity import Unit
from smarthub.rating.engine.batch.columns import Column, LineColumn, made
from smarthub.rating.engine.batch.counting import Counted
from smarthub.rating.types import ANYTIME, COINCIDENT, Demand, History, Ratchet

ZERO = Decimal(0)
HUNDREDTH = Decimal("0.01")


def demand_lines(*, charge: Demand, counted: Counted) -> Iterator[LineColumn]:
    """Yield a line for each block of billed demand.

    Source: domain rule 28.
    """
    kw = billed_kw(charge=charge, counted=counted)
    below = Column.same(0, counted.count)
    for tier in charge.tiers:
        bound = kw if tier.upto is None else Column.same(tier.upto, counted.count).at_most(kw)
        inside = (bound - below).above_zero()
        below = below.at_least(bound)
        if tier.rate:
            yield made(
                code=charge.code,
                name=charge.name,
                unit=Unit.KW,
                quantity=inside,
                rate=Column.same(tier.rate, counted.count).by(counted.demand_share),
                present=inside.is_positive(),
            )


def billed_kw(*, charge: Demand, counted: Counted) -> Column:
    """Return the demand a charge bills each service, in kW.

    Source: domain rule 28; ratchet, least, then power factor.
    """
    kw = measured_kw(of=charge.of, counted=counted, seasons=counted.seasons(charge))
    if charge.ratchet:
        kw = kw.at_least(_ratchet_kw(charge.ratchet, charge.of, counted))
    kw = kw.at_least(Column.same(charge.least_kw, counted.count))
    if charge.power_factor:
        clause, factor = charge.power_factor, counted.fact("power_factor")
        below = (Column.same(clause.below, counted.count) - factor).above_zero()
        # 1 % for each point under it: a point is a hundredth, and so is a percent.
        kw *= Column.same(1, counted.count) + below.by(clause.percent)
    return kw


def measured_kw(*, of: str, counted: Counted, seasons: tuple[str, ...]) -> Column:
    """Return the highest demand anytime, in one time-of-use period, or at the supplier's peak.

    Source: domain rule 28.
    """
    measured = counted.measured
    if of == COINCIDENT:
        return counted.need(measured.coincident_kw)
    if not measured.peaks:
        return counted.need(None)
    highest = Column.same(0, counted.count)
    for bucket, kw in measured.peaks.items():
        if bucket.season in seasons and of in (ANYTIME, bucket.period):
            highest = highest.at_least(kw)
    return highest


def hours_use_kw(*, counted: Counted) -> Column:
    """Return the kW hours-of-use blocks are sized by: the billed anytime demand.

    Source: domain rules 3, row 8.
    """
    for charge in counted.tariff.charges:
        if isinstance(charge, Demand) and charge.of == ANYTIME and counted.covers(charge):
            return billed_kw(charge=charge, counted=counted)
    seasons = counted.tariff.calendar.season_codes
    return measured_kw(of=ANYTIME, counted=counted, seasons=seasons)


def _ratchet_kw(ratchet: Ratchet, of: str, counted: Counted) -> Column:
    histories = counted.services.histories
    if not histories:
        return Column.same(0, counted.count)
    highest = Column.of([_highest(ratchet, of, history) for history in histories])
    return highest.by(ratchet.percent * HUNDREDTH)


def _highest(ratchet: Ratchet, of: str, history: History) -> Decimal:
    past = history.months[-ratchet.months :] if ratchet.months else ()
    peaks = (
        month.peaks[of]
        for month in past
        if of in month.peaks and (not ratchet.of_months or month.start.month in ratchet.of_months)
    )
    return max(peaks, default=ZERO)


def peaks_by_name(*, counted: Counted) -> dict[str, Column]:
    """Return the demands a later month's ratchet may ask for."""
    if not counted.measured.peaks:
        return {}
    seasons = counted.tariff.calendar.season_codes
    names = {c.of for c in counted.tariff.charges if isinstance(c, Demand)} - {COINCIDENT}
    return {
        name: measured_kw(of=name, counted=counted, seasons=seasons)
        for name in sorted({*names, ANYTIME})
    }
