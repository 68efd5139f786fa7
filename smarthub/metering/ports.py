"""What metering needs from outside: a file that can be read as batches of rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from smarthub.kernel.errors import Refused
from smarthub.metering.types import MOST_PROBLEMS, Findings, Problem, RowBatch


class FileUnreadable(Refused):
    """The file as a whole cannot be read; ``values`` say where and what was found."""

    code = "file_unreadable"

    def __init__(self, *, problem: Problem, row: int, **values: str | int) -> None:
        super().__init__(problem=problem, row=row, **values)
        self.problem = problem
        self.row = row
        self.details = values


def refuse_too_many(findings: Findings) -> None:
    """Give a file up that has more bad rows than anybody reads of, so that memory stays flat.

    Raises:
        FileUnreadable: there are more than ``MOST_PROBLEMS``.
    """
    if len(findings.problems) > MOST_PROBLEMS:
        last = findings.problems[-1]
        raise FileUnreadable(problem=Problem.TOO_MANY_PROBLEMS, row=last.row, most=MOST_PROBLEMS)


class ReadFormat(Protocol):
    """A way to lay out reads in a file; ``wiring.read_formats`` has those we know."""

    @property
    def name(self) -> str:
        """The name of the profile, stored with every file taken in."""

    def batches(self, path: Path) -> Iterator[RowBatch]:
        """Yield the rows of ``path`` in order, a few thousand at a time.

        Raises:
            FileUnreadable: the columns, the encoding or the quoting are wrong.
        """
