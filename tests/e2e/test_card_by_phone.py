"""A card by phone from end to end: Dana starts it, the caller types, and both see it paid."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import PHONE, sign_in_at_desk
from tests.e2e.running_demo import RunningDemo

DECLINED, GOOD = "4000 0000 0000 0002", "4242 4242 4242 4242"
SOON = 30_000
"""Milliseconds: the desk asks every three seconds how it stands."""


@pytest.fixture(scope="module")
def desk(browser: Browser, demo: RunningDemo) -> Iterator[Page]:
    """Return a page on which Dana signed in with both steps."""
    context = browser.new_context(base_url=demo.base_url, locale="en-US")
    opened = context.new_page()
    sign_in_at_desk(opened, demo=demo)
    yield opened
    context.close()


@pytest.fixture
def caller(browser: Browser) -> Iterator[Page]:
    """Return the keypad of a caller's phone."""
    context = browser.new_context(viewport={"width": PHONE.width, "height": PHONE.height})
    yield context.new_page()
    context.close()


def start(desk: Page, number: str) -> str:
    """Start a hand-off of a dollar, and return the code."""
    desk.goto(f"/desk/accounts/{number}/")
    desk.get_by_role("link", name="A card by phone").click()
    desk.locator("input[name=amount]").fill("1.00")
    desk.get_by_role("button", name="Start and get a code").click()
    return desk.locator("dd[translate=no]").inner_text()


def type_card(page: Page, number: str) -> None:
    """Type a card as a caller does on the keypad."""
    for name, value in {"number": number, "expiry": "08/30", "cvc": "123", "zip": "61000"}.items():
        page.locator(f"input[name={name}]").fill(value)
    page.locator("form button").click()


def test_a_caller_pays_after_a_card_was_refused(
    caller: Page, desk: Page, demo: RunningDemo, language: str
) -> None:
    number = demo.sign_in_of("june")["accounts"][0]["number"]
    code = start(desk, number)
    state = desk.locator("main p[role=status]")
    expect(state).to_have_text("waiting for the caller", timeout=SOON)

    caller.goto(f"{demo.gateway_url}/phone?lang={language}")
    expect(caller.locator("html")).to_have_attribute("lang", language)
    caller.locator("input[name=code]").fill("0000 0000")
    caller.locator("form button").click()
    expect(caller.get_by_role("alert")).to_be_visible()
    caller.locator("input[name=code]").fill(code)
    caller.locator("form button").click()
    told = caller.locator("main")
    expect(told).to_contain_text(number[-4:])
    expect(told).to_contain_text("$1.00")
    assert "June" not in told.inner_text()
    expect(state).to_have_text("looked up, the card is being given", timeout=SOON)

    type_card(caller, DECLINED)
    expect(caller.get_by_role("alert")).to_be_visible()
    expect(state).to_have_text("the card was refused; the caller may try another", timeout=SOON)
    type_card(caller, GOOD)
    expect(caller.get_by_role("alert")).to_have_count(0)
    expect(state).to_have_text("paid", timeout=SOON)

    desk.get_by_role("link", name="See the payment").click()
    expect(desk.locator("main")).to_contain_text("$1.00")
    expect(desk.locator("main")).to_contain_text(number)
