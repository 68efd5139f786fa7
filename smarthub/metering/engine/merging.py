"""What a later file changes in a day that is already stored."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smarthub.metering.engine.packing import day_quality, pack, unpack
from smarthub.metering.types import MISSING, Integers


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


def merge_days(*, old: StoredDay, new: StoredDay, wide: bool) -> MergedDay | None:
    """Return the day that joins both: a value in ``new`` wins, a gap in it erases nothing.

    Returns:
        The joined day, or ``None`` when it says nothing that ``old`` did not.

    Raises:
        ValueError: the two are not of the same length.
    """
    (old_values, old_quality), (new_values, new_quality) = (_open(d, wide=wide) for d in (old, new))
    if len(old_values) != len(new_values):
        raise ValueError("a day cannot change its length")
    keep = new_values == MISSING
    values = np.where(keep, old_values, new_values)
    quality = np.where(keep, old_quality, new_quality)
    v, q = pack(values, wide), quality.tobytes() if quality.any() else None
    if (v, q) == (old.v, old.q):
        return None
    return MergedDay(v, q, total=int(values[values != MISSING].sum()), peak=int(values.max()))


def _open(day: StoredDay, *, wide: bool) -> tuple[Integers, NDArray[np.uint8]]:
    values = unpack(day.v, wide)
    return values, day_quality(day.q, len(values))
