"""What arrears need from outside: how files for and of collection agencies are written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Protocol

from smarthub.arrears.types import DebtRow, Statement


class CollectionFormat(Protocol):
    """The layout of files for a collection agency and of its statements."""

    def write(self, *, agency: str, on: dt.date, rows: Sequence[DebtRow], is_recall: bool) -> bytes:
        """Return the file that hands debts over, or calls them back."""

    def read(self, *, content: bytes) -> Statement:
        """Return what a statement holds.

        Raises:
            BankFileRefused: it is cut short, changed on the way, or no such file.
        """
