"""Parts that are handed to their template as finished values: a table, a chart."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """A table of finished words; the first cell of each row names the row."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Key:
    """What one look of a bar or line means; ``kind`` is the look."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture, the sentence it shows, and the table behind it: never one without the others."""

    sentence: str
    svg: str
    keys: tuple[Key, ...]
    table: Table
