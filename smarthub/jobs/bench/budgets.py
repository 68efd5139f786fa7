"""What a page may cost: the one table of limits, read by the bench and by the tests.

A kB is 1,000 bytes on the wire, headers included, compressed as the server sends them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

PAGES = ("sign-in", "home", "usage", "bill", "pay")
"""The pages that are measured: those a member sees most."""


class Unit(Enum):
    """What a figure counts, and how it is written."""

    KILOBYTES = "{:.1f} kB"
    SHIFT = "{:.3f}"
    SCORE = "{:.0f} of 100"
    COUNT = "{:.0f}"
    QUERIES = "{:.0f} queries"
    MILLISECONDS = "{:.1f} ms"
    RATIO = "{:.1f} x"

    def write(self, measured: float) -> str:
        """Write a figure with its unit."""
        return self.value.format(measured)


class Bound(Enum):
    """Which side of the limit is good."""

    AT_MOST = "at most"
    BELOW = "below"
    AT_LEAST = "at least"


@dataclass(frozen=True)
class Budget:
    """One limit, and where it was set."""

    name: str
    bound: Bound
    limit: float
    unit: Unit
    source: str

    def holds(self, measured: float) -> bool:
        """Return whether a measured figure keeps the limit."""
        if self.bound is Bound.AT_LEAST:
            return measured >= self.limit
        if self.bound is Bound.BELOW:
            return measured < self.limit
        return measured <= self.limit

    def tell_limit(self) -> str:
        """Write the limit as the table shows it."""
        return f"{self.bound.value} {self.unit.write(self.limit)}"


_PAGE_BUDGET = "issue 3, part 5"
_STACK = "decision 0010"

# These do not depend on the machine: tests/e2e/test_budgets.py keeps them.
FIRST_VIEW = Budget(
    "first view without fonts and uPlot", Bound.AT_MOST, 60, Unit.KILOBYTES, _PAGE_BUDGET
)
SCRIPT = Budget("script of the first view", Bound.AT_MOST, 25, Unit.KILOBYTES, _PAGE_BUDGET)
STYLES = Budget("our own style sheets", Bound.AT_MOST, 18, Unit.KILOBYTES, _PAGE_BUDGET)
FONTS = Budget("fonts", Bound.AT_MOST, 26, Unit.KILOBYTES, _PAGE_BUDGET)
NOT_KEPT = Budget(
    "fonts, scripts and sheets not kept for good", Bound.AT_MOST, 0, Unit.COUNT, _PAGE_BUDGET
)
SHIFT = Budget("layout shift (CLS) with late fonts", Bound.BELOW, 0.02, Unit.SHIFT, _PAGE_BUDGET)
OUTSIDE = Budget("requests to other hosts", Bound.AT_MOST, 0, Unit.COUNT, _PAGE_BUDGET)
ACCESSIBILITY = Budget("Lighthouse accessibility", Bound.AT_LEAST, 100, Unit.SCORE, _PAGE_BUDGET)
BEST_PRACTICES = Budget("Lighthouse best practices", Bound.AT_LEAST, 100, Unit.SCORE, _PAGE_BUDGET)
HOME_QUERIES = Budget(
    "queries, session and user among them",
    Bound.AT_MOST,
    7,
    Unit.QUERIES,
    _STACK,
)

SHAPES = Budget("cases of each shape", Bound.AT_LEAST, 50, Unit.COUNT, "issue 6, part 2")
DIFFERENCES = Budget(
    "lines that differ, batch and singly", Bound.AT_MOST, 0, Unit.COUNT, "issue 6, part 2"
)

_EXPLORER = "issue 5, numbers"
HOURS_SIZE = Budget("a year of hours, compressed", Bound.BELOW, 25, Unit.KILOBYTES, _EXPLORER)
USAGE_QUERIES = Budget(
    "queries besides session and user", Bound.AT_MOST, 6, Unit.QUERIES, _EXPLORER
)

# These depend on the machine: the bench prints them, no test asserts them.
BATCH_RATING = Budget(
    "batch beside pricing singly", Bound.AT_LEAST, 40, Unit.RATIO, "issue 6, part 2"
)
PERFORMANCE = Budget("Lighthouse performance", Bound.AT_LEAST, 95, Unit.SCORE, _PAGE_BUDGET)
HOME_CPU = Budget("CPU of the application", Bound.AT_MOST, 8, Unit.MILLISECONDS, _STACK)
HOURS_CPU = Budget(
    "CPU of the application, a year of hours", Bound.BELOW, 15, Unit.MILLISECONDS, _EXPLORER
)
FIRST_CHART = Budget(
    "first chart painted, CPU slowed 4 x", Bound.BELOW, 1000, Unit.MILLISECONDS, _EXPLORER
)
