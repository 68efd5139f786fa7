"""Parts that are handed to their template as finished values: a table, a chart, steps, events."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """A table of finished words; the first cell of each row names the row."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def named_rows(self) -> tuple[tuple[tuple[str, str], ...], ...]:
        """Each cell with the name of its column, for a table that folds."""
        return tuple(tuple(zip(self.head, row, strict=True)) for row in self.rows)


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


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a flow: behind, here, or, with neither, still to come."""

    name: str
    is_done: bool = False
    is_here: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """Something on a timeline; ``state`` is ``done``, ``now`` or ``later``."""

    what: str
    when: str
    state: str = "done"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked before something that is hard to take back, in a dialog or on a page.

    ``action`` sends ``method`` to ``address``; ``keep`` leads to ``keep_address``.
    """

    title: str
    sentence: str
    action: str
    address: str
    keep: str
    keep_address: str
    method: str = "post"
