"""The first page a member sees, and the first after it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Screen


def test_maria_signs_in_and_sees_her_accounts(
    member_page: Page, language: str, screen: Screen
) -> None:
    expect(member_page.locator("html")).to_have_attribute("lang", "en")
    width = member_page.evaluate("document.documentElement.scrollWidth")
    assert width <= screen.width


def test_the_door_speaks_the_language_of_the_browser(page: Page, language: str) -> None:
    page.goto("/accounts/login/")

    expect(page.locator("html")).to_have_attribute("lang", language)
