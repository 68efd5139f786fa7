"""The pages of use, and the states they are visited in."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.e2e.access.shown import Route, Shown

POINT = "/usage/2001/E2001-0"
NO_MONEY = "shows no amounts due and no forms but its own; one day stands for all estimates"


def _unfold(page: Page) -> None:
    for fold in page.locator("main details").all():
        fold.locator("summary").click()


def _pin_without_words(page: Page) -> None:
    page.locator("main details:has(input[name=text]) summary").click()
    page.locator("main form:has(input[name=text]) button.button").click()


USAGE = Route(
    "usage_at",
    (
        Shown("empty", "settled_in", "/usage/2010/E2010-0/"),
        Shown("one", "one", f"{POINT}/"),
        Shown("tables", "one", f"{POINT}/", _unfold),
        Shown("gas", "one", "/usage/2001/G2001-1/"),
        Shown("forty", "forty_services", "/usage/2040/E2040-39/"),
        Shown("long name", "long_name", "/usage/2009/E2009-0/"),
    ),
    fewer=NO_MONEY,
)
USAGE_ROUTES = (
    Route(
        "usage", (Shown("empty", "stranger", "/usage/"),), fewer="else leads to the first service"
    ),
    Route(
        "usage_when",
        (
            Shown("empty", "one", f"{POINT}/2024-10-02/"),
            Shown("day", "one", f"{POINT}/2024-11-28/", _unfold),
            Shown("one", "one", f"{POINT}/2024-11/", _unfold),
            Shown("estimated", "one", f"{POINT}/2024-11-05/", _unfold),
            Shown("year", "one", f"{POINT}/2024/", _unfold),
            Shown("range", "one", f"{POINT}/2024-11-01--2024-11-30/", _unfold),
        ),
        fewer=NO_MONEY,
    ),
    Route(
        "usage_dollars",
        (
            Shown("day", "one", f"{POINT}/2024-11-28/dollars/", _unfold),
            Shown("one", "one", f"{POINT}/2024-11-01--2024-11-30/dollars/", _unfold),
        ),
        fewer=NO_MONEY,
    ),
    Route(
        "usage_range",
        (
            Shown("one", "one", f"{POINT}/range/"),
            Shown("error", "one", f"{POINT}/range/?first=2024-11-02&last=2024-11-01"),
        ),
        fewer="a form with two days, and nothing of the use itself",
    ),
    Route(
        "usage_pin",
        (Shown("error", "one", f"{POINT}/", _pin_without_words),),
        fewer="a note that will do leads on to its month",
    ),
    Route(
        "usage_changed",
        (
            Shown("empty", "one", f"{POINT}/2024-10/changed/"),
            Shown("one", "one", f"{POINT}/2024-11-25--2024-12-01/changed/"),
        ),
        fewer=NO_MONEY,
    ),
    Route(
        "usage_together",
        (
            Shown("one", "one", "/usage/2001/together/", _unfold),
            Shown("forty", "forty_services", "/usage/2040/together/"),
        ),
        fewer=NO_MONEY,
    ),
    Route(
        "usage_together_when",
        (Shown("one", "one", "/usage/2001/together/2024/"),),
        fewer="the same page for another month or year",
    ),
    Route(
        "usage_pattern",
        (
            Shown("empty", "settled_in", "/usage/2010/E2010-0/pattern/"),
            Shown("one", "one", f"{POINT}/pattern/", _unfold),
        ),
        fewer=NO_MONEY,
    ),
)
USAGE_NO_PAGES = {
    "usage_data": "figures for a script",
    "usage_unpin": "takes a form only, and leads back",
}
