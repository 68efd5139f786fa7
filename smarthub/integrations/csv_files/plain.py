"""Many plain lines at once: where their fields are, found by numpy, without making texts of them.

A stretch of a file is plain when its lines hold nothing but fields and commas: ASCII, no quotes,
no spaces, as many fields in each line as the header has. All else goes the ordinary way, line by
line, and means the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smarthub.metering.types import Integers, PlainFields

_COMMA, _NEWLINE = ord(","), ord("\n")
_IN_FIELD, _ENDS_FIELD, _STRANGE = range(3)
_KINDS = bytes(
    _ENDS_FIELD
    if byte in {_COMMA, _NEWLINE}
    else _IN_FIELD
    if ord("!") <= byte <= ord("~") and byte != ord('"')
    else _STRANGE
    for byte in range(256)
)
"""What each byte is to a plain line."""


@dataclass(frozen=True, slots=True)
class PlainLines:
    """Lines as their first fields, in text, and the numbers after them, in bytes."""

    rows: tuple[tuple[str, ...], ...]
    numbers: PlainFields


def find_fields(chunk: bytes, *, leading: int, columns: int) -> PlainLines | None:
    """Return the fields of whole lines, or ``None`` if any of the lines is not plain.

    Args:
        chunk: Whole lines, the last one ended.
        leading: How many fields are wanted as text.
        columns: How many fields each line must have.
    """
    text = np.frombuffer(chunk, np.uint8)
    kinds = np.frombuffer(chunk.translate(_KINDS), np.uint8)
    if kinds.max(initial=_IN_FIELD) == _STRANGE:
        return None
    ends = np.flatnonzero(kinds)
    if len(ends) % columns or not _line_ends_where_due(text, ends, columns):
        return None
    table = ends.reshape(-1, columns)
    starts = np.concatenate([[0], ends[:-1] + 1]).reshape(-1, columns)
    return PlainLines(
        rows=tuple(
            tuple(chunk[a:b].decode("ascii").split(","))
            for a, b in zip(starts[:, 0].tolist(), table[:, leading - 1].tolist(), strict=True)
        ),
        numbers=PlainFields(text, starts[:, leading:], table[:, leading:] - starts[:, leading:]),
    )


def _line_ends_where_due(text: NDArray[np.uint8], ends: Integers, columns: int) -> bool:
    at_ends = (text[ends] == _NEWLINE).reshape(-1, columns)
    return bool(at_ends[:, -1].all() and not at_ends[:, :-1].any())
