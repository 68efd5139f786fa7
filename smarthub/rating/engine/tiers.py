"""Blocks: how much of a quantity falls between which bounds (domain rule 27)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from smarthub.rating.engine.making import settled
from smarthub.rating.types import Tier

NONE = Decimal(0)
ONE = Decimal(1)


class Size(NamedTuple):
    """What the bounds of blocks are multiplied by, and then divided by: days, billed kW, shares."""

    times: Decimal = ONE
    over: int = 1


WHOLE = Size()


def in_tiers(
    *, tiers: Sequence[Tier], quantity: Decimal, size: Size = WHOLE, start: Decimal = NONE
) -> Iterator[tuple[Tier, Decimal]]:
    """Yield each block and how much of the units from ``start`` on falls in it; none is zero.

    Args:
        tiers: The blocks, lowest first, the last without a bound.
        quantity: How many units there are.
        size: What the bounds are multiplied by: days, or billed kW, perhaps a season's share.
        start: How many units were counted before these.

    Source: domain rule 27: 2,600 kWh, 2,000 of them in the first block.
    """
    below, end = NONE, start + quantity
    for tier in tiers:
        bound = end if tier.upto is None else min(bound_of(tier.upto, size), end)
        inside = bound - max(below, start)
        if inside > 0:
            yield tier, inside
        below = max(below, bound)


def bound_of(upto: Decimal, size: Size) -> Decimal:
    """Return where a block ends in one period: its bound by its size."""
    return upto if size == WHOLE else settled(upto * size.times / size.over)
