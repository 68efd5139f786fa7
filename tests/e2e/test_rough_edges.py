"""The bad days of a page: a script that breaks, and a network that is slow.

Whatever script fails, the page goes on as a plain one; whatever comes late, the words are there
first; and an impatient finger pays once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from smarthub.config.environment import ROOT
from tests.e2e.conftest import PHONE, sign_in
from tests.e2e.running_demo import RunningDemo
from tests.e2e.test_member_journey import RECEIPT_PAGE, amount_on, fits, give_card
from tests.e2e.test_parts import hours_address

STATIC = ROOT / "smarthub" / "ui" / "static"
SCRIPTS = [
    *(
        path.relative_to(STATIC).with_suffix("").as_posix()
        for path in sorted((STATIC / "ui").rglob("*.js"))
        if path.stem != "service_worker"  # no page loads it
    ),
    "vendor/uplot",
]
BROKEN = "throw new Error('broken on the way');"
CANNOT_DRAW = f"class uPlot {{ static paths = {{ bars() {{}} }}; constructor() {{ {BROKEN} }} }}"
BODIES = {"vendor/uplot": f"globalThis.uPlot = {CANNOT_DRAW};"}
"""What stands at the address of a script: most throw at once, this one when it is to draw."""
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
"""A phone at the edge of the service area: ms, and bytes a second."""
LATE = re.compile(r"\.(woff2|js)$")
BETWEEN_TAPS = 200
"""Milliseconds: half of what the slow network takes to carry anything."""
DOLLAR = Decimal("1.00")
FIRST_WORDS = """
new Promise((done) => new PerformanceObserver((list) => {
  if (list.getEntriesByName("first-contentful-paint").length) done(true);
}).observe({ type: "paint", buffered: true }))
"""
DISPLAY_OF_FONTS = """
[...document.fonts].filter((font) => font.status === "loading").map((font) => font.display)
"""
"""Of those on their way; the device's own stand in meanwhile."""
PAY = "button[data-busy]"


@pytest.fixture
def page(browser: Browser, demo: RunningDemo) -> Iterator[Page]:
    """Open a fresh page on a phone, without a worker that would answer in the network's place."""
    context = browser.new_context(
        base_url=demo.base_url,
        viewport={"width": PHONE.width, "height": PHONE.height},
        locale="en-US",
        service_workers="block",
    )
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def account(demo: RunningDemo) -> str:
    """Return the number of Maria's farm; other walks pay her home until nothing is due."""
    return str(demo.sign_in_of("maria")["accounts"][1]["number"])


def break_script(page: Page, script: str) -> list[str]:
    """Let a script throw wherever it is loaded; return where it will have done so."""
    broken: list[str] = []
    address = re.compile(rf"/static/{script}(\.\w+)?\.js$")
    body = BODIES.get(script, BROKEN)
    page.route(address, lambda route: route.fulfill(body=body, content_type="text/javascript"))
    page.on("pageerror", lambda error: broken.append(f"{page.url}: {error}"))
    return broken


def slow_down(page: Page) -> None:
    """Give the page a slow network and nothing kept from before."""
    link = page.context.new_cdp_session(page)
    link.send("Network.enable")
    link.send("Network.setCacheDisabled", {"cacheDisabled": True})
    link.send("Network.emulateNetworkConditions", SLOW)


@contextmanager
def nothing_late_arrives(page: Page) -> Iterator[list[Route]]:
    """Keep every font and script on its way; give what is waited for."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(LATE, hold)
    try:
        yield held
    finally:
        for route in held:
            route.abort()


def tap_twice(page: Page, button: str) -> None:
    """Tap, and tap again before a slow network can have answered."""
    # Every walk before stored a card, so the button may be far down, or under the menu.
    page.locator(button).evaluate("button => button.scrollIntoView({block: 'center'})")
    box = page.locator(button).bounding_box()
    assert box is not None
    for _tap in range(2):
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.wait_for_timeout(BETWEEN_TAPS)


def review_a_dollar(page: Page, account: str, *, demo: RunningDemo) -> None:
    """Choose one account and one dollar, and go on to the last button, with a stored card."""
    page.goto("/pay/")
    for box in page.locator("input[type=checkbox]").all():
        box.uncheck()
    page.locator(f"input[name=pay_{account}]").check()
    page.locator(f"input[name=amount_{account}]").fill(str(DOLLAR))
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/pay/review/")
    if page.locator(PAY).count() == 0:
        give_card(page, demo)


class TestABrokenScript:
    @pytest.mark.parametrize("script", SCRIPTS)
    def test_leaves_every_page_usable(
        self, page: Page, demo: RunningDemo, account: str, script: str
    ) -> None:
        broken = break_script(page, script)

        sign_in(page, demo=demo, name="maria")
        before = amount_on(page)
        page.goto("/usage/")
        assert page.locator("svg.chart").first.is_visible()
        page.goto(hours_address(demo))
        drawn, plotted = page.locator("svg.chart"), page.locator(".interval-plot")
        assert drawn.is_visible() != plotted.is_visible()
        page.goto("/install/")
        assert page.locator("main li").first.is_visible()
        page.goto("/_components/")
        assert page.locator("[data-module=confirm]").is_visible()
        review_a_dollar(page, account, demo=demo)
        expect(page.locator(PAY)).to_be_enabled()
        page.locator(PAY).click()
        page.wait_for_url(RECEIPT_PAGE)

        page.goto("/")
        assert amount_on(page) == before - DOLLAR
        assert broken, "the script was never loaded"

    @pytest.mark.parametrize("script", ["ui/interval_chart", "vendor/uplot"])
    def test_leaves_the_hours_as_the_server_drew_them(
        self, page: Page, demo: RunningDemo, script: str
    ) -> None:
        broken = break_script(page, script)
        sign_in(page, demo=demo, name="maria")

        page.goto(hours_address(demo))
        page.locator("figure summary").click()

        assert broken
        assert page.locator("svg.chart").is_visible()
        assert page.locator("tbody tr").last.is_visible()
        assert page.locator(".interval-plot").is_hidden()
        assert fits(page)

    def test_leaves_the_question_before_what_cannot_be_undone(self, page: Page) -> None:
        broken = break_script(page, "ui/confirm")
        page.goto("/_components/")

        page.locator("[data-module=confirm]").click()

        page.wait_for_url("**/_components/confirm/")
        assert page.locator("main form button").is_visible()
        assert broken


class TestASlowNetwork:
    @pytest.mark.parametrize("address", ["/", "/pay/"])
    def test_shows_the_words_before_fonts_and_scripts(
        self, page: Page, demo: RunningDemo, address: str
    ) -> None:
        sign_in(page, demo=demo, name="maria")
        slow_down(page)

        with nothing_late_arrives(page) as held:
            page.goto(address, wait_until="commit")
            page.evaluate(FIRST_WORDS)
            kinds = {route.request.resource_type for route in held}
            shown = page.evaluate(DISPLAY_OF_FONTS)
            said = page.locator("h1").is_visible()

        assert said
        assert "script" in kinds
        assert set(shown) == {"swap"}

    @pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no script came"])
    def test_takes_one_payment_from_two_taps(
        self, page: Page, demo: RunningDemo, account: str, *, scripts: bool
    ) -> None:
        sign_in(page, demo=demo, name="maria")
        before = amount_on(page)
        if not scripts:
            page.route(LATE, lambda route: route.abort())
        review_a_dollar(page, account, demo=demo)
        slow_down(page)
        sent: list[str] = []
        page.on("request", lambda asked: sent.append(asked.method))

        tap_twice(page, PAY)
        page.wait_for_url(RECEIPT_PAGE, wait_until="commit")

        page.goto("/", wait_until="commit")
        assert amount_on(page) == before - DOLLAR
        assert sent.count("POST") == (1 if scripts else 2)
