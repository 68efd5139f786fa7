"""Money as whole cents. Rounded once per line, half away from zero; never a float.

Source: domain rules 26 and 62.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True, order=True, slots=True)
class Money:
    """An amount in US cents; negative means a credit."""

    cents: int

    @classmethod
    def rounded(cls, dollars: Decimal) -> Money:
        """Return ``dollars`` rounded to whole cents, half away from zero (domain rule 26)."""
        return cls(int((dollars * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP)))

    @classmethod
    def sum(cls, amounts: Iterable[Money]) -> Money:
        """Return the sum; nothing at all is zero."""
        return cls(sum(amount.cents for amount in amounts))

    @property
    def dollars(self) -> Decimal:
        """The amount in dollars, exactly, with two decimals."""
        return Decimal(self.cents).scaleb(-2)

    def __add__(self, other: Money) -> Money:
        return Money(self.cents + other.cents)

    def __sub__(self, other: Money) -> Money:
        return Money(self.cents - other.cents)

    def __neg__(self) -> Money:
        return Money(-self.cents)

    def __bool__(self) -> bool:
        return self.cents != 0

    def __str__(self) -> str:
        return f"{'-' if self.cents < 0 else ''}${abs(self.dollars):,.2f}"


ZERO = Money(0)


def split(amount: Money, shares: Sequence[Decimal]) -> list[Money]:
    """Split ``amount`` by ``shares`` so that the parts add up to it, by cumulative rounding.

    Args:
        amount: What is to be shared out.
        shares: Weights, none negative, not all zero.

    Raises:
        ValueError: a weight is negative or all are zero.

    Source: domain rule 62.
    """
    whole = sum(shares, Decimal(0))
    if whole <= 0 or any(share < 0 for share in shares):
        raise ValueError("shares must be non-negative and not all zero")
    parts: list[Money] = []
    reached, given = Decimal(0), Money(0)
    for share in shares:
        reached += share
        upto = Money.rounded(amount.dollars * reached / whole)
        parts.append(upto - given)
        given = upto
    return parts
