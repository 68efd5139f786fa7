"""The pages of Auto Pay, and the states they are visited in."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.e2e.access.shown import Route, Shown

ONE_PLAN = "shows one account's plan; what an account can owe is shown where it is paid"


def _look_over(page: Page) -> None:
    with page.expect_navigation():
        page.locator("#auto-pay-form button.button").click()


def _with_a_limit_that_is_none(page: Page) -> None:
    page.locator("input[name=cap]").fill("ten dollars")
    _look_over(page)


AUTO_PAY_ROUTES = (
    Route(
        "auto_pay",
        (
            Shown("empty", "stranger", "/pay/auto/"),
            Shown("one", "on_auto_pay", "/pay/auto/"),
            Shown("paused", "auto_pay_paused", "/pay/auto/"),
            Shown("of old", "auto_pay_of_old", "/pay/auto/"),
            Shown("40", "forty_accounts", "/pay/auto/"),
        ),
        fewer=ONE_PLAN,
    ),
    Route(
        "auto_pay_set_up",
        (
            Shown("empty", "settled_in", "/pay/auto/set-up/"),
            Shown("one", "with_card", "/pay/auto/set-up/"),
            Shown("past due", "past_due", "/pay/auto/set-up/"),
            Shown("of old", "auto_pay_of_old", "/pay/auto/set-up/?account=2018"),
            Shown("change", "on_auto_pay", "/pay/auto/set-up/?account=2013"),
            Shown("error", "with_card", "/pay/auto/set-up/", _with_a_limit_that_is_none),
            Shown("look over", "with_card", "/pay/auto/set-up/", _look_over),
        ),
        fewer=ONE_PLAN,
    ),
    Route(
        "auto_pay_account",
        (
            Shown("one", "on_auto_pay", "/pay/auto/2013/"),
            Shown("asks", "asked_by_auto_pay", "/pay/auto/2014/"),
            Shown("paused", "auto_pay_paused", "/pay/auto/2015/"),
        ),
        fewer=ONE_PLAN,
    ),
    Route(
        "round_up",
        (
            Shown("empty", "stranger", "/pay/round-up/"),
            Shown("one", "one", "/pay/round-up/"),
            Shown("40", "forty_accounts", "/pay/round-up/"),
        ),
        fewer="a gift is cents, and stands on the bill; no amount can be owed here",
    ),
    Route(
        "auto_pay_guide",
        (
            Shown("one", "on_auto_pay", "/pay/auto/guide/"),
            Shown("signed out", None, "/pay/auto/guide/"),
        ),
        fewer="the same words for everybody",
    ),
    Route(
        "auto_pay_change",
        (Shown("stop", "on_auto_pay", "/pay/auto/2013/stop/"),),
        fewer="a question with two answers",
    ),
)
