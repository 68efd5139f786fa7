"""A real browser on the running demo, on a phone and on a computer, in both languages.

A test that asks for ``page`` runs four times; ``member_page`` is a page on which Maria is
signed in. A page that logs an error, breaks the content policy or asks another host fails.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.backoffice.second_step import unused_code
from tests.e2e.running_demo import RunningDemo, run_demo

CHROMIUM = Path(os.environ.get("SMARTHUB_CHROMIUM", "/usr/bin/chromium"))
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HERE = Path(__file__).parent


class Screen(NamedTuple):
    """A screen of a member."""

    name: str
    width: int
    height: int


PHONE = Screen("phone", 390, 844)
COMPUTER = Screen("computer", 1280, 800)
AFTERNOON = dt.datetime(2026, 12, 9, 21, 10, tzinfo=dt.UTC)
"""Ten past three on a Wednesday in Chicago: Maria's bill is new, Walter's is past due."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is here, say why it is left out where there is no browser, and run it last.

    The browser's driver keeps an event loop in this thread, which Django's connections of the
    tests after it would take for their own.
    """
    items.sort(key=lambda item: item.path.is_relative_to(HERE))
    for item in items:
        if not item.path.is_relative_to(HERE):
            continue
        item.add_marker(pytest.mark.e2e)
        item.add_marker(pytest.mark.allow_hosts(["127.0.0.1"]))
        if not CHROMIUM.exists():
            item.add_marker(pytest.mark.skip(reason=f"left out: there is no browser at {CHROMIUM}"))


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    """Run the small demo for all browser tests of this session."""
    with run_demo(tmp_path_factory.mktemp("demo") / "var", at=AFTERNOON) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Open Debian's chromium once."""
    # The driver's event loop runs in this thread; Django would take that for async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(params=[PHONE, COMPUTER], ids=lambda screen: screen.name)
def screen(request: pytest.FixtureRequest) -> Screen:
    """Give each screen in turn."""
    chosen: Screen = request.param
    return chosen


@pytest.fixture(params=["en", "es"])
def language(request: pytest.FixtureRequest) -> str:
    """Give each language in turn."""
    return str(request.param)


@pytest.fixture
def page(browser: Browser, demo: RunningDemo, screen: Screen, language: str) -> Iterator[Page]:
    """Open a fresh page of a browser that speaks the language; fail on any error it logs."""
    context = browser.new_context(
        base_url=demo.base_url,
        viewport={"width": screen.width, "height": screen.height},
        locale=f"{language}-US",
        has_touch=screen is PHONE,
        reduced_motion="reduce",
    )
    opened = context.new_page()
    complaints = _listen(
        opened, allowed=(demo.base_url, demo.named_url, demo.gateway_url, "data:", "blob:")
    )
    yield opened
    context.close()
    assert complaints == []


@pytest.fixture
def member_page(page: Page, demo: RunningDemo) -> Page:
    """Return a page on which Maria is signed in and sees her home."""
    sign_in(page, demo=demo, name="maria")
    return page


def sign_in(page: Page, *, demo: RunningDemo, name: str) -> None:
    """Sign one of the sample people in through the form."""
    account = demo.sign_in_of(name)
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(account["email"])
    page.locator("input[name=password]").fill(account["password"])
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(lambda url: "/accounts/login/" not in url)
    speak(page, "en")  # what an earlier test chose for this person was kept


def sign_in_at_desk(page: Page, *, demo: RunningDemo, name: str = "dana") -> None:
    """Sign one of the staff in with both steps."""
    sign_in(page, demo=demo, name=name)
    secret = demo.sign_in_of(name)["totp_secret"]
    page.locator("input[name=code]").fill(unused_code(secret, person=name))
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/")


def speak(page: Page, language: str) -> None:
    """Choose a language, unless the page speaks it already."""
    if page.locator("html").get_attribute("lang") != language:
        with page.expect_navigation():
            page.locator(f"form.language button[value={language}]").click()


def _listen(page: Page, *, allowed: tuple[str, ...]) -> list[str]:
    """Collect what goes wrong on a page, its requests to other hosts included."""
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(f"script: {error}"))
    page.on(
        "console",
        lambda told: complaints.append(f"console: {told.text}") if told.type == "error" else None,
    )
    page.on(
        "request",
        lambda asked: (
            None
            if asked.url.startswith(allowed)
            else complaints.append(f"another host: {asked.url}")
        ),
    )
    return complaints
