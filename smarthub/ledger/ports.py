"""What the ledger needs from outside: a layout in which others' programs can check it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from smarthub.ledger.types import LedgerExport


class LedgerFormat(Protocol):
    """A plain-text layout of accounts; ``wiring.ledger_formats`` has those we know."""

    def write(self, export: LedgerExport) -> Iterator[str]:
        """Yield the file in order, an entry at a time, so that memory stays flat."""
