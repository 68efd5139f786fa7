"""What a later file changes in a day that is already stored."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smarthub.metering.engine.packing import day_quality, is_estimate, pack, unpack
from smarthub.metering.types import MISSING, Integers, Quality


@dataclass(frozen=True, slots=True)
class StoredDay:
    """A day as its bytes."""

    v: bytes
    q: bytes | None


@dataclass(frozen=True, slots=True)
class MergedDay:
    """A day as its bytes, with the sums kept beside them."""

    v: bytes
    q: bytes | None
    total: int
    peak: int


def merge_days(
    *, old: StoredDay, new: StoredDay, wide: bool, by_hand: bool = False
) -> MergedDay | None:
    """Return the day that joins both: a value in ``new`` wins, a gap in it erases nothing.

    An estimate displaces nothing but a gap or another estimate; what a person wrote is displaced
    only by what a person writes; and a value once accepted is not doubted again.

    Args:
        old: What is stored.
        new: What comes in.
        wide: How the channel is stored.
        by_hand: A person wrote the new day, which then stands as it is.

    Returns:
        The joined day, or ``None`` when it says nothing that ``old`` did not.

    Raises:
        ValueError: the two are not of the same length.
    """
    (old_values, old_quality), (new_values, new_quality) = (_open(d, wide=wide) for d in (old, new))
    if len(old_values) != len(new_values):
        raise ValueError("a day cannot change its length")
    keep = _kept(old_values, old_quality, new_values, new_quality) & (not by_hand)
    values = np.where(keep, old_values, new_values)
    quality = np.where(keep, old_quality, new_quality)
    v, q = pack(values, wide), quality.tobytes() if quality.any() else None
    if (v, q) == (old.v, old.q):
        return None
    return MergedDay(v, q, total=int(values[values != MISSING].sum()), peak=int(values.max()))


def _kept(
    old_values: Integers,
    old_quality: NDArray[np.uint8],
    new_values: Integers,
    new_quality: NDArray[np.uint8],
) -> NDArray[np.bool_]:
    """Return where the old value stays."""
    known = old_values != MISSING
    weak = is_estimate(new_quality) & ~is_estimate(old_quality)
    written = (old_quality == Quality.EDITED) & (new_quality != Quality.EDITED)
    doubted = (
        (new_quality == Quality.QUESTIONABLE)
        & (old_quality == Quality.GOOD)
        & (new_values == old_values)
    )
    return np.asarray((new_values == MISSING) | (known & (weak | written | doubted)))


def _open(day: StoredDay, *, wide: bool) -> tuple[Integers, NDArray[np.uint8]]:
    values = unpack(day.v, wide)
    return values, day_quality(day.q, len(values))
