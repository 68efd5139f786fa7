"""Mappings that remember on which line of a file they stand, so that an error can say so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Lined(dict[str, Any]):
    """A mapping read from a file: ``line`` is where it begins, ``lines`` where each field is."""

    def __init__(self, fields: Mapping[str, Any], *, line: int, lines: Mapping[str, int]) -> None:
        super().__init__(fields)
        self.line = line
        self.lines = lines


def located(source: object, field: str = "") -> dict[str, int]:
    """Return the line of a field, or of the mapping itself; nothing where no file was read."""
    if not isinstance(source, Lined):
        return {}
    return {"line": source.lines.get(field, source.line)}
