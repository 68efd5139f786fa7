"""Charges for energy, for many services: a unit, in blocks, by time of use, and exports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from smarthub.rating.engine.batch.columns import Column, LineColumn, made
from smarthub.rating.engine.batch.counting import SHARE, Counted, settled
from smarthub.rating.engine.batch.demand import hours_use_kw
from smarthub.rating.types import Blocks, Bucket, ExportCredit, PerUnit, Tier, TimeOfUse

Counts = dict[tuple[str, int], Column]


def per_unit_lines(*, charge: PerUnit, counted: Counted) -> Iterator[LineColumn]:
    """Yield ``R(quantity x rate)`` for a charge's seasons and period.

    Source: domain rules 26 and 30.
    """
    used = counted.in_seasons(counted.billed, charge)
    quantity = counted.sum_of({b: v for b, v in used.items() if charge.period in ("", b.period)})
    yield made(
        code=charge.code,
        name=charge.name,
        unit=charge.unit,
        quantity=quantity,
        rate=Column.same(charge.rate, counted.count),
        present=quantity.is_nonzero(),
    )


def block_lines(*, charge: Blocks, counted: Counted) -> Iterator[LineColumn]:
    """Yield a line for each block, one season after the other.

    Source: domain rule 27.
    """
    used = counted.in_seasons(counted.billed, charge)
    for season in counted.seasons(charge):
        quantity = counted.sum_of({b: v for b, v in used.items() if b.season == season})
        size = size_of(basis=charge.basis, season=season, counted=counted)
        for tier, inside in in_tiers(tiers=charge.tiers, quantity=quantity, size=size):
            yield made(
                code=charge.code,
                name=charge.name,
                unit=charge.unit,
                quantity=inside,
                rate=Column.same(tier.rate, counted.count),
                present=inside.is_positive(),
            )


def time_of_use_lines(*, charge: TimeOfUse, counted: Counted) -> Iterator[LineColumn]:
    """Yield a line for each time-of-use period and block, in the tariff's order.

    Source: domain rules 20 and 27; the setting ``block_counting``.
    """
    used = counted.in_seasons(counted.billed, charge)
    rates = dict(charge.rates)
    for season in counted.seasons(charge):
        sums = {b.period: v for b, v in used.items() if b.season == season}
        counts = _counts(charge, sums, season, counted)
        for period, number in ((p, n) for p, tiers in rates.items() for n in range(len(tiers))):
            if (period, number) in counts:
                quantity = counts[period, number]
                yield made(
                    code=f"{charge.code}.{period}",
                    name=counted.tariff.name_in_period(charge, period),
                    unit=charge.unit,
                    quantity=quantity,
                    rate=Column.same(rates[period][number].rate, counted.count),
                    present=quantity.is_nonzero(),
                )


def export_lines(*, charge: ExportCredit, counted: Counted) -> Iterator[LineColumn]:
    """Yield credits for what members delivered to us, by time of use where priced so.

    Source: domain rule 96.
    """
    exported = counted.in_seasons(counted.exported, charge)
    for period, tiers in charge.rates:
        quantity = counted.sum_of({b: v for b, v in exported.items() if period in ("", b.period)})
        for tier, inside in in_tiers(tiers=tiers, quantity=quantity, size=None):
            yield made(
                code=f"{charge.code}.{period}" if period else charge.code,
                name=counted.tariff.name_in_period(charge, period),
                unit=charge.unit,
                quantity=inside,
                rate=Column.same(-tier.rate, counted.count),
                present=inside.is_positive(),
            )


def in_tiers(
    *,
    tiers: Sequence[Tier],
    quantity: Column,
    size: Column | None,
    start: Column | None = None,
) -> Iterator[tuple[Tier, Column]]:
    """Yield each block and how much of each service's units falls in it, from ``start`` on.

    Source: domain rule 27.
    """
    nothing = Column.same(0, len(quantity))
    begin = nothing if start is None else start
    below, end = nothing, begin + quantity
    for tier in tiers:
        bound = end if tier.upto is None else _bound(tier, size, len(quantity)).at_most(end)
        yield tier, (bound - below.at_least(begin)).above_zero()
        below = below.at_least(bound)


def size_of(*, basis: str, season: str, counted: Counted) -> Column:
    """Return what a block's bounds are multiplied by in one season of the period."""
    days = Fraction(counted.measured.days.get(season, 0))
    if basis in ("period", "kw"):
        whole = counted.services.whole
        days /= whole.days if whole else sum(counted.measured.days.values())
        if "blocks" in counted.tariff.settings.prorated and whole is None:
            days *= min(counted.months, Fraction(1))
    if basis in ("kw", "kw_day"):
        return hours_use_kw(counted=counted).by(days)
    return Column.same(days, counted.count)


def _bound(tier: Tier, size: Column | None, count: int) -> Column:
    assert tier.upto is not None  # noqa: S101 (asked by the caller)
    if size is None:
        return Column.same(tier.upto, count)
    return settled(size.by(tier.upto))


def _counts(charge: TimeOfUse, sums: Mapping[str, Column], season: str, counted: Counted) -> Counts:
    rates = dict(charge.rates)
    if all(len(tiers) == 1 for tiers in rates.values()):
        return {(period, 0): value for period, value in sums.items()}
    how = counted.tariff.settings.block_counting
    size = size_of(basis=charge.basis, season=season, counted=counted)
    if how == "in_order":
        return _in_order(rates, size, season, counted)
    total = counted.sum_of({Bucket("", period): value for period, value in sums.items()})
    counts: Counts = {}
    for period, value in sums.items():
        pooled = value if how == "each_period" else total
        parts = in_tiers(tiers=rates[period], quantity=pooled, size=size)
        for number, (_tier, inside) in enumerate(parts):
            is_whole = how == "each_period"
            counts[period, number] = inside if is_whole else _share(value, inside, total)
    return counts


def _share(value: Column, inside: Column, total: Column) -> Column:
    """Return ``value x inside / total``, to nine decimals where it has more."""
    return value.shared(inside, total, SHARE)


def _in_order(
    rates: Mapping[str, Sequence[Tier]], size: Column, season: str, counted: Counted
) -> Counts:
    measured = counted.measured
    counts: Counts = {}
    reached = Column.same(0, counted.count)
    for place, bucket in enumerate(measured.runs):
        if bucket.season != season:
            continue
        run = Column(measured.delivered[:, place], measured.over)
        parts = in_tiers(tiers=rates[bucket.period], quantity=run, size=size, start=reached)
        for number, (_tier, inside) in enumerate(parts):
            key = bucket.period, number
            counts[key] = counts[key] + inside if key in counts else inside
        reached += run
    return counts
