"""What the demo's sample members and clerk are photographed doing."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.e2e.access.shown import Route, Shown

TALLEST, OTHERS_TALLEST = 2500, 1200
"""No picture is taller, the demo's or a hard case's; what is below repeats what is above."""


def _unfold(page: Page) -> None:
    for fold in page.locator("main details").all():
        fold.locator("summary").first.click()


def _open_bill(page: Page, n: int = 0) -> None:
    page.goto(page.locator("a.row-link").nth(n).get_attribute("href") or "")


def _open_older_bill(page: Page) -> None:
    _open_bill(page, 1)


def _open_readings(page: Page) -> None:
    _open_bill(page)
    _unfold(page)


def _choose_gas(page: Page) -> None:
    page.goto(page.locator("a[href*='/G']").first.get_attribute("href") or "")


def _write_no_amount(page: Page) -> None:
    page.locator("input[name^=amount_]").first.fill("many dollars")
    _press_main_button(page)


def _press_main_button(page: Page) -> None:
    with page.expect_navigation():
        page.locator("main form button.button").first.click()


def _go_to_card_form(page: Page) -> None:
    page.locator("form[action='/pay/card/'] button").click()
    page.wait_for_url("**/setup/**")


def _open_first_account(page: Page) -> None:
    page.goto(page.locator("tbody th a").first.get_attribute("href") or "")


DEMO_ROUTES = (
    Route("account_login", (Shown("empty", None, "/accounts/login/"),)),
    Route(
        "home",
        (
            Shown("one", "maria", "/"),
            Shown("past due", "walter", "/"),
            Shown("credit", "june", "/"),
            Shown("rosa", "rosa", "/"),
            Shown("may only look", "ben", "/"),
        ),
    ),
    Route(
        "usage_at",
        (
            Shown("one", "maria", "/usage/"),
            Shown("tables", "maria", "/usage/", _unfold),
            Shown("gas", "maria", "/usage/", _choose_gas),
        ),
    ),
    Route(
        "bills",
        (
            Shown("one", "maria", "/bills/"),
            Shown("past due", "walter", "/bills/"),
            Shown("credit", "june", "/bills/"),
        ),
    ),
    Route(
        "bill",
        (
            Shown("one", "maria", "/bills/", _open_bill),
            Shown("readings", "maria", "/bills/", _open_readings),
            Shown("older", "maria", "/bills/", _open_older_bill),
            Shown("past due", "walter", "/bills/", _open_bill),
        ),
    ),
    Route(
        "pay",
        (
            Shown("one", "maria", "/pay/"),
            Shown("error", "maria", "/pay/", _write_no_amount),
        ),
    ),
    Route("pay_review", (Shown("one", "maria", "/pay/due/"),)),
    Route("card_form", (Shown("empty", "maria", "/pay/due/", _go_to_card_form),)),
    Route("contact", (Shown("one", "maria", "/contact/"),)),
    Route("other_ways_to_pay", (Shown("one", "maria", "/other-ways-to-pay/"),)),
    Route("cash_at_store", (Shown("one", "maria", "/cash/0001001001/"),)),
    Route("more", (Shown("one", "maria", "/more/"),)),
    Route("install", (Shown("one", "maria", "/install/"),)),
    Route("offline", (Shown("empty", None, "/offline/{language}/"),)),
    Route("outbox", (Shown("one", None, "/_outbox/"),)),
    Route("components", (Shown("one", None, "/_components/"),)),
    Route(
        "desk",
        (
            Shown("empty", "dana", "/desk/"),
            Shown("one", "dana", "/desk/?q=lindgren"),
        ),
    ),
    Route("desk_work", (Shown("empty", "dana", "/desk/work/"),)),
    Route("desk_account", (Shown("one", "dana", "/desk/?q=walter", _open_first_account),)),
)
