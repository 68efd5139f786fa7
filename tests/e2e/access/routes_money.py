"""The desk's pages of money, and the states they are visited in."""

from __future__ import annotations

import re

from playwright.sync_api import Page

from tests.e2e.access.people import RECEIPTS
from tests.e2e.access.routes_auto_pay import AUTO_PAY_ROUTES
from tests.e2e.access.routes_profile import confirm_it_is_me
from tests.e2e.access.shown import Route, Shown
from tests.e2e.access.walking_in import follow
from tests.sandbox_gateway import FORM, GOOD

FOR_STAFF = "a list for staff: each line looks alike, whatever its amount"


def _unfold(page: Page) -> None:
    for fold in page.locator("main details:not(.desk-tabs-folded)").all():
        fold.locator("summary").click()


def _write_nothing(page: Page) -> None:
    with page.expect_navigation():
        page.locator("main form[method=post] button.button").first.click()


def _take_a_check(page: Page) -> None:
    """Write down a check of account 2016, and stop where its holder is shown."""
    page.locator("main input[name=account]").fill("2016")
    page.locator("main input[name=amount]").fill("60.00")
    page.locator("main select[name=tender]").select_option("check")
    page.locator("main input[name=reference]").fill("2041")
    _write_nothing(page)


def _keep_nothing(page: Page) -> None:
    with page.expect_navigation():
        page.locator("main form button.button").last.click()


def _hold_for_nothing(page: Page) -> None:
    with page.expect_navigation():
        page.locator("form:has(input[name=act][value=hold]) button").click()


def _look_at_a_change(page: Page) -> None:
    page.locator("main form input[name=value]").last.fill("2.5")
    page.locator("main form input[name=source_note]").last.fill("Board, item 4")
    _write_nothing(page)


def _write_a_wrong_account(page: Page) -> None:
    """Mistype the routing number, and the account number the second time."""
    confirm_it_is_me(page)
    written = {
        "bank": "Apple River Bank",
        "name": "Ada Berg",
        "routing": "021000022",
        "number": "123456789012",
        "number_again": "123456789021",
    }
    for name, value in written.items():
        page.locator(f"main input[name={name}]").fill(value)
    _write_nothing(page)


def _open_a_method(page: Page) -> None:
    with page.expect_navigation():
        page.locator("main a[href^='/pay/methods/']").first.click()


def _ask(page: Page, number: str, name: str) -> None:
    page.locator("main input[name=number]").fill(number)
    page.locator("main input[name=name]").fill(name)
    _write_nothing(page)


def _ask_for_nobody(page: Page) -> None:
    _ask(page, "2001", "Nobody")


def _ask_for_ada(page: Page) -> None:
    _ask(page, "2001", "Berg")


def _ask_for_carl(page: Page) -> None:
    _ask(page, "2005", "Dahl")


def _pay_no_amount(page: Page) -> None:
    _ask_for_ada(page)
    page.locator("main input[name=amount]").fill("many dollars")
    _write_nothing(page)


def _give_a_card_for_gus(page: Page) -> None:
    """Go to the gateway's own form with a dollar, and come back with a card to be looked over."""
    _ask(page, "2016", "Rud")
    page.locator("main input[name=amount]").fill("1.00")
    _write_nothing(page)
    for name, value in FORM.items():
        page.locator(f"input[name={name}]").fill(value)
    page.locator("input[name=number]").fill(GOOD)
    with page.expect_navigation(url="**/pay/link/**"):
        page.locator("form button").first.click()


def _pay_for_gus(page: Page) -> None:
    _give_a_card_for_gus(page)
    with page.expect_navigation():
        page.locator("button[data-busy]").click()


def _open_a_link_that_is_over(page: Page) -> None:
    said = page.locator("article", has_text="/pay/link/").first.inner_text()
    found = re.search(r"\S*/pay/link/\S+", said)
    assert found is not None
    page.goto(found[0])


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
        "payments",
        (
            Shown("empty", "one", "/pay/payments/"),
            Shown("one", "with_card", "/pay/payments/"),
            Shown("pending", "pending", "/pay/payments/"),
        ),
        fewer="lists what one login paid, each line alike",
    ),
    Route(
        "method",
        (Shown("one", "with_card", "/pay/methods/", _open_a_method),),
        fewer="a form about one card; shows no amounts",
    ),
    Route(
        "guest",
        (
            Shown("empty", None, "/pay/guest/"),
            Shown("error", None, "/pay/guest/", _ask_for_nobody, status=400),
        ),
        fewer="a form with two fields; what it leads to is link",
    ),
    Route(
        "link",
        (
            Shown("one", None, "/pay/guest/", _ask_for_ada),
            Shown("error", None, "/pay/guest/", _pay_no_amount, status=400),
            Shown("credit", None, "/pay/guest/", _ask_for_carl),
            Shown("paid", None, "/pay/guest/", _pay_for_gus),
            Shown("over", None, "/_outbox/?account=2016", _open_a_link_that_is_over, status=410),
        ),
        fewer="shows what is due on one account and nothing else of it",
    ),
    Route(
        "link_review",
        (Shown("one", None, "/pay/guest/", _give_a_card_for_gus),),
        fewer="shows one amount and one card; what is amiss is said on link",
    ),
    Route(
        "methods_remove",
        (Shown("one", "with_card", "/pay/methods/", follow("/remove/")),),
        fewer="a question, with no amounts",
    ),
    Route(
        "scheduled_cancel",
        (Shown("pending", "pending", "/pay/payments/", follow("/cancel/")),),
        fewer="a question about one payment that was scheduled",
    ),
    Route(
        "methods_bank",
        (Shown("asked first", "one", "/pay/methods/bank/"),),
        fewer="comes after the second step; a form with one button",
    ),
    Route(
        "methods_bank_own",
        (
            Shown("empty", "one", "/pay/methods/bank/own/", confirm_it_is_me),
            Shown("error", "one", "/pay/methods/bank/own/", _write_a_wrong_account, status=400),
        ),
        fewer="a form about one bank account; shows no amounts",
    ),
)

MONEY_ROUTES = (
    *METHOD_ROUTES,
    *AUTO_PAY_ROUTES,
    Route(
        "desk_pay_link",
        (
            Shown("empty", "clerk", "/desk/accounts/2001/pay-link/"),
            Shown("one", "clerk", "/desk/accounts/2001/pay-link/", _keep_nothing),
        ),
        fewer="makes a link; shows no amounts",
    ),
    Route(
        "desk_phone",
        (
            Shown("empty", "clerk", "/desk/accounts/2001/phone/"),
            Shown("one", "clerk", "/desk/accounts/2001/phone/", _write_nothing),
        ),
        fewer="starts one payment of one account",
    ),
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
    Route(
        "desk_counter",
        (
            Shown("empty", "clerk", "/desk/money/counter/"),
            Shown("error", "clerk", "/desk/money/counter/", _write_nothing, status=400),
            Shown("second look", "clerk", "/desk/money/counter/", _take_a_check),
        ),
        fewer=FOR_STAFF,
    ),
    Route(
        "desk_money_files",
        (
            Shown("one", "clerk", "/desk/money/files/"),
            Shown("error", "clerk", "/desk/money/files/", _write_nothing, status=400),
        ),
        fewer=FOR_STAFF,
    ),
    Route(
        "desk_money_file",
        (Shown("one", "clerk", "/desk/money/files/1/"),),
        fewer=FOR_STAFF,
    ),
    Route(
        "desk_sent_file",
        (
            Shown("one", "clerk", "/desk/money/files/sent/2/"),
            Shown("over", "clerk", "/desk/money/files/sent/1/"),
        ),
        fewer=FOR_STAFF,
    ),
    Route(
        "desk_take_back",
        (
            Shown("one", "clerk", "/desk/money/files/sent/2/back/?entry=2"),
            Shown("all", "clerk", "/desk/money/files/sent/2/back/"),
            Shown("none", "clerk", "/desk/money/files/sent/1/back/"),
            Shown(
                "error",
                "clerk",
                "/desk/money/files/sent/2/back/?entry=2",
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
    Route(
        "desk_months",
        (Shown("one", "clerk", "/desk/money/months/"),),
        fewer=FOR_STAFF,
    ),
    Route(
        "desk_arrears",
        (Shown("one", "clerk", "/desk/money/arrears/"),),
        fewer=FOR_STAFF,
    ),
    Route(
        "desk_arrears_account",
        (
            Shown("one", "clerk", "/desk/money/arrears/2004/"),
            Shown("empty", "clerk", "/desk/money/arrears/2001/"),
            Shown("pledged", "clerk", "/desk/money/arrears/2003/"),
            Shown("error", "clerk", "/desk/money/arrears/2004/", _hold_for_nothing, status=400),
        ),
        fewer=FOR_STAFF,
    ),
    Route(
        "desk_agencies",
        (
            Shown("one", "clerk", "/desk/money/agencies/"),
            Shown("error", "clerk", "/desk/money/agencies/", _keep_nothing, status=400),
        ),
        fewer=FOR_STAFF,
    ),
    Route(
        "desk_placements",
        (Shown("one", "clerk", "/desk/money/agencies/debts/"),),
        fewer=FOR_STAFF,
    ),
    Route(
        "desk_auto_pay_credits",
        (
            Shown("one", "clerk", "/desk/money/auto-pay/"),
            Shown("error", "clerk", "/desk/money/auto-pay/", _keep_nothing, status=400),
        ),
        fewer=FOR_STAFF,
    ),
    Route(
        "desk_money_policies",
        (Shown("one", "clerk", "/desk/money/policies/"),),
        fewer=FOR_STAFF,
    ),
    Route(
        "desk_money_policy",
        (
            Shown("one", "clerk", "/desk/money/policies/late_fee.percent/"),
            Shown("changed", "clerk", "/desk/money/policies/late_fee.percent/", _look_at_a_change),
            Shown(
                "error",
                "clerk",
                "/desk/money/policies/late_fee.percent/",
                _write_nothing,
                status=400,
            ),
        ),
        fewer=FOR_STAFF,
    ),
)
