"""Every page, and the states it is visited in.

A page that is not here, and not among ``NO_PAGES`` with its reason, fails a test; so does a page
with fewer states than ``STATES`` that does not say why.
"""

from __future__ import annotations

from playwright.sync_api import Page

from tests.cast import PASSWORD
from tests.e2e.access.people import PEOPLE, RECEIPTS
from tests.e2e.access.routes_billing import BILLING_NO_PAGES, BILLING_ROUTES
from tests.e2e.access.routes_bills import BILLS_NO_PAGES, BILLS_ROUTES
from tests.e2e.access.routes_entry import ENTRY_ROUTES, NO_ENTRY_PAGES
from tests.e2e.access.routes_money import MONEY_ROUTES
from tests.e2e.access.routes_profile import NO_PROFILE_PAGES, PROFILE_ROUTES
from tests.e2e.access.routes_rates import RATE_ROUTES
from tests.e2e.access.routes_reads import READ_NO_PAGES, READ_ROUTES
from tests.e2e.access.routes_usage import USAGE, USAGE_NO_PAGES, USAGE_ROUTES
from tests.e2e.access.shown import Route, Shown
from tests.e2e.access.walking_in import give_password, then

STATES = (
    *("empty", "one", "forty", "past due", "credit", "pending", "error", "estimated"),
    *("long name", "zero", "million"),
)
"""What a page may have to show: each of these, or a reason why not."""
LONGEST_AMOUNT = "1234567.89"


def _send_wrong_password(page: Page) -> None:
    page.locator("input[name=login]").fill("nobody@prairieridge.example")
    page.locator("input[name=password]").fill("not the password")
    _press_main_button(page)


def _give_password(page: Page) -> None:
    page.locator("input[name=login]").fill(PEOPLE["two_steps"].email)
    page.locator("input[name=password]").fill(PASSWORD)
    _press_main_button(page)


def _press_main_button(page: Page) -> None:
    with page.expect_navigation():
        page.locator("main form button.button").first.click()


_send_no_digits = then(give_password, _press_main_button)


def _unfold(page: Page) -> None:
    for fold in page.locator("main details:not(.desk-tabs-folded)").all():
        fold.locator("summary").click()


def _write_no_amount(page: Page) -> None:
    _choose_another_amount(page)
    page.locator("input[name^=amount_]").first.fill("many dollars")
    _press_main_button(page)


def _choose_another_amount(page: Page) -> None:
    other = page.locator("input[name^=which_][value=other]")
    if other.count():
        other.first.check()


def _pay_more_than_due(page: Page) -> None:
    page.locator("input[name^=pay_]").first.check()
    _choose_another_amount(page)
    page.locator("input[name^=amount_]").first.fill("5,000.00")
    _press_main_button(page)


def _pay_more_without_saying_so(page: Page) -> None:
    _pay_more_than_due(page)
    _press_main_button(page)


HOME = Route(
    "home",
    (
        Shown("empty", "stranger", "/"),
        Shown("one", "one", "/", _unfold),
        Shown("forty", "forty_services", "/"),
        Shown("forty accounts", "forty_accounts", "/"),
        Shown("past due", "past_due", "/"),
        Shown("credit", "credit", "/"),
        Shown("pending", "pending", "/"),
        Shown("long name", "long_name", "/"),
        Shown("zero", "zero", "/"),
        Shown("million", "million", "/"),
        Shown("no bill yet", "settled_in", "/"),
        Shown("left to auto pay", "on_auto_pay", "/"),
        Shown("auto pay asks", "asked_by_auto_pay", "/"),
        Shown("may only look", "viewer", "/"),
    ),
    fewer="no form stands here that could be wrong; bills and charts say what is estimated",
)
BILL = Route(
    "bill",
    (
        Shown("one", "one", "/bills/2001/2001-241201/"),
        Shown("readings", "one", "/bills/2001/2001-241201/", _unfold),
        Shown("older", "one", "/bills/2001/2001-241101/"),
        Shown("forty", "forty_services", "/bills/2040/2040-241201/"),
        Shown("past due", "past_due", "/bills/2004/2004-241101/"),
        Shown("credit", "credit", "/bills/2005/2005-241201/"),
        Shown("pending", "pending", "/bills/2003/2003-241201/"),
        Shown("estimated", "estimated", "/bills/2008/2008-241201/", _unfold),
        Shown("long name", "long_name", "/bills/2009/2009-241201/"),
        Shown("corrected", "corrected", "/bills/2019/2019-241201-2/"),
        Shown("taken back", "corrected", "/bills/2019/2019-241201/"),
        Shown("zero", "zero", "/bills/2006/2006-241201/"),
        Shown("left to auto pay", "on_auto_pay", "/bills/2013/2013-241201/"),
        Shown("million", "million", "/bills/2007/2007-241201/"),
        Shown("may only look", "viewer", "/bills/2001/2001-241201/"),
    ),
    fewer="a bill is never empty, and has no form that could be wrong",
)
PAY = Route(
    "pay",
    (
        Shown("empty", "stranger", "/pay/"),
        Shown("may only look", "viewer", "/pay/"),
        Shown("one", "one", "/pay/"),
        Shown("forty", "forty_accounts", "/pay/"),
        Shown("past due", "past_due", "/pay/"),
        Shown("credit", "credit", "/pay/"),
        Shown("pending", "pending", "/pay/"),
        Shown("error", "one", "/pay/", _write_no_amount),
        Shown("long name", "long_name", "/pay/"),
        Shown("left to auto pay", "on_auto_pay", "/pay/"),
        Shown("zero", "zero", "/pay/"),
        Shown("million", "million", "/pay/"),
    ),
    fewer="the bill says what is estimated",
)
SIGN_IN = Route(
    "account_login",
    (
        Shown("empty", None, "/accounts/login/"),
        Shown("error", None, "/accounts/login/", _send_wrong_password),
    ),
    fewer="nobody is known before signing in",
)
FIVE = (SIGN_IN, HOME, USAGE, BILL, PAY)
"""The five pages that every test run visits in all combinations, in the state below."""
STATE_OF_FIVE = {"account_login": "empty"}
ORDINARY = "one"

NO_FIGURES = "shows nothing of an account"
ROUTES = (
    *FIVE,
    *ENTRY_ROUTES,
    *PROFILE_ROUTES,
    *MONEY_ROUTES,
    *USAGE_ROUTES,
    *BILLING_ROUTES,
    *BILLS_ROUTES,
    *READ_ROUTES,
    *RATE_ROUTES,
    Route(
        "download_usage",
        (
            Shown("one", "one", "/usage/2001/download/"),
            Shown("error", "one", "/usage/2001/download/?first=2024-02-02&last=2024-02-01&file=x"),
            Shown("forty", "forty_services", "/usage/2040/download/"),
            Shown("long name", "long_name", "/usage/2009/download/"),
        ),
        fewer="shows a form and nothing of the use itself",
    ),
    Route(
        "bills",
        (
            Shown("empty", "stranger", "/bills/"),
            Shown("no bill yet", "settled_in", "/bills/"),
            Shown("left to auto pay", "on_auto_pay", "/bills/"),
            Shown("one", "one", "/bills/"),
            Shown("forty", "forty_accounts", "/bills/"),
            Shown("past due", "past_due", "/bills/"),
            Shown("credit", "credit", "/bills/"),
            Shown("pending", "pending", "/bills/"),
            Shown("long name", "long_name", "/bills/"),
            Shown("zero", "zero", "/bills/"),
            Shown("million", "million", "/bills/"),
            Shown("may only look", "viewer", "/bills/"),
        ),
        fewer="no form stands here; the bill itself says what is estimated",
    ),
    Route(
        "pay_review",
        (
            Shown("one", "one", "/pay/due/"),
            Shown("with a card", "with_card", "/pay/due/"),
            Shown("forty", "forty_accounts", "/pay/due/"),
            Shown("past due", "past_due", "/pay/due/"),
            Shown("credit", "with_card", "/pay/", _pay_more_than_due),
            Shown("pending", "pending", "/pay/due/"),
            Shown("error", "with_card", "/pay/", _pay_more_without_saying_so, status=400),
            Shown("long name", "long_name", "/pay/due/"),
            Shown("million", "million", "/pay/due/"),
        ),
        fewer="comes only with something to pay; the bill says what is estimated",
    ),
    Route(
        "pay_receipt",
        (
            Shown("one", "with_card", f"/pay/{RECEIPTS['paid']}/"),
            Shown("error", "with_card", f"/pay/{RECEIPTS['declined']}/"),
            Shown("pending", "pending", f"/pay/{RECEIPTS['waiting']}/"),
        ),
        fewer="a payment was made, declined or waits; its amounts stand on the pages before",
    ),
    Route(
        "contact",
        (Shown("empty", None, "/contact/"), Shown("one", "one", "/contact/")),
        fewer=NO_FIGURES,
    ),
    Route(
        "other_ways_to_pay",
        (
            Shown("empty", None, "/other-ways-to-pay/"),
            Shown("one", "one", "/other-ways-to-pay/"),
        ),
        fewer=NO_FIGURES,
    ),
    Route(
        "cash_at_store",
        (Shown("one", "one", "/cash/2001/"), Shown("empty", "settled_in", "/cash/2010/")),
        fewer="one bar code, and one sentence of what is due",
    ),
    Route(
        "more",
        (Shown("one", "one", "/more/"), Shown("long name", "long_name", "/more/")),
        fewer=NO_FIGURES,
    ),
    Route(
        "install",
        (Shown("empty", None, "/install/"), Shown("one", "one", "/install/")),
        fewer=NO_FIGURES,
    ),
    Route("offline", (Shown("empty", None, "/offline/{language}/"),), fewer=NO_FIGURES),
    Route("outbox", (Shown("one", None, "/_outbox/"),), fewer="the demo's own page, in no service"),
    Route(
        "components",
        (Shown("one", None, "/_components/"),),
        fewer="the parts, each with examples of its own",
    ),
    Route("components_confirm", (Shown("one", None, "/_components/confirm/"),), fewer=NO_FIGURES),
    Route("account_logout", (Shown("one", "one", "/accounts/logout/"),), fewer=NO_FIGURES),
    Route("account_inactive", (Shown("empty", None, "/accounts/inactive/"),), fewer=NO_FIGURES),
    Route(
        "account_reauthenticate",
        (
            Shown("one", "one", "/accounts/reauthenticate/"),
            Shown("error", "one", "/accounts/reauthenticate/", _press_main_button),
        ),
        fewer=NO_FIGURES,
    ),
    Route(
        "account_change_password",
        (
            Shown("one", "one", "/accounts/password/change/"),
            Shown("error", "one", "/accounts/password/change/", _press_main_button),
        ),
        fewer=NO_FIGURES,
    ),
    Route(
        "account_reset_password",
        (
            Shown("empty", None, "/accounts/password/reset/"),
            Shown("error", None, "/accounts/password/reset/", _press_main_button),
        ),
        fewer=NO_FIGURES,
    ),
    Route(
        "mfa_index",
        (Shown("empty", "one", "/accounts/2fa/"), Shown("one", "two_steps", "/accounts/2fa/")),
        fewer=NO_FIGURES,
    ),
    Route(
        "mfa_authenticate",
        (Shown("one", None, "/accounts/login/", _give_password),),
        fewer=NO_FIGURES,
    ),
    Route(
        "mfa_reauthenticate",
        (Shown("one", "two_steps", "/accounts/2fa/reauthenticate/"),),
        fewer=NO_FIGURES,
    ),
    Route(
        "mfa_activate_totp",
        (
            Shown("one", "new_clerk", "/desk/", give_password),
            Shown("error", "new_clerk", "/accounts/2fa/totp/activate/", _send_no_digits),
        ),
        fewer=NO_FIGURES,
    ),
    Route(
        "mfa_deactivate_totp",
        (Shown("one", "two_steps", "/accounts/2fa/totp/deactivate/", give_password),),
        fewer=NO_FIGURES,
    ),
    Route(
        "mfa_view_recovery_codes",
        (Shown("one", "two_steps", "/accounts/2fa/recovery-codes/", give_password),),
        fewer=NO_FIGURES,
    ),
    Route(
        "mfa_generate_recovery_codes",
        (Shown("one", "two_steps", "/accounts/2fa/recovery-codes/generate/", give_password),),
        fewer=NO_FIGURES,
    ),
    Route(
        "desk",
        (
            Shown("empty", "clerk", "/desk/"),
            Shown("nothing found", "clerk", "/desk/?q=zzzz"),
            Shown("one", "clerk", "/desk/?q=berg"),
            Shown("forty", "clerk", "/desk/?q=many"),
            Shown("long name", "clerk", "/desk/?q=wolfe"),
        ),
        fewer="a search shows no amounts, and any words may be searched for",
    ),
    Route("desk_work", (Shown("one", "clerk", "/desk/work/"),), fewer="counts, and nothing else"),
    Route(
        "desk_account",
        (
            Shown("empty", "clerk", "/desk/accounts/2010/"),
            Shown("one", "clerk", "/desk/accounts/2001/"),
            Shown("forty", "clerk", "/desk/accounts/2040/"),
            Shown("past due", "clerk", "/desk/accounts/2004/"),
            Shown("credit", "clerk", "/desk/accounts/2005/"),
            Shown("pending", "clerk", "/desk/accounts/2003/"),
            Shown("estimated", "clerk", "/desk/accounts/2008/"),
            Shown("long name", "clerk", "/desk/accounts/2009/"),
            Shown("zero", "clerk", "/desk/accounts/2006/"),
            Shown("million", "clerk", "/desk/accounts/2007/"),
        ),
        fewer="no form stands here",
    ),
    Route(
        "fail",
        (
            *(
                Shown(
                    str(status),
                    "one" if status == 409 else None,
                    f"/_fail/{status}/",
                    status=status,
                )
                for status in (400, 403, 404, 409, 500, 503)
            ),
            Shown("nothing there", "long_name", "/nothing-there/", status=404),
        ),
        fewer="the pages that say what went wrong, and nothing else",
    ),
)

NO_PAGES = {
    **USAGE_NO_PAGES,
    **NO_PROFILE_PAGES,
    **BILLING_NO_PAGES,
    **BILLS_NO_PAGES,
    "bill_pdf": "a file; its own tests check its tags",
    "pay_receipt_pdf": "a file; its own tests check its tags",
    "due": "a part of the first page, asked for by itself",
    "ahead": "a part of the first page, asked for by itself",
    "pay_due": "leads on to pay_review",
    "desk_bank_file_send": "takes a form only, and hands over a file",
    "desk_sent_file_again": "takes a form only, and hands over a file",
    "desk_agency_file": "hands out a file",
    "pay_card": "takes a form only, and leads to the gateway",
    "pay_card_return": "leads on to pay_review",
    "scheduled_change": "leads on to pay",
    "auto_pay_agree": "shown by auto_pay_set_up when its form is sent; takes a form",
    "auto_pay_refuse": "takes a form only, and leads to auto_pay",
    "bill_over_time": "takes a form only, and leads to payments",
    "round_up_choose": "takes a form only, and leads to round_up",
    "auto_pay_approve": "takes a form only, and leads to auto_pay_account",
    "pay_form": "belongs to Stripe's script, which no test may load; docs say so",
    "phone_look_up": "for the phone company's machines",
    "phone_result": "for the phone company's machines",
    "gateway_events": "for the gateway's machines",
    "desk_refund_decide": "takes a form only, and leads to desk_refunds",
    "desk_explain": "takes a form only, and leads to desk_exceptions",
    "desk_match": "takes a form only, and leads to desk_suspense",
    "set_language": "takes a form only, and leads back",
    "manifest": "a file",
    "brand_sheet": "a file",
    "logo": "a file",
    "icon": "a file",
    "service_worker": "a file",
    **NO_ENTRY_PAGES,
    "account_signup": "leads to register",
    "account_email": "leads to contacts",
    "account_email_verification_sent": "leads to contacts",
    "account_confirm_email": "leads to contacts",
    **READ_NO_PAGES,
    "mfa_download_recovery_codes": "a file",
    "healthz": "for machines",
    "readyz": "for machines",
}
"""The addresses no page stands at, and why."""
