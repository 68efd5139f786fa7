"""Numbers as files write them, read exactly: whole columns at once, never as floats."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

import numpy as np
from numpy.typing import NDArray

from smarthub.metering.types import MISSING, Integers, PlainFields, Problem

_WIDTH = 16
"""Characters looked at; a longer number cannot be a read."""
_LARGEST = 10**12
_POWERS = 10 ** np.arange(19, dtype=np.int64)
_DIGITS_OF_INT32 = 9
_IN_CACHE = 2**15
"""Numbers parsed at once, few enough to stay in the processor's cache: half the time."""
_POINT, _ZERO, _NINE = b".09"
_TIMES = bytes(10 if _ZERO <= code <= _NINE else 1 for code in range(256))
_PLUS = bytes(code - _ZERO if _ZERO <= code <= _NINE else 0 for code in range(256))
_STRANGE = bytes(code not in {0, _POINT, *range(_ZERO, _NINE + 1)} for code in range(256))
"""What each character does to a number: a digit multiplies it by ten and is added."""


def parse_numbers(texts: Sequence[str], *, places: Integers) -> tuple[Integers, NDArray[np.bool_]]:
    """Return each text as an integer of 10 ** -places, and whether it could not be read so.

    Only digits and one point are a number here: no sign, no exponent, no spaces. An empty text
    is ``MISSING``; a very large one is cut to 10 ** 12, which nothing can hold.

    Args:
        texts: The fields.
        places: Decimals kept, for each text; 0 to 6.
    """
    codes = _character_columns(texts)
    lengths = (codes != 0).sum(axis=0)
    return _parse(codes, lengths, places, codes[-1] != 0)


def parse_plain(fields: PlainFields, *, places: Integers) -> tuple[Integers, NDArray[np.bool_]]:
    """Return the same of fields that are still bytes of the file, by row and column.

    Args:
        fields: The fields.
        places: Decimals kept, for each row.
    """
    rows, columns = fields.starts.shape
    values, bad = np.empty((rows, columns), np.int64), np.empty((rows, columns), bool)
    at_once = max(1, _IN_CACHE // columns)
    for first in range(0, rows, at_once):
        some = slice(first, first + at_once)
        lengths = fields.lengths[some].ravel()
        codes = _gather(fields.text, fields.starts[some].ravel(), lengths)
        found = _parse(codes, lengths, places[some].repeat(columns), lengths >= _WIDTH)
        values[some], bad[some] = (each.reshape(-1, columns) for each in found)
    return values, bad


def _gather(text: NDArray[np.uint8], starts: Integers, lengths: Integers) -> NDArray[np.uint8]:
    """Return the characters of numbers, one column a number, filled up with zeros."""
    longest = int(min(lengths.max(initial=1), _WIDTH))
    codes = np.empty((longest, len(starts)), np.uint8)
    for n in range(longest):
        text.take(starts + n, out=codes[n], mode="clip")
        codes[n] *= lengths > n
    return codes


def _parse(
    codes: NDArray[np.uint8], lengths: Integers, places: Integers, too_long: NDArray[np.bool_]
) -> tuple[Integers, NDArray[np.bool_]]:
    """Return numbers from their characters, one column a number, filled up with zeros."""
    digits_fit = len(codes) <= _DIGITS_OF_INT32
    mantissa = np.zeros(codes.shape[1], np.int32 if digits_fit else np.int64)
    decimals, points = np.zeros((2, codes.shape[1]), np.int8)
    for row, times, plus in zip(codes, _by(_TIMES, codes), _by(_PLUS, codes), strict=True):
        np.multiply(mantissa, times, out=mantissa)
        np.add(mantissa, plus, out=mantissa)
        decimals += points * (row != 0)
        points += row == _POINT
    bad = too_long | _by(_STRANGE, codes).any(axis=0)
    bad |= (points > 1) | (lengths == points) & (lengths > 0)
    values, inexact = _scale(mantissa.astype(np.int64), places - decimals)
    values[lengths == 0] = MISSING
    return values, bad | inexact


def _by(table: bytes, codes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return what a table says of each character; many times as fast as indexing by bytes."""
    return np.frombuffer(codes.tobytes().translate(table), np.uint8).reshape(codes.shape)


def _character_columns(texts: Sequence[str]) -> NDArray[np.uint8]:
    try:
        fields = np.array(texts, f"S{_WIDTH}")
    except UnicodeEncodeError:
        fields = np.array([t if t.isascii() else "?" for t in texts], f"S{_WIDTH}")
    return fields.view(np.uint8).reshape(-1, _WIDTH).T.copy()


def _scale(mantissa: Integers, shift: Integers) -> tuple[Integers, NDArray[np.bool_]]:
    """Return mantissa x 10 ** shift and whether that was inexact."""
    if not shift.any():
        return np.minimum(mantissa, _LARGEST), np.zeros(len(mantissa), bool)
    divisor = _POWERS[np.clip(-shift, 0, 18)]
    inexact = mantissa % divisor != 0
    return np.minimum(mantissa // divisor, _LARGEST) * _POWERS[np.clip(shift, 0, 6)], inexact


def explain_number(text: str, *, places: int, ceiling: Decimal) -> Problem | None:
    """Return why ``text`` is not a value from 0 to ``ceiling`` with at most ``places`` decimals.

    Slow and exact; for single fields, and for the few that ``parse_numbers`` could not take.
    """
    try:
        number = Decimal(text)
    except InvalidOperation:
        return Problem.NOT_A_NUMBER
    if not number.is_finite() or not set(text) <= set("-0123456789."):
        return Problem.NOT_A_NUMBER
    if number < 0:
        return Problem.NEGATIVE_VALUE
    if number > ceiling:
        return Problem.ABSURD_VALUE
    exact = number == number.quantize(Decimal(1).scaleb(-places))
    return None if exact else Problem.TOO_PRECISE
