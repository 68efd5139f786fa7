"""The portal on a phone, in a real browser: installable, useful without a connection, forgetful."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from smarthub.cooperative.operations import set_policy
from smarthub.cooperative.queries import get_policy
from smarthub.kernel.money import Money
from smarthub.ledger.operations import post_entry
from smarthub.ledger.types import Asked, Posting
from smarthub.ui.stylesheet import join_stylesheets
from smarthub.workflows.cooperative.found_cooperative import found_cooperative
from tests.cast import COLOUR, IDENTITY, NOW, PASSWORD, TODAY, build_cast
from tests.e2e.conftest import ARGUMENTS, CHROMIUM, PHONE
from tests.e2e.running_demo import RunningDemo

ADDRESS = "127.0.0.1:8150"
HOME = f"http://{ADDRESS}"
PRIVATE = ("Maria", "maria@prairieridge", "1001", "Elm St", "123.45")
"""What must never lie on a device of Maria's: name, e-mail, account, address, amount."""

OpenBrowser = Callable[[str], BrowserContext]

KEPT_ON_DEVICE = """
async () => {
  const kept = { addresses: [], words: [] };
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      kept.addresses.push(new URL(request.url).pathname);
      kept.words.push(await (await cache.match(request)).text());
    }
  }
  kept.databases = await indexedDB.databases();
  kept.words.push(JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage }));
  kept.words.push(document.cookie);
  return { ...kept, stored: localStorage.length + sessionStorage.length };
}
"""
WAIT_UNTIL_GONE = """
async (shell) => {
  for (let turn = 0; turn < 200 && (await caches.keys()).includes(shell); turn += 1) {
    await new Promise((wake) => setTimeout(wake, 50));
  }
}
"""
COME_BACK_AFTER = """
(minutes) => {
  const now = Date.now;
  let state = "hidden";
  Object.defineProperty(document, "visibilityState", { configurable: true, get: () => state });
  document.dispatchEvent(new Event("visibilitychange"));
  Date.now = () => now() + minutes * 60_000;
  state = "visible";
  document.dispatchEvent(new Event("visibilitychange"));
  Date.now = now;
}
"""
OFFER_TO_INSTALL = """
(outcome) => {
  const offer = new Event("beforeinstallprompt", { cancelable: true });
  offer.prompt = async () => { window.asked = true; };
  offer.userChoice = Promise.resolve({ outcome });
  window.dispatchEvent(offer);
  if (outcome === "accepted") window.dispatchEvent(new Event("appinstalled"));
}
"""


@pytest.fixture
def server(committing_database: str) -> Iterator[LiveServer]:
    """Serve a co-op in which Maria owes $123.45."""
    join_stylesheets()
    found_cooperative(
        identity=IDENTITY,
        colour=COLOUR,
        policies={},
        holiday_years=(2026,),
        effective_from=dt.date(2020, 1, 1),
        author="tests",
        now=NOW,
    )
    cast = build_cast()
    owed = Money(12345)
    post_entry(
        source_key="bill:1001-1",
        kind="bill",
        effective_date=TODAY,
        postings=[
            Posting("ar:electric", owed, cast.account_1001),
            Posting("revenue:electric", -owed),
        ],
        asked=[Asked(cast.account_1001, owed)],
        posted_at=NOW,
    )
    served = LiveServer(ADDRESS)
    yield served
    served.stop()


@pytest.fixture
def open_browser(browser: Browser, tmp_path: Path) -> Iterator[OpenBrowser]:
    """Open a browser with a profile on the disk, as a phone's has one."""
    opened: list[BrowserContext] = []

    def launch(language: str) -> BrowserContext:
        opened.append(
            browser.browser_type.launch_persistent_context(
                tmp_path / f"profile-{len(opened)}",
                executable_path=CHROMIUM,
                args=ARGUMENTS,
                viewport={"width": PHONE.width, "height": PHONE.height},
                locale=language,
            )
        )
        return opened[-1]

    yield launch
    for context in opened:
        context.close()


def visit(browser: BrowserContext, path: str = "/contact/", home: str = HOME) -> Page:
    """Open a page and wait until the device has kept the shell."""
    page = browser.pages[0]
    page.goto(home + path)
    page.evaluate("() => navigator.serviceWorker.ready.then(() => undefined)")
    return page


def sign_in(page: Page) -> None:
    """Sign in as Maria, in the language the page is in."""
    page.goto(f"{HOME}/accounts/login/")
    page.locator("[name=login]").fill("maria@prairieridge.example")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url(f"{HOME}/")


def assert_emergency_page(page: Page, language: str) -> None:
    """Hold the page to be the one for no connection, with both numbers, knowing nobody."""
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator('main a[href=""]').is_visible()
    assert page.locator(f'main a[href="tel:{IDENTITY.outage_phone}"]').is_visible()
    assert page.locator(f'main a[href="tel:{IDENTITY.gas_phone}"]').is_visible()
    assert not [word for word in PRIVATE if word in page.content()]


def test_the_browser_finds_nothing_in_the_way_of_installing(
    demo: RunningDemo, open_browser: OpenBrowser
) -> None:
    page = visit(open_browser("en"), home=demo.base_url)

    session = page.context.new_cdp_session(page)
    session.send("Page.enable")
    found = session.send("Page.getInstallabilityErrors")
    app = session.send("Page.getAppManifest")

    assert found["installabilityErrors"] == []
    assert app["errors"] == []
    # The demo serves built files: each carries its content in its name.
    kept = page.evaluate(KEPT_ON_DEVICE)["addresses"]
    assert [name for name in kept if name.startswith("/static/vendor/smarthub.")]
    assert "/static/vendor/smarthub.css" not in kept


@pytest.mark.parametrize("language", ["en", "es"])
def test_without_a_connection_every_page_gives_the_emergency_numbers(
    server: LiveServer, open_browser: OpenBrowser, language: str
) -> None:
    browser = open_browser(language)
    page = visit(browser)

    browser.set_offline(True)
    page.goto(f"{HOME}/usage/")

    assert_emergency_page(page, language)


def test_without_a_connection_the_page_is_in_the_language_last_read_and_offers_the_way_back(
    server: LiveServer, open_browser: OpenBrowser
) -> None:
    browser = open_browser("en")
    page = visit(browser)
    page.goto(f"{HOME}/contact/")
    page.get_by_role("button", name="Español").click()
    page.wait_for_selector("html[lang=es]")

    browser.set_offline(True)
    page.goto(f"{HOME}/install/")
    assert_emergency_page(page, "es")

    browser.set_offline(False)
    page.locator('main a[href=""]').click()
    page.wait_for_selector("[data-module=install]", state="attached")
    assert page.url == f"{HOME}/install/"


def test_nothing_about_a_member_is_left_on_the_device(
    server: LiveServer, open_browser: OpenBrowser
) -> None:
    page = visit(open_browser("en"))
    shell = set(page.evaluate(KEPT_ON_DEVICE)["addresses"])
    sign_in(page)

    seen = ""
    for path in ("/", "/bills/", "/usage/", "/pay/", "/more/"):
        answer = page.goto(HOME + path)
        assert answer is not None
        assert answer.headers["cache-control"] == "no-store", path
        seen += page.content()
    kept = page.evaluate(KEPT_ON_DEVICE)

    assert not [word for word in PRIVATE if word not in seen]
    assert set(kept["addresses"]) == shell
    assert kept["databases"] == []
    assert kept["stored"] == 0
    assert not [word for word in PRIVATE if word in "".join(kept["words"])]


def test_a_new_outage_number_reaches_the_device_and_the_old_shell_goes(
    server: LiveServer, open_browser: OpenBrowser
) -> None:
    page = visit(open_browser("en"))
    older = page.evaluate("() => caches.keys()")

    change_outage_phone("815-555-0199")
    page.reload()
    page.evaluate(WAIT_UNTIL_GONE, older[0])
    page.context.set_offline(True)
    page.goto(f"{HOME}/install/")

    assert len(page.evaluate("() => caches.keys()")) == 1
    assert page.locator('main a[href="tel:815-555-0199"]').is_visible()


def change_outage_phone(number: str) -> None:
    """Let the co-op have another outage number from today."""
    said = {**get_policy(key="identity", on=TODAY), "outage_phone": number}
    set_policy(key="identity", value=said, effective_from=TODAY, author="tests", now=NOW)


def test_a_page_left_alone_says_of_when_its_figures_are(
    server: LiveServer, open_browser: OpenBrowser
) -> None:
    page = visit(open_browser("en"))
    sign_in(page)
    banner = page.locator("[data-module=stale]")

    page.evaluate(COME_BACK_AFTER, 4)
    assert not banner.is_visible()

    page.evaluate(COME_BACK_AFTER, 6)
    assert banner.is_visible()
    assert banner.inner_text().splitlines()[0] == page.locator("#announcement").inner_text()

    banner.get_by_role("link").click()
    page.wait_for_load_state()
    assert not banner.is_visible()


@pytest.mark.parametrize(("outcome", "shown"), [("dismissed", ""), ("accepted", "done")])
def test_the_install_page_has_a_button_only_where_the_browser_offers(
    server: LiveServer, open_browser: OpenBrowser, outcome: str, shown: str
) -> None:
    page = visit(open_browser("en"), "/install/")
    part = page.locator("[data-module=install]")
    button = part.get_by_role("button")

    page.evaluate(OFFER_TO_INSTALL, "")
    button.click()
    assert page.evaluate("window.asked")
    page.evaluate(OFFER_TO_INSTALL, outcome)
    if outcome == "dismissed":
        button.click()

    assert part.is_visible() == bool(shown)
    assert part.locator("[data-install-done]").is_visible() == bool(shown)
