"""Read comma-separated rows about money, and name the line of whatever cannot stand there."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Mapping

from smarthub.kernel.money import Money
from smarthub.payments.ports import BankFileRefused

DOLLARS = re.compile(r"\d{1,8}\.\d\d")
WORD = re.compile(r"[A-Za-z0-9-]{1,20}")

Row = tuple[int, list[str]]
"""The line it stands on, and its cells."""


def read_rows(content: bytes, *, widths: Mapping[str, int]) -> list[Row]:
    """Return the rows that are not empty; the first cell says what a row is.

    Raises:
        BankFileRefused: it is no text, or a row has not as many cells as ``widths`` says.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BankFileRefused(line=0, field="file", reason="not_text") from None
    rows = [
        (line, [cell.strip() for cell in row])
        for line, row in enumerate(csv.reader(text.splitlines()), start=1)
        if any(cell.strip() for cell in row)
    ]
    for line, row in rows:
        wanted = widths.get(row[0], 0)
        if wanted != len(row):
            raise BankFileRefused(
                line=line, field="row", reason="wrong_cells", found=len(row), expected=wanted
            )
    return rows


def read_amount(line: int, text: str) -> Money:
    """Return dollars and cents, written with both."""
    if not DOLLARS.fullmatch(text):
        raise BankFileRefused(line=line, field="amount", reason="not_an_amount", found=text[:20])
    return Money(int(text.replace(".", "")))


def read_word(line: int, field: str, text: str) -> str:
    """Return a number or name of up to 20 letters, digits and hyphens."""
    if not WORD.fullmatch(text):
        raise BankFileRefused(line=line, field=field, reason="not_a_number", found=text[:20])
    return text


def read_day(line: int, field: str, text: str) -> dt.date:
    """Return a day, written as 2026-11-20."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise BankFileRefused(line=line, field=field, reason="not_a_day", found=text[:20]) from None


def expect(line: int, field: str, found: object, expected: object) -> None:
    """Refuse a file that says of itself what it does not hold."""
    if found != expected:
        raise BankFileRefused(
            line=line, field=field, reason="differs", found=str(found), expected=str(expected)
        )
