"""How a line came about, as values: a formula that can be worked by hand, and what to know of it.

The words are for whoever shows it, in whichever language; here are numbers and codes alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from smarthub.rating.types.lines import PricedLine


class Sign(StrEnum):
    """How a number joins what stands before it; read from left to right, as on a calculator."""

    FIRST = ""
    TIMES = "×"  # noqa: RUF001 (the sign itself)
    OVER = "÷"
    LESS = "−"  # noqa: RUF001 (the sign itself)


class Counts(StrEnum):
    """What a number of a formula counts, beside the units of a bill."""

    NUMBER = "number"
    PRICE = "price"
    PERCENT = "percent"


@dataclass(frozen=True, slots=True)
class Term:
    """One number of a formula; ``counts`` is a unit of the bill or a ``Counts``.

    A percentage is held as a share of one: 5 % is 0.05.
    """

    value: Decimal
    counts: str = Counts.NUMBER
    sign: Sign = Sign.FIRST


@dataclass(frozen=True, slots=True)
class Note:
    """One thing to know of a line: a code, and the numbers and names its sentence needs."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Netted:
    """How a month of net metering came about, in kWh: taken, given back, the bank, what is billed.

    ``bank`` is what was gathered before this month, ``left`` what is gathered after it.
    """

    taken: Decimal
    given: Decimal
    bank: Decimal
    billed: Decimal
    left: Decimal


@dataclass(frozen=True, slots=True)
class ExplainedLine:
    """A line, the kind of charge it follows, its formula, and what else made it so."""

    line: PricedLine
    kind: str
    terms: tuple[Term, ...]
    notes: tuple[Note, ...] = ()

    @property
    def worked(self) -> Decimal:
        """What the formula comes to in dollars, before it is rounded to cents."""
        result = Decimal(0)
        for term in self.terms:
            match term.sign:
                case Sign.FIRST:
                    result = term.value
                case Sign.TIMES:
                    result *= term.value
                case Sign.OVER:
                    result /= term.value
                case Sign.LESS:
                    result -= term.value
        return result
