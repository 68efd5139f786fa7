"""The list of pictures, and how a browser goes through it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser

from tests.e2e.access.browsing import SignIns, open_window
from tests.e2e.access.routes import ROUTES
from tests.e2e.access.shown import Route, Shown
from tests.e2e.access.standing import Standing
from tests.e2e.conftest import COMPUTER, PHONE, Screen
from tests.e2e.screens.camera import photograph
from tests.e2e.screens.index_page import Picture
from tests.e2e.screens.printed_bill import photograph_bill
from tests.e2e.screens.shown import DEMO_ROUTES

TABLET = Screen("tablet", 820, 1180)
LOOKS = tuple(product((PHONE, TABLET, COMPUTER), ("light", "dark"), ("en", "es")))
README = {
    "home-one-phone-light-en.webp": "readme-home.png",
    "bill-one-phone-light-en.webp": "readme-bill.png",
}
"""What the first page of the repository shows: one screen each."""
BILL = Shown(
    "one", "maria", "/bills/", next(r for r in DEMO_ROUTES if r.name == "bill").shown[0].do
)

Wanted = Callable[[str], bool]
"""Whether a page, by its name, is to be photographed this time."""


@dataclass(frozen=True)
class Place:
    """Something that stands and can be photographed: its pages, and who signs people in."""

    standing: Standing
    sign_ins: SignIns
    routes: Sequence[Route]
    tallest: int

    def list_pages(self, wanted: Wanted) -> list[tuple[str, Shown]]:
        """Return each page in each state that is wanted."""
        return [(r.name, shown) for r in self.routes if wanted(r.name) for shown in r.shown]


def hard_cases() -> list[Route]:
    """Return what the access tests visit and the demo does not show."""
    known = {(route.name, shown.state) for route in DEMO_ROUTES for shown in route.shown}
    return [
        Route(route.name, left)
        for route in ROUTES
        if (left := tuple(s for s in route.shown if (route.name, s.state) not in known))
    ]


def take_pictures(
    browser: Browser, place: Place, *, folder: Path, wanted: Wanted, taken: Callable[[], None]
) -> Iterator[Picture]:
    """Photograph a place in every look; ``taken`` is called after each picture."""
    for screen, theme, language in LOOKS:
        window = open_window(
            browser,
            place.standing,
            place.sign_ins,
            screen=screen,
            language=language,
            theme=theme,
        )
        for name, shown in place.list_pages(wanted):
            picture = Picture(name, shown.state, screen.name, theme, language)
            window.visit(shown)
            photograph(window.page, window.cdp, to=folder / picture.file, tallest=place.tallest)
            if picture.file in README:
                one_screen = folder / README[picture.file]
                photograph(window.page, window.cdp, to=one_screen, tallest=screen.height)
            taken()
            yield picture
        if wanted("printed_bill") and place.routes is DEMO_ROUTES and _first_of(screen, theme):
            yield from photograph_bill(window, BILL, folder=folder)
        window.context.close()


def _first_of(screen: Screen, theme: str) -> bool:
    """Return whether this look comes first: paper has one size and no theme."""
    return (screen, theme) == LOOKS[0][:2]
