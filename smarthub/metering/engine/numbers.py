"""Numbers as files write them, read exactly: whole columns at once, never as floats."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

import numpy as np
from numpy.typing import NDArray

from smarthub.metering.types import MISSING, Integers, Problem

_WIDTH = 16
"""Characters looked at; a longer number cannot be a read."""
_LARGEST = 10**12
_POWERS = 10 ** np.arange(19, dtype=np.int64)


def parse_numbers(texts: Sequence[str], *, places: Integers) -> tuple[Integers, NDArray[np.bool_]]:
    """Return each text as an integer of 10 ** -places, and whether it could not be read so.

    Only digits and one point are a number here: no sign, no exponent, no spaces. An empty text
    is ``MISSING``; a very large one is cut to 10 ** 12, which nothing can hold.

    Args:
        texts: The fields.
        places: Decimals kept, for each text; 0 to 6.
    """
    codes = _character_columns(texts)
    digits = codes - np.uint8(ord("0"))
    is_digit, is_point = digits < 10, codes == ord(".")  # noqa: PLR2004 (decimal digits)
    bad = ~(is_digit | is_point | (codes == 0)).all(axis=0)
    bad |= (is_point.sum(axis=0) > 1) | (codes[-1] != 0) | ~(is_digit.any(axis=0) | (codes[0] == 0))
    mantissa, decimals = np.zeros((2, len(texts)), np.int64)
    after_point = np.zeros(len(texts), bool)
    for digit, counts, point in zip(digits, is_digit, is_point, strict=True):
        mantissa = np.where(counts, mantissa * 10 + digit, mantissa)
        decimals += counts & after_point
        after_point |= point
    values, inexact = _scale(mantissa, places - decimals)
    values[codes[0] == 0] = MISSING
    return values, bad | inexact


def _character_columns(texts: Sequence[str]) -> NDArray[np.uint8]:
    try:
        fields = np.array(texts, f"S{_WIDTH}")
    except UnicodeEncodeError:
        fields = np.array([t if t.isascii() else "?" for t in texts], f"S{_WIDTH}")
    return fields.view(np.uint8).reshape(-1, _WIDTH).T.copy()


def _scale(mantissa: Integers, shift: Integers) -> tuple[Integers, NDArray[np.bool_]]:
    """Return mantissa x 10 ** shift and whether that was inexact."""
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
