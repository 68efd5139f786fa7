"""The budgets that hold on any machine: bytes, shifts, other hosts, and Lighthouse's two scores.

Measured on the running demo as ``smarthub bench web`` does. A page with every fault, served
beside it, shows that each of these would be caught.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser

from smarthub.config.environment import ROOT
from smarthub.jobs.bench import budgets
from smarthub.jobs.bench.budgets import PAGES
from smarthub.jobs.bench.first_view import FirstView, Visitor, layout_shift, sign_in, view
from smarthub.jobs.bench.lighthouse import ACCESSIBILITY, BEST_PRACTICES, look_at_pages
from smarthub.ui.stylesheet import JOINED
from tests.e2e.conftest import CHROMIUM
from tests.e2e.running_demo import RunningDemo

CATEGORIES = (ACCESSIBILITY, BEST_PRACTICES)
FONT = JOINED.parent / "fonts" / "atkinson-400.woff2"
NOISE = "0123456789abcdef" * 4_000
FAULTY_PAGE = f"""<!doctype html><title>Faulty</title>
<meta name=viewport content="width=device-width">
<link rel=stylesheet href=/sheet.css>
<script src=/script.js></script>
<style>@font-face {{ font-family: A; font-display: swap; src: url(/font.woff2) }}
@font-face {{ font-family: B; src: url(/heavy.woff2) }}
p {{ font: 40px A, monospace }} i {{ font-family: B }}</style><i>heavy</i>
{"<p>Your newest bill is here, and what is due</p>" * 20}
<img src=http://127.0.0.2:9/pixel.gif width=1 height=1>"""


@pytest.fixture(scope="module")
def visitor(browser: Browser, demo: RunningDemo) -> Visitor:
    """Let Maria sign in once."""
    account = demo.sign_in_of("maria")
    return sign_in(
        browser,
        base_url=demo.base_url,
        gateway_url=demo.gateway_url,
        email=account["email"],
        password=account["password"],
    )


@pytest.fixture(scope="module")
def views(browser: Browser, visitor: Visitor) -> dict[str, FirstView]:
    """Open every page once, for the first time."""
    return {page: view(browser, visitor=visitor, page=page) for page in PAGES}


@pytest.mark.parametrize("page", PAGES)
def test_a_first_view_keeps_its_budget_of_bytes(views: dict[str, FirstView], page: str) -> None:
    seen = views[page]

    assert budgets.FIRST_VIEW.holds(seen.kilobytes), seen
    assert budgets.SCRIPT.holds(seen.script_kilobytes), seen
    assert budgets.STYLES.holds(seen.style_kilobytes), seen
    assert budgets.FONTS.holds(seen.font_kilobytes), seen


@pytest.mark.parametrize("page", PAGES)
def test_fonts_scripts_and_sheets_are_fetched_once_and_kept_for_good(
    views: dict[str, FirstView], page: str
) -> None:
    assert {"Font", "Script", "Stylesheet"} <= {one.kind for one in views[page].answers}
    assert views[page].not_kept == ()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_asks_no_other_host(views: dict[str, FirstView], page: str) -> None:
    assert views[page].outside == ()


@pytest.mark.parametrize("page", PAGES)
def test_nothing_moves_when_the_fonts_come_late(
    browser: Browser, visitor: Visitor, page: str
) -> None:
    assert budgets.SHIFT.holds(layout_shift(browser, visitor=visitor, page=page))


def test_lighthouse_finds_no_fault_in_access_or_practice(visitor: Visitor) -> None:
    looks = look_at_pages(visitor=visitor, root=ROOT, chromium=CHROMIUM, categories=CATEGORIES)

    assert [look.page for look in looks] == list(PAGES)
    assert [
        look for look in looks if not budgets.ACCESSIBILITY.holds(look.scores[ACCESSIBILITY])
    ] == []
    assert [
        look for look in looks if not budgets.BEST_PRACTICES.holds(look.scores[BEST_PRACTICES])
    ] == []


class FaultyAnswers(BaseHTTPRequestHandler):
    """Answers with a page that is heavy, moves, asks another host, and is kept by nobody."""

    def do_GET(self) -> None:
        """Answer as the end of the path says."""
        kind, body = {
            "/script.js": ("text/javascript", f"// {NOISE}".encode()),
            "/sheet.css": ("text/css", f"/* {NOISE[:20_000]} */".encode()),
            "/font.woff2": ("font/woff2", FONT.read_bytes()),
            "/heavy.woff2": ("font/woff2", bytes(15_000)),
        }.get(self.path, ("text/html", FAULTY_PAGE.encode()))
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the library's name)
        """Say nothing."""


@pytest.fixture(scope="module")
def lost() -> Iterator[Visitor]:
    """Serve the faulty page, and send a visitor there."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), FaultyAnswers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    yield Visitor(address, "http://127.0.0.1:9", (), {"home": "/"})
    server.shutdown()
    server.server_close()


def test_a_heavy_forgetful_talkative_page_would_be_caught(browser: Browser, lost: Visitor) -> None:
    seen = view(browser, visitor=lost, page="home")

    assert not budgets.FIRST_VIEW.holds(seen.kilobytes)
    assert not budgets.SCRIPT.holds(seen.script_kilobytes)
    assert not budgets.STYLES.holds(seen.style_kilobytes)
    assert not budgets.FONTS.holds(seen.font_kilobytes)
    assert len(seen.not_kept) == 4
    assert seen.outside == ("http://127.0.0.2:9/pixel.gif",)


def test_a_page_that_moves_would_be_caught(browser: Browser, lost: Visitor) -> None:
    assert not budgets.SHIFT.holds(layout_shift(browser, visitor=lost, page="home"))


def test_a_page_that_shuts_people_out_would_be_caught(lost: Visitor) -> None:
    (look,) = look_at_pages(visitor=lost, root=ROOT, chromium=CHROMIUM, categories=CATEGORIES)

    assert not budgets.ACCESSIBILITY.holds(look.scores[ACCESSIBILITY])
    assert not budgets.BEST_PRACTICES.holds(look.scores[BEST_PRACTICES])
    assert {"html-has-lang", "image-alt", "errors-in-console"} <= set(look.failed)
