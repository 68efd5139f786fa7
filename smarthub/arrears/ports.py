"""What arrears need from outside: how files for and of collection agencies are written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from smarthub.kernel.money import Money


@dataclass(frozen=True, slots=True)
class DebtRow:
    """What an agency is told of one debt."""

    code: str
    account_number: str
    holder: str
    address: str
    amount: Money
    written_off_on: dt.date


@dataclass(frozen=True, slots=True)
class StatementItem:
    """What an agency collected for one debt; ``reference`` is its own number for it, once."""

    line: int
    reference: str
    placement: str
    paid_on: dt.date
    gross: Money
    commission: Money


@dataclass(frozen=True, slots=True)
class Statement:
    """A collection agency's statement, once its count and totals were found right."""

    agency: str
    total: Money
    items: tuple[StatementItem, ...]


class CollectionFormat(Protocol):
    """The layout of files for a collection agency and of its statements."""

    def write(self, *, agency: str, on: dt.date, rows: Sequence[DebtRow], is_recall: bool) -> bytes:
        """Return the file that hands debts over, or calls them back."""

    def read(self, *, content: bytes) -> Statement:
        """Return what a statement holds.

        Raises:
            BankFileRefused: it is cut short, changed on the way, or no such file.
        """
