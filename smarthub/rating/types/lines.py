"""The lines of a bill, and their sum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from smarthub.kernel.money import Money
from smarthub.kernel.quantity import Unit
from smarthub.kernel.text import Text


@dataclass(frozen=True, slots=True)
class PricedLine:
    """One line of a bill: ``quantity`` of ``unit`` at ``rate`` dollars each is ``amount``.

    ``unrounded`` is the amount in dollars before it became cents; a stored line has lost it.
    """

    code: str
    name: Text
    quantity: Decimal
    unit: Unit
    rate: Decimal
    amount: Money
    unrounded: Decimal | None = field(default=None, compare=False)

    @property
    def dollars(self) -> Decimal:
        """The amount in dollars, before rounding where that is known."""
        return self.amount.dollars if self.unrounded is None else self.unrounded


def total_of(lines: Sequence[PricedLine]) -> Money:
    """Return the sum of the rounded lines (rule 26)."""
    return Money.sum(line.amount for line in lines)
