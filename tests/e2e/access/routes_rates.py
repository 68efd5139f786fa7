"""Rates: what a member's months would cost on each, in their states."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.e2e.access.shown import Route, Shown


def _record_no_month(page: Page) -> None:
    with page.expect_navigation():
        page.locator("main form:has([value=month]) button").click()


def _save_nonsense(page: Page) -> None:
    page.locator("textarea[name=text]").fill("code: [")
    with page.expect_navigation():
        page.locator("form[enctype] button").click()


NOT_A_MEMBERS = "the co-op's own prices; what bills would come to stands in the previewed draft"

RATE_ROUTES = (
    Route(
        "rate_comparison",
        (
            Shown("empty", "settled_in", "/usage/2010/E2010-0/rates/"),
            Shown("one", "one", "/usage/2001/E2001-0/rates/"),
            Shown("estimated", "estimated", "/usage/2008/E2008-0/rates/"),
            Shown("long name", "long_name", "/usage/2009/E2009-0/rates/"),
        ),
        fewer="one service at a time, without a form; what is due stands on other pages",
    ),
    Route("desk_tariffs", (Shown("one", "clerk", "/desk/rates/"),), fewer=NOT_A_MEMBERS),
    Route(
        "desk_shared_solar",
        (
            Shown("one", "clerk", "/desk/rates/solar/"),
            Shown("error", "clerk", "/desk/rates/solar/", _record_no_month, status=400),
        ),
        fewer=NOT_A_MEMBERS,
    ),
    Route(
        "desk_tariff_new",
        (
            Shown("empty", "clerk", "/desk/rates/new/"),
            Shown("one", "clerk", "/desk/rates/new/?from=E-R1&date=2024-01-01"),
            Shown("error", "clerk", "/desk/rates/new/", _save_nonsense, status=400),
        ),
        fewer=NOT_A_MEMBERS,
    ),
    Route(
        "desk_tariff_draft",
        (
            Shown("empty", "clerk", "/desk/rates/1/"),
            Shown("one", "clerk", "/desk/rates/2/"),
        ),
        fewer=NOT_A_MEMBERS,
    ),
    Route(
        "desk_tariff_bills",
        (
            Shown("empty", "clerk", "/desk/rates/1/bills/"),
            Shown("forty", "clerk", "/desk/rates/2/bills/"),
        ),
        fewer=NOT_A_MEMBERS,
    ),
)
