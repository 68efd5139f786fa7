"""Charges for energy: a unit, in blocks, by time of use, and what is paid for exports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from smarthub.rating.engine.counting import ZERO, Counted, months_of
from smarthub.rating.engine.demand import hours_use_kw
from smarthub.rating.engine.making import line, settled
from smarthub.rating.engine.tiers import Size, bound_of, in_tiers
from smarthub.rating.types import Blocks, Bucket, ExportCredit, PerUnit, PricedLine, Tier, TimeOfUse

Counts = dict[tuple[str, int], Decimal]
"""Units by time-of-use period and number of the block."""


def per_unit_lines(*, charge: PerUnit, counted: Counted) -> Iterator[PricedLine]:
    """Yield ``R(quantity x rate)`` for a charge's seasons and period; no line at zero use.

    Source: domain rules 26 and 30.
    """
    used = counted.in_seasons(counted.billed, charge)
    quantity = sum((v for bucket, v in used.items() if charge.period in ("", bucket.period)), ZERO)
    if quantity:
        yield line(
            code=charge.code,
            name=charge.name,
            quantity=quantity,
            unit=charge.unit,
            rate=charge.rate,
        )


class Block(NamedTuple):
    """How much of the use of one season fell into one block, and where that block lies."""

    season: str
    tier: Tier
    number: int
    above: Decimal
    upto: Decimal | None
    inside: Decimal


def block_lines(*, charge: Blocks, counted: Counted) -> Iterator[PricedLine]:
    """Yield a line for each block the quantity reaches, one season after the other.

    60 kW and 27,000 kWh in hours-of-use blocks of 200: 12,000, 12,000 and 3,000 kWh.

    Source: domain rule 27; WIEC, Medina and Bourbon of domain rules 3.
    """
    for block in blocks_of(charge=charge, counted=counted):
        yield line(
            code=charge.code,
            name=charge.name,
            quantity=block.inside,
            unit=charge.unit,
            rate=block.tier.rate,
        )


def blocks_of(*, charge: Blocks, counted: Counted) -> Iterator[Block]:
    """Yield each block the quantity reaches, with its bounds as this bill has them (rule 27)."""
    used = counted.in_seasons(counted.billed, charge)
    for season in counted.seasons(charge):
        quantity = sum((v for bucket, v in used.items() if bucket.season == season), ZERO)
        size = _size(charge.basis, season, counted)
        numbers = {tier: number for number, tier in enumerate(charge.tiers)}
        for tier, inside in in_tiers(tiers=charge.tiers, quantity=quantity, size=size):
            number = numbers[tier]
            below = charge.tiers[number - 1].upto if number else None
            above = ZERO if below is None else bound_of(below, size)
            upto = None if tier.upto is None else bound_of(tier.upto, size)
            yield Block(season, tier, number, above, upto, inside)


def time_of_use_lines(*, charge: TimeOfUse, counted: Counted) -> Iterator[PricedLine]:
    """Yield a line for each time-of-use period and block that was used, in the tariff's order.

    How blocks are counted is the tariff's ``block_counting``: one counter for all periods, each
    block shared out as the periods were used (``pro_rata``, the default) or filled hour by hour
    (``in_order``); or a counter for ``each_period``.

    Source: domain rules 20 and 27; greenbutton-rating-usage B2.
    """
    used = counted.in_seasons(counted.billed, charge)
    rates = dict(charge.rates)
    for season in counted.seasons(charge):
        size = _size(charge.basis, season, counted)
        sums = {bucket.period: v for bucket, v in used.items() if bucket.season == season and v}
        counts = _counts(rates, sums, size, season, counted)
        for period, number in ((p, n) for p, tiers in rates.items() for n in range(len(tiers))):
            quantity = counts.get((period, number), ZERO)
            if not quantity:
                continue
            yield line(
                code=f"{charge.code}.{period}",
                name=counted.tariff.name_in_period(charge, period),
                quantity=quantity,
                unit=charge.unit,
                rate=rates[period][number].rate,
            )


def export_lines(*, charge: ExportCredit, counted: Counted) -> Iterator[PricedLine]:
    """Yield credits for what the member delivered to us, by time of use where priced so.

    450 kWh x 0.0335 = 15.075, so -15.08: a half is rounded away from zero.

    Source: domain rule 96.
    """
    exported = counted.in_seasons(counted.exported, charge)
    rates = dict(charge.rates)
    if "" in rates:
        total = sum(exported.values(), ZERO)
        exported = {Bucket("", ""): total} if total else {}
    quantities = _by_period(exported)
    for period, tiers in rates.items():
        for tier, inside in in_tiers(tiers=tiers, quantity=quantities.get(period, ZERO)):
            yield line(
                code=f"{charge.code}.{period}" if period else charge.code,
                name=counted.tariff.name_in_period(charge, period),
                quantity=inside,
                unit=charge.unit,
                rate=-tier.rate,
            )


def _size(basis: str, season: str, counted: Counted) -> Size:
    """Return what a block's bounds are multiplied by in one season of the period."""
    times, over = Decimal(counted.measured.days.get(season, 0)), 1
    if basis in ("kw", "kw_day"):
        times *= hours_use_kw(counted=counted)
    if basis in ("period", "kw"):
        over = counted.use.whole.days if counted.use.whole else counted.measured.all_days
        if "blocks" in counted.tariff.settings.prorated and counted.use.whole is None:
            months = min(months_of(counted.use.time), Fraction(1))
            times, over = times * months.numerator, over * months.denominator
    return Size(times, over)


def _counts(
    rates: Mapping[str, Sequence[Tier]],
    sums: Mapping[str, Decimal],
    size: Size,
    season: str,
    counted: Counted,
) -> Counts:
    how = counted.tariff.settings.block_counting
    if all(len(tiers) == 1 for tiers in rates.values()):
        return {(period, 0): value for period, value in sums.items()}
    if how == "in_order":
        return _in_order(rates, size, season, counted)
    total = sum(sums.values(), ZERO)
    counts: Counts = {}
    for period, value in sums.items():
        pooled = value if how == "each_period" else total
        for tier, inside in in_tiers(tiers=rates[period], quantity=pooled, size=size):
            share = inside if how == "each_period" else settled(value * inside / total)
            counts[period, rates[period].index(tier)] = share
    return counts


def _in_order(
    rates: Mapping[str, Sequence[Tier]], size: Size, season: str, counted: Counted
) -> Counts:
    counts: Counts = {}
    reached = ZERO
    for run in counted.measured.runs:
        if run.bucket.season != season:
            continue
        period = run.bucket.period
        parts = in_tiers(tiers=rates[period], quantity=run.delivered, size=size, start=reached)
        for tier, inside in parts:
            key = period, rates[period].index(tier)
            counts[key] = counts.get(key, ZERO) + inside
        reached += run.delivered
    return counts


def _by_period(sums: Mapping[Bucket, Decimal]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for bucket, value in sums.items():
        if value:
            found[bucket.period] = found.get(bucket.period, ZERO) + value
    return found
