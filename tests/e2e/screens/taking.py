"""How a browser goes through the list of pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from playwright.sync_api import Browser
from playwright.sync_api import Error as PlaywrightError

from tests.e2e.access.browsing import SignIns, Window, open_window
from tests.e2e.access.shown import Route, Shown
from tests.e2e.access.standing import Standing
from tests.e2e.screens.camera import photograph
from tests.e2e.screens.index_page import Look, Picture
from tests.e2e.screens.listing import PAPER, PRINTED, SIZES
from tests.e2e.screens.printed_bill import photograph_bill
from tests.e2e.screens.shown import DEMO_ROUTES

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


def take_pictures(
    browser: Browser, place: Place, *, folder: Path, wanted: Wanted, looks: Sequence[Look]
) -> Iterator[Picture]:
    """Photograph a place in some looks; yield each picture when it is taken."""
    for look in looks:
        window = _open(browser, place, look)
        for name, shown in place.list_pages(wanted):
            picture = Picture(name, shown.state, look)
            try:
                _take(window, shown, picture, folder=folder, tallest=place.tallest)
            except (AssertionError, PlaywrightError) as failure:
                # One page that does not come must not cost the others their pictures.
                click.echo(f"not taken: {picture.file}: {failure}", err=True)
                window.context.close()
                window = _open(browser, place, look)
                continue
            yield picture
        window.context.close()
    if wanted(PRINTED[0]) and place.routes is DEMO_ROUTES:
        yield from _take_printed_bill(browser, place, folder)


def _open(browser: Browser, place: Place, look: Look) -> Window:
    return open_window(
        browser,
        place.standing,
        place.sign_ins,
        screen=SIZES[look.size],
        language=look.language,
        theme=look.theme,
    )


def _take(window: Window, shown: Shown, picture: Picture, *, folder: Path, tallest: int) -> None:
    window.visit(shown)
    photograph(window.page, window.cdp, to=folder / picture.file, tallest=tallest)
    if picture.file in README:
        one_screen = folder / README[picture.file]
        height = SIZES[picture.look.size].height
        photograph(window.page, window.cdp, to=one_screen, tallest=height)


def _take_printed_bill(browser: Browser, place: Place, folder: Path) -> Iterator[Picture]:
    for paper in PAPER:
        window = open_window(
            browser,
            place.standing,
            place.sign_ins,
            screen=SIZES["phone"],
            language=paper.language,
        )
        yield from photograph_bill(window, BILL, paper, folder=folder)
        window.context.close()
