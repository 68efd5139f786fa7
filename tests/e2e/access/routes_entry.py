"""The pages of registering and signing in, and the states they are visited in."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.e2e.access.shown import Route, Shown

NO_FIGURES = "shows nothing of an account"


def _ask_for_code(page: Page) -> None:
    _press(page, "main form button.button")


def _press(page: Page, button: str) -> None:
    with page.expect_navigation():
        page.locator(button).first.click()


def _give_wrong_code(page: Page) -> None:
    _ask_for_code(page)
    page.locator("input[name=code]").fill("2222-2222")
    _press(page, "main form button.button")


ENTRY_ROUTES = (
    Route(
        "step_up",
        (
            Shown("one", "one", "/accounts/confirm-it-is-you/"),
            Shown("code sent", "past_due", "/accounts/confirm-it-is-you/", _ask_for_code),
            Shown(
                "error", "long_name", "/accounts/confirm-it-is-you/", _give_wrong_code, status=400
            ),
        ),
        fewer=NO_FIGURES,
    ),
)
