"""Dana invoices an account once, in a real browser on a phone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import PHONE, sign_in_at_desk
from tests.e2e.running_demo import RunningDemo


@pytest.fixture
def desk(browser: Browser, demo: RunningDemo) -> Iterator[Page]:
    """Return a phone on which Dana signed in with both steps."""
    context = browser.new_context(
        base_url=demo.base_url,
        viewport={"width": PHONE.width, "height": PHONE.height},
        locale="en-US",
    )
    page = context.new_page()
    sign_in_at_desk(page, demo=demo)
    yield page
    context.close()


def test_dana_invoices_an_account_from_a_phone(desk: Page, demo: RunningDemo) -> None:
    # Rosa's: other tests read Maria's bills, and an invoice would be the newest of them.
    number = demo.sign_in_of("rosa")["accounts"][0]["number"]
    desk.goto(f"/desk/accounts/{number}/")

    # A line that lacks its Spanish is asked for; then the invoice is looked at, then written.
    desk.get_by_role("link", name="One-time invoice").click()
    line = desk.get_by_role("group", name="Line 1")
    line.get_by_label("in English").fill("Damaged meter")
    line.get_by_label("Amount").fill("180.00")
    desk.get_by_role("button", name="Go on").click()
    expect(desk.get_by_role("alert")).to_contain_text("Say in Spanish what it is for.")
    line.get_by_label("in Spanish").fill("Medidor dañado")
    desk.get_by_role("button", name="Go on").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text(f"account {number} for $180.00?")
    desk.get_by_role("button", name="Write this invoice").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("-i1")
    expect(desk.get_by_text("Damaged meter")).to_be_visible()
