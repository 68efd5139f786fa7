"""The command behind ``make screens``: stand both co-ops up, take the pictures, write the index."""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from playwright.sync_api import Browser, sync_playwright

from smarthub.config.environment import ROOT
from tests.e2e.access.browsing import SignIns
from tests.e2e.access.standing import stand
from tests.e2e.conftest import AFTERNOON, ARGUMENTS, CHROMIUM
from tests.e2e.running_demo import run_demo
from tests.e2e.screens.demo_window import SampleSignIns, standing_of
from tests.e2e.screens.index_page import Look, Picture, write_index, write_page
from tests.e2e.screens.listing import (
    KEPT,
    LOOKS,
    PRINTED,
    hard_cases,
    list_left_over,
    list_missing,
    list_pictures,
)
from tests.e2e.screens.shown import DEMO_ROUTES, OTHERS_TALLEST, TALLEST
from tests.e2e.screens.taking import Place, Wanted, take_pictures

SCREENS = ROOT / "docs" / "screens"
PORT = 8190
"""Where the demo answers: its printed bill names the address."""
MEMBERS = 40


@click.command()
@click.option("--only", multiple=True, help="Pages to take, by name; the others stay.")
@click.option("--kept", is_flag=True, help="Take the five looks that git keeps, not all twelve.")
@click.option("--check", is_flag=True, help="Take nothing; name what is missing or left over.")
@click.option("--to", default=SCREENS, type=click.Path(path_type=Path), help="Where to.")
def take_screens(*, only: tuple[str, ...], kept: bool, check: bool, to: Path) -> None:
    """Photograph every page and state, and write the index of what is there."""
    if check:
        sys.exit(_report(to))
    to.mkdir(parents=True, exist_ok=True)
    looks = KEPT if kept else LOOKS
    count = _take_all(to, lambda page: not only or page in only, looks)
    for file in list_left_over(to):
        file.unlink()
    _write_indexes(to)
    size = sum(file.stat().st_size for file in to.glob("*.webp")) / 1_000_000
    click.echo(f"{count} pictures taken; {to} holds {size:.1f} MB of them")
    _report(to)


def _report(folder: Path) -> int:
    """Say what is missing and what is left over; return how much that is."""
    missing, left_over = list_missing(folder), list_left_over(folder)
    for (page, state), count in Counter((each.page, each.state) for each in missing).items():
        click.echo(f"missing: {page}, {state}: {count}")
    for file in left_over:
        click.echo(f"of no page: {file.name}")
    click.echo(f"{len(missing)} pictures are missing, {len(left_over)} are of no page or state")
    return len(missing) + len(left_over)


def _write_indexes(folder: Path) -> None:
    """Write the index of what is kept, and a page with every look for those who took it."""

    def there(looks: Sequence[Look]) -> list[Picture]:
        return [each for each in list_pictures(looks) if (folder / each.file).exists()]

    write_index(folder, there(KEPT))
    write_page(folder / "all.html", there(LOOKS))


def _take_all(folder: Path, wanted: Wanted, looks: Sequence[Look]) -> int:
    taken = 0
    with tempfile.TemporaryDirectory() as made, _browser() as browser:
        demo_folder, stage_folder = Path(made) / "demo", Path(made) / "stage"
        stage_folder.mkdir()
        if any(map(wanted, (*(route.name for route in DEMO_ROUTES), PRINTED[0]))):
            click.echo("Loading the demo")
            with run_demo(demo_folder, members=MEMBERS, at=AFTERNOON, port=PORT) as demo:
                sign_ins = SampleSignIns(demo, browser)
                place = Place(standing_of(demo), sign_ins, DEMO_ROUTES, TALLEST)
                taken += _take(browser, place, folder, wanted, looks)
        if any(wanted(route.name) for route in hard_cases()):
            click.echo("Filling the co-op of hard cases")
            with stand(stage_folder) as standing:
                place = Place(standing, SignIns(standing), hard_cases(), OTHERS_TALLEST)
                taken += _take(browser, place, folder, wanted, looks)
    return taken


def _take(
    browser: Browser, place: Place, folder: Path, wanted: Wanted, looks: Sequence[Look]
) -> int:
    count = len(place.list_pages(wanted)) * len(looks)
    with click.progressbar(length=count, label=f"{count} pictures") as bar:
        taken = 0
        for _ in take_pictures(browser, place, folder=folder, wanted=wanted, looks=looks):
            bar.update(1)
            taken += 1
    return taken


@contextmanager
def _browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()
