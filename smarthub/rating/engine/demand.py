"""Demand: the highest kW of a period, raised by ratchet and power factor (domain rule 28)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from smarthub.kernel.quantity import Unit
from smarthub.rating.engine.counting import ZERO, Counted, fact, times
from smarthub.rating.engine.making import line
from smarthub.rating.engine.tiers import in_tiers
from smarthub.rating.types import (
    ANYTIME,
    COINCIDENT,
    Demand,
    FactMissing,
    PowerFactor,
    PricedLine,
    Ratchet,
)

PERCENT = 100


def demand_lines(*, charge: Demand, counted: Counted) -> Iterator[PricedLine]:
    """Yield a line for each block of billed demand.

    182.4 kW, a ratchet of 60 % of 340 = 204, a power factor of .91: 204 x 1.04 = 212.16 kW.

    Raises:
        FactMissing: no demand was measured, or no power factor given where one is priced.

    Source: domain rule 28 and section 9.2, LGS.
    """
    kw = billed_kw(charge=charge, counted=counted)
    for tier, quantity in in_tiers(tiers=charge.tiers, quantity=kw):
        if tier.rate:
            share = counted.demand_share
            yield line(
                code=charge.code,
                name=charge.name,
                quantity=quantity,
                unit=Unit.KW,
                rate=times(tier.rate, share),
                dollars=times(quantity * tier.rate, share),
            )


def billed_kw(*, charge: Demand, counted: Counted) -> Decimal:
    """Return the demand a charge bills, in kW.

    Raises:
        FactMissing: see ``demand_lines``.

    Source: domain rule 28.
    """
    kw = measured_kw(of=charge.of, counted=counted, seasons=counted.seasons(charge))
    if charge.ratchet:
        kw = max(kw, ratchet_kw(ratchet=charge.ratchet, of=charge.of, counted=counted))
    kw = max(kw, charge.least_kw)
    if charge.power_factor:
        factor = fact(counted, "power_factor")
        kw *= power_factor_multiple(clause=charge.power_factor, factor=factor)
    return kw


def measured_kw(*, of: str, counted: Counted, seasons: tuple[str, ...]) -> Decimal:
    """Return the highest demand anytime, in one time-of-use period, or at the supplier's peak.

    Raises:
        FactMissing: the meter data hold none.

    Source: domain rule 28; domain rules 3, rows 6 and 7.
    """
    measured = counted.measured
    if of == COINCIDENT:
        if measured.coincident_kw is None:
            raise FactMissing(fact="coincident demand", tariff=counted.tariff.code)
        return measured.coincident_kw
    if not measured.peaks:
        raise FactMissing(fact="demand", tariff=counted.tariff.code)
    peaks = (
        kw
        for bucket, kw in measured.peaks.items()
        if bucket.season in seasons and of in (ANYTIME, bucket.period)
    )
    return max(peaks, default=ZERO)


def ratchet_kw(*, ratchet: Ratchet, of: str, counted: Counted) -> Decimal:
    """Return what a ratchet asks for: a percentage of the highest of the months before.

    Source: domain rule 28.
    """
    past = counted.use.history.months[-ratchet.months :] if ratchet.months else ()
    peaks = (
        month.peaks[of]
        for month in past
        if of in month.peaks and (not ratchet.of_months or month.start.month in ratchet.of_months)
    )
    return max(peaks, default=ZERO) * ratchet.percent / PERCENT


def power_factor_multiple(*, clause: PowerFactor, factor: Decimal) -> Decimal:
    """Return what billed demand is multiplied by: 1 % for each point under .95, parts counted.

    Source: domain rules 3, row 22, and 9.1, E-LGS.
    """
    points = max(clause.below - factor, ZERO) * PERCENT
    return 1 + points * clause.percent / PERCENT


def hours_use_kw(*, counted: Counted) -> Decimal:
    """Return the kW hours-of-use blocks are sized by: the billed anytime demand, ratchet and all.

    Source: domain rules 3, row 8; greenbutton-rating-usage B2.
    """
    for charge in counted.tariff.charges:
        if isinstance(charge, Demand) and charge.of == ANYTIME and counted.covers(charge):
            return billed_kw(charge=charge, counted=counted)
    seasons = counted.tariff.calendar.season_codes
    return measured_kw(of=ANYTIME, counted=counted, seasons=seasons)
