"""The notes a member pinned, as every chart of use shows them: by a letter, and in a list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from smarthub.kernel.period import Period
from smarthub.portal.words.usage import say_days
from smarthub.usage.types import Note
from smarthub.workflows.usage.usage_explorer import Slice

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class PinnedNote:
    """A note and the letter that stands for it on the chart."""

    letter: str
    note: Note
    days: str


def pin_letters(notes: Sequence[Note]) -> tuple[PinnedNote, ...]:
    """Give each note its letter, in the order of their days."""
    return tuple(
        PinnedNote(LETTERS[n % len(LETTERS)], note, say_days(_days_of(note)))
        for n, note in enumerate(notes)
    )


def flags_of(slices: Sequence[Slice], notes: Sequence[PinnedNote]) -> list[str]:
    """Return the letter of the note that begins on each slice; nothing where there is no note."""
    return [_flag(each, notes) for each in slices] if notes else []


def _flag(each: Slice, notes: Sequence[PinnedNote]) -> str:
    for pinned in notes:
        if each.starts_at is None and pinned.note.first_day in each.period:
            return pinned.letter
    return ""


def _days_of(note: Note) -> Period:
    return Period(note.first_day, note.last_day + dt.timedelta(days=1))
