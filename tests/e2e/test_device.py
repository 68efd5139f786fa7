"""Nothing of a member stays on the device: every store of the browser is read, and its profile."""

from __future__ import annotations

import gzip
import http.server
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.e2e.conftest import ARGUMENTS, CHROMIUM, sign_in
from tests.e2e.device_stores import find, read_profile, read_stores
from tests.e2e.running_demo import RunningDemo

MOST_PAGES = 60
NOT_FOLLOWED = ("/logout", ".zip", ".csv", "/pdf/", "/download", "tel:", "mailto:", "#")


def use_everything(page: Page, base_url: str) -> list[str]:
    """Follow every link of the app from the first page on, as a member might; return where."""
    waiting, seen = ["/", "/more/"], list[str]()
    while waiting and len(seen) < MOST_PAGES:
        address = waiting.pop(0)
        page.goto(address)
        seen.append(address)
        links = page.locator("a[href]").evaluate_all("all => all.map(a => a.getAttribute('href'))")
        for link in dict.fromkeys(links):
            new = link.startswith("/") and link not in {*seen, *waiting}
            if new and not any(part in link for part in NOT_FOLLOWED):
                waiting.append(link)
    return [base_url + address for address in seen]


def traces_of(page: Page, demo: RunningDemo) -> tuple[str, ...]:
    """Return what Maria would be known by: address, accounts, place, bill, amount, session."""
    account = demo.sign_in_of("maria")
    numbers = [each["number"] for each in account["accounts"]]
    page.goto("/settings/accounts/")
    place = page.locator("main .rows .quiet").first.inner_text().split("·")[1].strip()
    page.goto("/")
    amount = page.locator(".amount-due-figure").first.inner_text().strip()
    page.goto(f"/bills/?account={numbers[0]}")
    bill = re.search(rf"{numbers[0]}-\d{{6}}", page.content())
    session = next(
        str(each.get("value")) for each in page.context.cookies() if each.get("name") == "sessionid"
    )
    assert bill is not None
    return (account["email"], *numbers, place, amount, bill[0], session)


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """Return the folder the browser keeps its things in."""
    return tmp_path / "profile"


@pytest.fixture
def device(browser: Browser, demo: RunningDemo, profile: Path) -> Iterator[BrowserContext]:
    """Open a browser that keeps a profile, as a member's does."""
    context = browser.browser_type.launch_persistent_context(
        profile,
        executable_path=CHROMIUM,
        args=ARGUMENTS,
        base_url=demo.base_url,
        viewport={"width": 390, "height": 844},
        locale="en-US",
    )
    yield context
    context.close()


class TestTheDevice:
    def test_keeps_nothing_of_a_member_who_used_the_whole_app(
        self, device: BrowserContext, demo: RunningDemo, profile: Path
    ) -> None:
        page = device.pages[0]
        sign_in(page, demo=demo, name="maria")
        traces = traces_of(page, demo)
        *personal, session = traces

        visited = use_everything(page, demo.base_url)
        stores = read_stores(device, page)
        device.close()
        files = list(read_profile(profile))

        assert len(visited) >= 25, visited
        shown = {name: find(personal, words.encode()) for name, words in stores.items()}
        assert {name: found for name, found in shown.items() if found} == {}
        others = {name: words for name, words in stores.items() if name != "cookies"}
        assert not any(session in words for words in others.values())
        kept = {name: find(personal, data) for name, data in files}
        assert {name: found for name, found in kept.items() if found} == {}
        # The cache was really read: what may be kept for good is in it.
        assert any(b"/static/vendor/smarthub" in data for _, data in files)

    def test_shows_nothing_with_the_back_button_after_signing_out(
        self, device: BrowserContext, demo: RunningDemo
    ) -> None:
        page = device.pages[0]
        sign_in(page, demo=demo, name="maria")
        personal = traces_of(page, demo)[:-1]
        page.goto("/settings/profile/")
        page.goto("/more/")
        page.locator("main form[action='/accounts/logout/'] button").click()
        page.wait_for_url("**/accounts/login/**")

        seen = []
        for _ in range(3):
            page.go_back()
            seen.append(page.locator("body").inner_text())

        assert [find(personal, content.encode()) for content in seen] == [[], [], []]
        # The sign-in page may keep its empty shell anew; what was kept before it is gone.
        stores = read_stores(device, page)
        assert {name: find(personal, words.encode()) for name, words in stores.items()} == {
            name: [] for name in stores
        }


class TestTheReaderOfStores:
    """A fault planted in each store is seen, so that a clean device means something."""

    WORDS: ClassVar = "0010004821 of Maria Alvarez"

    @pytest.mark.parametrize(
        ("store", "plant"),
        [
            ("local storage", "words => localStorage.setItem('a', words)"),
            ("session storage", "words => sessionStorage.setItem('a', words)"),
            (
                "caches",
                "async words => (await caches.open('a')).put('/bill/', new Response(words))",
            ),
            ("cookies", "words => { document.cookie = `a=${words}`; }"),
            (
                "databases",
                """words => new Promise(done => {
                  const asked = indexedDB.open('a', 1);
                  asked.onupgradeneeded = () => asked.result.createObjectStore('s');
                  asked.onsuccess = () => {
                    const put = asked.result.transaction('s', 'readwrite');
                    put.objectStore('s').put(words, 1);
                    put.oncomplete = () => { asked.result.close(); done(); };
                  };
                })""",
            ),
        ],
    )
    def test_finds_what_a_page_put_there(
        self, device: BrowserContext, store: str, plant: str
    ) -> None:
        page = device.pages[0]
        page.goto("/accounts/login/")
        page.evaluate(plant, self.WORDS)

        stores = read_stores(device, page)

        assert [name for name, words in stores.items() if "0010004821" in words] == [store]

    @pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed"])
    def test_finds_a_page_that_may_be_cached(
        self, device: BrowserContext, profile: Path, *, packed: bool
    ) -> None:
        page = device.pages[0]
        with CarelessServer(self.WORDS, packed=packed) as address:
            page.goto(address)
        device.close()

        kept = [name for name, data in read_profile(profile) if find([self.WORDS], data)]

        assert any(name.startswith("Cache") for name in kept)


class CarelessServer:
    """A server that lets a page about a member be kept."""

    def __init__(self, words: str, *, packed: bool) -> None:
        body = gzip.compress(words.encode()) if packed else words.encode()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Cache-Control", "max-age=3600")
                self.send_header("Content-Type", "text/html")
                if packed:
                    self.send_header("Content-Encoding", "gzip")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *told: object) -> None:
                del told

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self) -> str:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_port}/"

    def __exit__(self, *told: object) -> None:
        self.server.shutdown()
        self.server.server_close()
