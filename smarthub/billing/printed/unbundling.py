"""Part the lines of a service into supply, delivery and taxes, where its rate is unbundled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from smarthub.rating.types import EXEMPT, PricedLine

BLOCKS: Final = {
    "supply": frozenset({"generation", "transmission", "wpca", "pga", "purchased"}),
    "delivery": frozenset({"facility", "member", "distribution", "delivery", "demand"}),
    "taxes": frozenset({"il_excise", "state_tax", "city_tax", "gas_tax"}),
}
"""Codes of charges, by the block they stand in, in the order of the blocks."""
TAKEN_OFF: Final = f".{EXEMPT}"
Block = tuple[str, Sequence[PricedLine]]


def unbundled(*, lines: Sequence[PricedLine]) -> list[Block]:
    """Return the blocks of a service's lines, each with its name; one without a name otherwise.

    A rate is unbundled where it charges supply and delivery apart and every line is known to
    belong to one of the blocks; a rate with one price for both is shown as it is.
    """
    named = [
        (name, [line for line in lines if line.code.removesuffix(TAKEN_OFF) in BLOCKS[name]])
        for name in BLOCKS
    ]
    found: list[Block] = [(name, its_lines) for name, its_lines in named if its_lines]
    names = {name for name, _lines in found}
    complete = sum(len(its_lines) for _name, its_lines in found) == len(lines)
    return found if complete and {"supply", "delivery"} <= names else [("", lines)]
