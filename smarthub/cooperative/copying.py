"""Write many rows by PostgreSQL's COPY, in the caller's transaction.

The rows are sent block by block, so that the server stores one block while the next is made.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from django.db import connection

BLOCK_ROWS = 100
"""So many rows are some tens of kilobytes: enough to be worth handing over."""


def copy_lines(statement: str, lines: Iterable[str]) -> None:
    """Run ``COPY table (columns) FROM STDIN`` with a text for each row, without its line end.

    Columns are parted by tabs, in the order of the statement. What may hold a tab, a line end or
    a backslash comes from ``kernel.copy_text.value_text``.
    """
    left = iter(lines)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        while block := "\n".join(islice(left, BLOCK_ROWS)):
            copy.write(block + "\n")
