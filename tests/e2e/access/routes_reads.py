"""The desk's pages for reads that failed a check, and the states they are visited in."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.e2e.access.shown import Route, Shown

FOR_STAFF = "the states of the list, for staff"


def _decide_nothing(page: Page) -> None:
    page.locator("select[name=action]").evaluate("field => field.value = ''")
    with page.expect_navigation():
        page.locator("main form[method=post] button.button").first.click()


READ_ROUTES = (
    Route("desk_failed_reads", (Shown("one", "clerk", "/desk/reads/"),), fewer=FOR_STAFF),
    Route(
        "desk_failed_read",
        (
            Shown("one", "clerk", "/desk/reads/900001/"),
            Shown("error", "clerk", "/desk/reads/900001/", _decide_nothing, status=400),
        ),
        fewer=FOR_STAFF,
    ),
)
