"""Read comma-separated rows about money, and name the line of whatever cannot stand there.

An amount has one way of writing, ``1234.50``, and is taken to the cent or not at all: what may
have been meant by any other is never guessed.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator, Mapping

from smarthub.kernel.money import Money
from smarthub.payments.ports import BankFileRefused

DOLLARS = re.compile(r"([0-9]+)\.([0-9]{2})")
MOST_DIGITS, MOST_DIGITS_TOGETHER = 8, 12
"""Of the dollars of one payment, and of a total: both far above what a co-op sees."""
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
WORD = re.compile(r"[A-Za-z0-9-]{1,20}")

Row = tuple[int, list[str]]
"""The line it stands on, and its cells."""


def read_rows(content: bytes, *, widths: Mapping[str, int]) -> list[Row]:
    """Return the rows that are not empty; the first cell says what a row is.

    Raises:
        BankFileRefused: it is no text, or a row has not as many cells as ``widths`` says.
    """
    rows = [(line, row) for line, row in _cells(_text(content)) if any(row)]
    for line, row in rows:
        wanted = widths.get(row[0], 0)
        if wanted != len(row):
            raise BankFileRefused(
                line=line, field="row", reason="wrong_cells", found=len(row), expected=wanted
            )
    return rows


def read_amount(line: int, text: str) -> Money:
    """Return what was paid: dollars and cents, written with both, and more than nothing."""
    amount = _read_dollars(line, "amount", text, MOST_DIGITS)
    if not amount:
        raise BankFileRefused(line=line, field="amount", reason="amount_zero", found=text)
    return amount


def read_total(line: int, field: str, text: str) -> Money:
    """Return a sum of amounts, or a commission; either may be nothing."""
    return _read_dollars(line, field, text, MOST_DIGITS_TOGETHER)


def read_word(line: int, field: str, text: str) -> str:
    """Return a number or name of up to 20 letters, digits and hyphens."""
    if not WORD.fullmatch(text):
        raise BankFileRefused(line=line, field=field, reason="not_a_number", found=text[:20])
    return text


def read_day(line: int, field: str, text: str) -> dt.date:
    """Return a day, written as 2026-11-20."""
    try:
        return dt.date.fromisoformat(text if DAY.fullmatch(text) else "")
    except ValueError:
        raise BankFileRefused(line=line, field=field, reason="not_a_day", found=text[:20]) from None


def expect(line: int, field: str, found: object, expected: object) -> None:
    """Refuse a file that says of itself what it does not hold."""
    if found != expected:
        raise BankFileRefused(
            line=line, field=field, reason="differs", found=_say(found), expected=_say(expected)
        )


def _say(value: object) -> str:
    return f"{value.dollars:.2f}" if isinstance(value, Money) else str(value)


def _text(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BankFileRefused(line=0, field="file", reason="not_utf8") from None
    if UNPRINTABLE.search(text):
        raise BankFileRefused(line=0, field="file", reason="not_text")
    return text


def _cells(text: str) -> Iterator[Row]:
    """Yield each row with the line it begins on."""
    rows, line = csv.reader(io.StringIO(text, newline=None)), 1
    try:
        for row in rows:
            yield line, [cell.strip() for cell in row]
            line = rows.line_num + 1
    except csv.Error:
        raise BankFileRefused(line=line, field="row", reason="wrong_cells") from None


def _read_dollars(line: int, field: str, text: str, most_digits: int) -> Money:
    written = DOLLARS.fullmatch(text)
    if written is None:
        raise BankFileRefused(line=line, field=field, reason="not_an_amount", found=text[:20])
    dollars = written[1].lstrip("0")
    if len(dollars) > most_digits:
        raise BankFileRefused(line=line, field=field, reason="amount_too_large", found=text[:20])
    return Money(int(dollars + written[2]))
