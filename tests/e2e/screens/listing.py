"""Which pictures there are to be, which of them the repository keeps, and which are missing.

Every page and state is photographed in twelve looks. Five of them are kept: together they show
each size, both themes and both languages. The other seven stay on the machine that took them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path

from tests.e2e.access.routes import ROUTES
from tests.e2e.access.shown import Route
from tests.e2e.conftest import COMPUTER, PHONE, Screen
from tests.e2e.screens.index_page import Look, Picture
from tests.e2e.screens.shown import DEMO_ROUTES

TABLET = Screen("tablet", 820, 1180)
SIZES = {screen.name: screen for screen in (PHONE, TABLET, COMPUTER)}
LOOKS = tuple(Look(*each) for each in product(SIZES, ("light", "dark"), ("en", "es")))
KEPT = (
    Look("phone", "light", "en"),
    Look("phone", "dark", "es"),
    Look("tablet", "light", "es"),
    Look("computer", "light", "es"),
    Look("computer", "dark", "en"),
)
"""The looks that git keeps of every page and state."""
PAPER = (Look("letter", "light", "en"), Look("letter", "light", "es"))
"""How the printed bill is photographed: paper has one size and no theme."""
PRINTED = ("printed_bill", ("page 1", "page 2"))


def hard_cases() -> list[Route]:
    """Return what the access tests visit and the demo does not show."""
    known = {(route.name, shown.state) for route in DEMO_ROUTES for shown in route.shown}
    return [
        Route(route.name, left)
        for route in ROUTES
        if (left := tuple(s for s in route.shown if (route.name, s.state) not in known))
    ]


def list_states() -> list[tuple[str, str]]:
    """Return every page and state in the order of the index; the demo's pages come first."""
    routes = (*DEMO_ROUTES, *hard_cases())
    pages = dict.fromkeys(route.name for route in routes)
    return [(page, s.state) for page in pages for r in routes if r.name == page for s in r.shown]


def list_pictures(looks: Sequence[Look]) -> Iterator[Picture]:
    """Return every picture there should be in some looks, and the printed bill."""
    for page, state in list_states():
        yield from (Picture(page, state, look) for look in looks)
    page, states = PRINTED
    yield from (Picture(page, state, look) for state in states for look in PAPER)


def list_missing(folder: Path, looks: Sequence[Look] = KEPT) -> list[Picture]:
    """Return the pictures that should be in a folder and are not."""
    return [each for each in list_pictures(looks) if not (folder / each.file).exists()]


def list_left_over(folder: Path) -> list[Path]:
    """Return the pictures of pages and states that are no more; the first ones stay for good."""
    known = {picture.file for picture in list_pictures(LOOKS)}
    return [
        file
        for file in folder.glob("*.webp")
        if file.name not in known and not file.name.startswith("first-")
    ]
