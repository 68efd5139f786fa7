"""Rows as PostgreSQL's COPY reads them in its text format: built here, sent in one piece.

A bill run writes fifteen rows a bill; handing them over one by one cost more than making them.
Nearly no value needs anything written otherwise, so a row is joined as it is, and only a row that
then holds more tabs, line ends or backslashes than it should is written value by value.

Source: PostgreSQL manual, "COPY", text format.
"""

from __future__ import annotations

from collections.abc import Iterable

NOTHING = "\\N"
ESCAPES = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"))
"""What would end a column or a row, and how it is written; the backslash first of all."""


def copy_text(rows: Iterable[tuple[object, ...]]) -> str:
    """Return rows as COPY's text: columns parted by tabs, ``None`` as no value.

    Numbers, dates, moments and ids are written as ``str`` writes them; a boolean as PostgreSQL
    reads it.
    """
    return "".join([_row(row) for row in rows])


def _row(row: tuple[object, ...]) -> str:
    text = "\t".join([NOTHING if value is None else str(value) for value in row])
    if _is_plain(text, row):
        return text + "\n"
    return "\t".join([NOTHING if value is None else _escaped(str(value)) for value in row]) + "\n"


def _is_plain(text: str, row: tuple[object, ...]) -> bool:
    """Say whether a row joined as it is reads as these columns and no others."""
    return (
        text.count("\t") == len(row) - 1
        and "\n" not in text
        and "\r" not in text
        and ("\\" not in text or text.count("\\") == row.count(None))
    )


def _escaped(value: str) -> str:
    for character, written in ESCAPES:
        value = value.replace(character, written)
    return value
