"""Days as bytes, and days as PostgreSQL's binary COPY: the store's codec (docs/decisions/0004).

Values are little-endian ``uint16``, or ``uint32`` on a wide channel; the top value means missing.
Source: reference "scale", sections 2e and 5.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from smarthub.metering.types import ESTIMATES, MISSING, DayBlock, Integers, Quality

_NARROW: np.dtype[np.unsignedinteger] = np.dtype("<u2")
_WIDE: np.dtype[np.unsignedinteger] = np.dtype("<u4")
_TOP = {_NARROW: 2**16 - 1, _WIDE: 2**32 - 1}
"""Stands for a missing value in the bytes."""
_COPY_EPOCH = dt.date(2000, 1, 1).toordinal()
COPY_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
COPY_TRAILER = b"\xff\xff"


def capacity(*, wide: bool) -> int:
    """Return the largest value a channel can hold: 65,534, or 2,147,483,647 on a wide one.

    A wide channel could hold twice that, but a day's peak is kept in a signed integer.
    """
    return 2**31 - 1 if wide else _TOP[_NARROW] - 1


def pack(values: Integers, wide: bool) -> bytes:  # noqa: FBT001 (the codec's one switch)
    """Return ``values`` as stored.

    Raises:
        ValueError: a value is negative (and not ``MISSING``) or more than the channel can hold.
    """
    return _as_stored(values, wide=wide).tobytes()


def unpack(blob: bytes, wide: bool) -> Integers:  # noqa: FBT001
    """Return what ``pack`` was given."""
    stored = np.frombuffer(blob, _WIDE if wide else _NARROW)
    values = stored.astype(np.int64)
    values[stored == _TOP[stored.dtype]] = MISSING
    return values


def _as_stored(values: Integers, *, wide: bool) -> NDArray[np.unsignedinteger]:
    if values.size and (values.min() < MISSING or values.max() > capacity(wide=wide)):
        raise ValueError("a value does not fit the channel")
    kind = _WIDE if wide else _NARROW
    return np.where(values == MISSING, _TOP[kind], values).astype(kind)


def quality_of(block: DayBlock) -> NDArray[np.uint8]:
    """Return one quality byte a value; a missing value is always ``Quality.MISSING``."""
    given = block.quality
    quality = np.zeros(block.values.shape, np.uint8) if given is None else given
    return np.where(block.values == MISSING, np.uint8(Quality.MISSING), quality)


def day_quality(blob: bytes | None, count: int) -> NDArray[np.uint8]:
    """Return the quality bytes of a stored day of ``count`` values; nothing stored is all good."""
    return np.zeros(count, np.uint8) if blob is None else np.frombuffer(blob, np.uint8)


def is_estimate(quality: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return where a value is an estimate, which a real read displaces."""
    return np.asarray(np.isin(quality, ESTIMATES), np.bool_)


def totals_and_peaks(values: Integers) -> tuple[Integers, Integers]:
    """Return each day's sum of the known values, and its largest; ``MISSING`` if none is known."""
    known = np.where(values == MISSING, 0, values)
    return known.sum(axis=1), values.max(axis=1)


def encode_days(block: DayBlock) -> bytes:
    """Return the block as records of binary COPY.

    Columns: channel_id, day, total, peak, v, q (nothing when the whole day is good), row.
    """
    quality = quality_of(block)
    flawed = np.asarray(quality.any(axis=1))
    parts = [_records(block, quality, rows) for rows in (flawed, ~flawed) if rows.any()]
    return b"".join(parts)


def _records(block: DayBlock, quality: NDArray[np.uint8], chosen: NDArray[np.bool_]) -> bytes:
    values = block.values[chosen]
    totals, peaks = totals_and_peaks(values)
    v_bytes = values.shape[1] * (_WIDE if block.wide else _NARROW).itemsize
    q_bytes = values.shape[1] if quality[chosen].any() else 0
    columns: list[tuple[str, str, NDArray[np.generic] | Integers, int]] = [
        ("channel", ">i8", block.channel_ids[chosen], 8),
        ("day", ">i4", block.days[chosen] - _COPY_EPOCH, 4),
        ("total", ">i8", totals, 8),
        ("peak", ">i4", peaks, 4),
        (
            "v",
            f"V{v_bytes}",
            _as_stored(values, wide=block.wide).view(f"V{v_bytes}")[:, 0],
            v_bytes,
        ),
    ]
    if q_bytes:
        packed = np.ascontiguousarray(quality[chosen]).view(f"V{q_bytes}")[:, 0]
        columns.append(("q", f"V{q_bytes}", packed, q_bytes))
    else:
        columns.append(("q", "V0", np.empty(len(values), "V0"), -1))
    columns.append(("row", ">i4", block.rows[chosen], 4))
    return _interleave(columns, len(values))


def _interleave(
    columns: list[tuple[str, str, NDArray[np.generic] | Integers, int]], count: int
) -> bytes:
    fields = [("columns", ">i2")]
    for name, kind, _, _ in columns:
        fields += [(f"{name}_bytes", ">i4"), (name, kind)]
    records = np.zeros(count, fields)
    records["columns"] = len(columns)
    for name, kind, data, size in columns:
        records[f"{name}_bytes"] = size
        if kind != "V0":
            records[name] = data
    return records.tobytes()
