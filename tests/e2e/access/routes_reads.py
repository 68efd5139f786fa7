"""The desk's pages for reads: what failed a check, files given, and the states of both."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.e2e.access.filling_reads import FAILED_CHECK, GIVEN, STOPPED, TRIED
from tests.e2e.access.shown import Route, Shown

FOR_STAFF = "the states of the list, for staff"


def _decide_nothing(page: Page) -> None:
    page.locator("textarea[name=values]").fill("no number")
    _send(page)


def _send(page: Page) -> None:
    with page.expect_navigation():
        page.locator("main form[method=post] button.button").first.click()


READ_ROUTES = (
    Route("desk_failed_reads", (Shown("one", "clerk", "/desk/reads/"),), fewer=FOR_STAFF),
    Route(
        "desk_failed_read",
        (
            Shown("one", "clerk", f"/desk/reads/{FAILED_CHECK}/"),
            Shown("error", "clerk", f"/desk/reads/{FAILED_CHECK}/", _decide_nothing, status=400),
        ),
        fewer=FOR_STAFF,
    ),
    Route(
        "desk_imports",
        (
            Shown("one", "clerk", "/desk/reads/files/"),
            Shown("error", "clerk", "/desk/reads/files/", _send, status=400),
        ),
        fewer=FOR_STAFF,
    ),
    Route(
        "desk_import",
        (
            Shown("one", "clerk", f"/desk/reads/files/{TRIED}/"),
            Shown("pending", "clerk", f"/desk/reads/files/{GIVEN}/"),
            Shown("error", "clerk", f"/desk/reads/files/{STOPPED}/"),
        ),
        fewer=FOR_STAFF,
    ),
)
READ_NO_PAGES = {
    "desk_import_progress": "a part of desk_import, asked for by itself",
    "desk_import_confirm": "takes a form only, and leads to the file",
    "desk_import_drop": "takes a form only, and leads to the files",
}
