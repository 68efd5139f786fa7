"""The desk's pages of money, and the states they are visited in."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.e2e.access.people import RECEIPTS
from tests.e2e.access.shown import Route, Shown

FOR_STAFF = "a list for staff: each line looks alike, whatever its amount"


def _unfold(page: Page) -> None:
    for fold in page.locator("main details").all():
        fold.locator("summary").click()


def _write_nothing(page: Page) -> None:
    with page.expect_navigation():
        page.locator("main form button.button").first.click()


def _keep_nothing(page: Page) -> None:
    with page.expect_navigation():
        page.locator("main form button.button").last.click()


METHOD_ROUTES = (
    Route(
        "methods",
        (
            Shown("empty", "one", "/pay/methods/"),
            Shown("one", "with_card", "/pay/methods/"),
        ),
        fewer="shows no amounts",
    ),
    Route(
        "methods_bank",
        (Shown("asked first", "one", "/pay/methods/bank/"),),
        fewer="comes after the second step; a form with one button",
    ),
)

MONEY_ROUTES = (
    *METHOD_ROUTES,
    Route("desk_payments", (Shown("one", "clerk", "/desk/payments/"),), fewer=FOR_STAFF),
    Route(
        "desk_payment",
        (
            Shown("one", "clerk", f"/desk/payments/{RECEIPTS['paid']}/", _unfold),
            Shown("pending", "clerk", f"/desk/payments/{RECEIPTS['waiting']}/"),
            Shown("declined", "clerk", f"/desk/payments/{RECEIPTS['declined']}/"),
            Shown(
                "error",
                "clerk",
                f"/desk/payments/{RECEIPTS['paid']}/",
                _write_nothing,
                status=400,
            ),
        ),
        fewer=FOR_STAFF,
    ),
    Route("desk_refunds", (Shown("empty", "clerk", "/desk/money/refunds/"),), fewer=FOR_STAFF),
    Route("desk_exceptions", (Shown("one", "clerk", "/desk/money/exceptions/"),), fewer=FOR_STAFF),
    Route(
        "desk_suspense",
        (
            Shown("one", "clerk", "/desk/money/suspense/"),
            Shown("error", "clerk", "/desk/money/suspense/", _keep_nothing, status=400),
        ),
        fewer=FOR_STAFF,
    ),
    Route(
        "desk_reconciliation",
        (Shown("one", "clerk", "/desk/money/reconciliation/"),),
        fewer=FOR_STAFF,
    ),
)
