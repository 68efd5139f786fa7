"""Dana at her desk in a real browser, with no mouse."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import COMPUTER, sign_in_at_desk
from tests.e2e.running_demo import RunningDemo


@pytest.fixture
def desk(browser: Browser, demo: RunningDemo) -> Iterator[Page]:
    """Return a page on which Dana signed in with both steps."""
    context = browser.new_context(
        base_url=demo.base_url,
        viewport={"width": COMPUTER.width, "height": COMPUTER.height},
        locale="en-US",
    )
    page = context.new_page()
    sign_in_at_desk(page, demo=demo)
    yield page
    context.close()


def test_dana_finds_maria_by_keyboard_alone(desk: Page, demo: RunningDemo) -> None:
    maria = demo.sign_in_of("maria")
    number = maria["accounts"][0]["number"]
    desk.goto("/desk/work/")
    search = desk.get_by_role("searchbox")

    expect(search).not_to_be_focused()
    desk.keyboard.press("/")
    expect(search).to_be_focused()
    desk.keyboard.type("maria")
    desk.keyboard.press("Enter")
    desk.get_by_role("link", name=number, exact=True).focus()
    desk.keyboard.press("Enter")

    expect(desk.get_by_role("heading", level=1)).to_have_text(f"Account {number}")
    expect(desk.get_by_text(maria["email"]).first).to_be_visible()
