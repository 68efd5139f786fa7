"""Write many rows by PostgreSQL's COPY, in the caller's transaction.

The rows are sent block by block, so that the server stores one block while the next is made.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from django.db import connection

from smarthub.kernel.copy_text import copy_text

BLOCK_ROWS = 100
"""So many rows are some tens of kilobytes: enough to be worth handing over."""


def copy_rows(statement: str, rows: Iterable[tuple[object, ...]]) -> None:
    """Run ``COPY table (columns) FROM STDIN`` with rows of values in the order of its columns."""
    left = iter(rows)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        while block := copy_text(islice(left, BLOCK_ROWS)):
            copy.write(block)
