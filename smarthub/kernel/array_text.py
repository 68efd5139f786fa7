"""An array as PostgreSQL reads it: one text to send, whatever the elements are.

The driver asks of each element what type it has; for the accounts of a chunk, asked for some
twenty times, that was a twentieth of what a bill run took.

Source: PostgreSQL manual, "Array Input and Output Syntax".
"""

from __future__ import annotations

from collections.abc import Iterable


def array_text(values: Iterable[object]) -> str:
    """Return an array as text; PostgreSQL takes its elements for what the column holds."""
    elements = list(values)
    if set(map(type, elements)) == {int}:  # nearly always: ids
        return "{" + ",".join(map(str, elements)) + "}"
    return "{" + ",".join([_element(value) for value in elements]) + "}"


def _element(value: object) -> str:
    if isinstance(value, int):
        return str(value)
    written = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{written}"'
