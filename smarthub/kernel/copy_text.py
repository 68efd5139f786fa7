"""A value as PostgreSQL's COPY reads it in its text format.

A bill run writes fifteen rows a bill. Most columns are numbers, ids, dates and moments, which
``str`` writes so that COPY reads them: whoever makes a row joins those with tabs as they are, and
asks ``value_text`` for what people, tariffs or templates wrote.

Source: PostgreSQL manual, "COPY", text format.
"""

from __future__ import annotations

NOTHING = "\\N"
"""No value."""
ESCAPES = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"))
"""What would end a column or a row, and how it is written; the backslash first of all."""


def value_text(value: object) -> str:
    """Return one column's value, with whatever would end a column or a row written otherwise."""
    if value is None:
        return NOTHING
    text = value if isinstance(value, str) else str(value)
    for character, written in ESCAPES:
        if character in text:
            text = text.replace(character, written)
    return text
