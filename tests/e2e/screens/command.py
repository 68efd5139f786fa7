"""The command behind ``make screens``: stand both co-ops up, take the pictures, write the index."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from playwright.sync_api import Browser, sync_playwright

from smarthub.config.environment import ROOT
from tests.e2e.access.browsing import SignIns, open_window
from tests.e2e.access.people import PEOPLE
from tests.e2e.access.shown import Shown
from tests.e2e.access.standing import stand
from tests.e2e.conftest import AFTERNOON, ARGUMENTS, CHROMIUM, PHONE
from tests.e2e.running_demo import run_demo
from tests.e2e.screens.demo_window import SampleSignIns, standing_of
from tests.e2e.screens.index_page import Picture, write_index
from tests.e2e.screens.shown import DEMO_ROUTES, OTHERS_TALLEST, TALLEST
from tests.e2e.screens.taking import LOOKS, Place, Wanted, hard_cases, take_pictures

SCREENS = ROOT / "docs" / "screens"
PORT = 8190
"""Where the demo answers: its printed bill names the address."""
MEMBERS = 40


@click.command()
@click.option("--only", multiple=True, help="Pages to take, by name; the index is left as it is.")
@click.option("--demo-only", is_flag=True, help="Leave out the hard cases; keep the index.")
@click.option("--to", default=SCREENS, type=click.Path(path_type=Path), help="Where to.")
def take_screens(*, only: tuple[str, ...], demo_only: bool, to: Path) -> None:
    """Photograph every page and state, and write the index."""

    def wanted(page: str) -> bool:
        return not only or page in only

    to.mkdir(parents=True, exist_ok=True)
    pictures = _take_all(to, wanted, demo_only=demo_only)
    if not only and not demo_only:
        _remove_others(to, pictures)
        write_index(to, pictures)
    size = sum(file.stat().st_size for file in to.glob("*.webp")) / 1_000_000
    click.echo(f"{len(pictures)} pictures taken; {to} holds {size:.1f} MB of them")


def _take_all(folder: Path, wanted: Wanted, *, demo_only: bool) -> list[Picture]:
    with tempfile.TemporaryDirectory() as made, _browser() as browser:
        demo_folder, stage_folder = Path(made) / "demo", Path(made) / "stage"
        stage_folder.mkdir()
        click.echo("Loading the demo")
        with run_demo(demo_folder, members=MEMBERS, at=AFTERNOON, port=PORT) as demo:
            sign_ins = SampleSignIns(demo, browser)
            place = Place(standing_of(demo), sign_ins, DEMO_ROUTES, TALLEST)
            pictures = _take(browser, place, folder, wanted)
        if demo_only:
            return pictures
        click.echo("Filling the co-op of hard cases")
        with stand(stage_folder) as standing:
            place = Place(standing, SignIns(standing), hard_cases(), OTHERS_TALLEST)
            _ask_for_link(browser, place)
            pictures += _take(browser, place, folder, wanted)
    return sorted(pictures, key=_place_in_index)


def _take(browser: Browser, place: Place, folder: Path, wanted: Wanted) -> list[Picture]:
    count = len(place.list_pages(wanted)) * len(LOOKS)
    with click.progressbar(length=count, label=f"{count} pictures") as bar:
        return list(
            take_pictures(browser, place, folder=folder, wanted=wanted, taken=lambda: bar.update(1))
        )


def _ask_for_link(browser: Browser, place: Place) -> None:
    """Have a link sent to choose a new password; two of the pages are behind it."""
    window = open_window(browser, place.standing, place.sign_ins, screen=PHONE, language="en")
    window.visit(Shown("asked", None, "/accounts/password/reset/"))
    window.page.locator("input[name=email]").fill(PEOPLE["one"].email)
    with window.page.expect_navigation():
        window.page.locator("main form button.button").first.click()
    window.context.close()


def _place_in_index(picture: Picture) -> tuple[int, int]:
    """Sort by page, then by state, as the lists name them; the demo's states come first."""
    routes = (*DEMO_ROUTES, *hard_cases())
    pages = list(dict.fromkeys(route.name for route in routes))
    if picture.page not in pages:
        return len(pages), 0
    states = [s.state for route in routes if route.name == picture.page for s in route.shown]
    return pages.index(picture.page), states.index(picture.state)


def _remove_others(folder: Path, pictures: list[Picture]) -> None:
    """Remove pictures of pages that are no more; the first ones are kept for good."""
    kept = {picture.file for picture in pictures}
    for file in folder.glob("*.webp"):
        if file.name not in kept and not file.name.startswith("first-"):
            file.unlink()


@contextmanager
def _browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()
