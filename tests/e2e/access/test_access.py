"""WCAG 2.2 AA on every page, in every state it can be in.

``make test`` visits each state once, in turn in the eight combinations of theme, language and
screen, and five pages in all of them; ``make test-full`` visits everything in all of them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.e2e.access.browsing import COMBINATIONS, Combination
from tests.e2e.access.checks import check_page
from tests.e2e.access.conftest import Windows
from tests.e2e.access.routes import BILL, FIVE, ORDINARY, ROUTES, STATE_OF_FIVE
from tests.e2e.access.shown import Shown

IN_FULL = os.environ.get("SMARTHUB_TEST_FULL") == "1"


class Visit(NamedTuple):
    """One page in one state, seen in one combination."""

    page: str
    shown: Shown
    combination: Combination

    def __str__(self) -> str:
        return f"{self.page}-{self.shown.state}-{self.combination}".replace(" ", "_")


def list_visits(*, in_full: bool) -> list[Visit]:
    """Return the visits; those in one combination stand together, for they share a window."""
    visits = _all_visits() if in_full else dict.fromkeys([*_visits_in_turn(), *_visits_of_five()])
    return sorted(visits, key=lambda visit: COMBINATIONS.index(visit.combination))


def _all_visits() -> Iterator[Visit]:
    for route in ROUTES:
        for shown in route.shown:
            yield from (Visit(route.name, shown, each) for each in COMBINATIONS)


def _visits_in_turn() -> Iterator[Visit]:
    every = [(route, shown) for route in ROUTES for shown in route.shown]
    for n, (route, shown) in enumerate(every):
        # 3 and 8 have no common divisor, so neighbours differ in more than the screen.
        yield Visit(route.name, shown, COMBINATIONS[3 * n % len(COMBINATIONS)])


def _visits_of_five() -> Iterator[Visit]:
    for route in FIVE:
        state = STATE_OF_FIVE.get(route.name, ORDINARY)
        shown = next(each for each in route.shown if each.state == state)
        yield from (Visit(route.name, shown, each) for each in COMBINATIONS)


@pytest.mark.parametrize("visit", list_visits(in_full=IN_FULL), ids=str)
def test_everybody_can_use_the_page(visit: Visit, windows: Windows) -> None:
    window = windows(visit.combination)

    window.visit(visit.shown)

    faults = check_page(window.page, window.cdp, language=visit.combination.language)
    assert faults + window.told() == []


def test_an_estimated_bill_says_so(windows: Windows) -> None:
    window = windows(next(each for each in COMBINATIONS if each.language == "en"))

    window.visit(next(each for each in BILL.shown if each.state == "estimated"))

    assert window.page.locator("main .tag").all_inner_texts() == ["Estimated"]
