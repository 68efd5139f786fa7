"""Settings about the member, invitations, and whether it is really the co-op; in every state."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tests.e2e.access.filling_people import REPORT
from tests.e2e.access.shown import Route, Shown
from tests.e2e.access.walking_in import follow, open_invitation, then

NO_FIGURES = "shows nothing of an account's money or use"
FEW = "a form or a question of its own, with no amounts; its states are those that it can have"


INVITE = "/settings/users/3001/invite/"


def _note_a_step(page: Page) -> None:
    """Say that the report is looked into; the first button of the desk is its search."""
    with page.expect_navigation():
        page.locator("main form[method=post] button[type=submit]").last.click()


def _press(page: Page) -> None:
    with page.expect_navigation():
        page.locator("main form button.button").first.click()


def _send_nothing(page: Page) -> None:
    page.locator("main form").first.locator("input:not([type=hidden]), textarea").first.fill("")
    _press(page)


def _send_a_wrong_code(page: Page) -> None:
    page.locator("input[name=code]").fill("2222-2222")
    _press(page)


def confirm_it_is_me(page: Page) -> None:
    """Take the second step that stands in the way, with the newest code of the outbox."""
    if page.locator("input[name=contact]").count() == 0:
        return
    back = page.url
    _press(page)
    page.goto("/_outbox/")
    code = page.locator("article p").first.inner_text()
    page.goto(back)
    page.locator("input[name=code]").fill(code.split(":")[1].split(".")[0].strip())
    _press(page)


def _ask_with_error(page: Page) -> None:
    confirm_it_is_me(page)
    _send_nothing(page)


def _open_first(what: str) -> Callable[[Page], None]:
    def follow(page: Page) -> None:
        confirm_it_is_me(page)
        page.goto(page.locator(f"main a[href*='{what}']").first.get_attribute("href") or "")
        confirm_it_is_me(page)

    return follow


def _open_unconfirmed(page: Page) -> None:
    """Open the page of the one contact that is still to be confirmed."""
    row = page.locator("main li", has_not=page.locator("a[href$='/sign-in/']"))
    page.goto(row.locator("a[href*='/contacts/']").first.get_attribute("href") or "")


_be_invited = then(confirm_it_is_me, open_invitation, follow("/sign-in/"))


def _use_no_password(page: Page) -> None:
    with page.expect_navigation():
        page.locator("button[value=password]").click()


def _check_unknown(page: Page) -> None:
    _send_a_wrong_code(page)


def _check_known(page: Page) -> None:
    page.goto("/_outbox/")
    code = page.locator("article dd").last.inner_text()
    page.goto("/check/")
    page.locator("input[name=code]").fill(code)
    _press(page)


PROFILE_ROUTES = (
    Route(
        "profile",
        (
            Shown("empty", "stranger", "/settings/profile/"),
            Shown("one", "one", "/settings/profile/"),
            Shown("long name", "long_name", "/settings/profile/"),
        ),
        fewer=NO_FIGURES,
    ),
    Route(
        "called",
        (
            Shown("one", "one", "/settings/profile/name/"),
            Shown("long name", "long_name", "/settings/profile/name/"),
        ),
        fewer=FEW,
    ),
    Route("bill_format", (Shown("one", "one", "/settings/profile/bills/"),), fewer=FEW),
    Route(
        "mailing_address",
        (
            Shown("empty", "one", "/settings/profile/address/", confirm_it_is_me),
            Shown("error", "one", "/settings/profile/address/", _ask_with_error),
        ),
        fewer=FEW,
    ),
    Route(
        "contacts",
        (
            Shown("one", "one", "/settings/contacts/"),
            Shown("long name", "long_name", "/settings/contacts/"),
        ),
        fewer=NO_FIGURES,
    ),
    Route(
        "add_email",
        (
            Shown("empty", "one", "/settings/contacts/email/", confirm_it_is_me),
            Shown("error", "one", "/settings/contacts/email/", _ask_with_error),
        ),
        fewer=FEW,
    ),
    Route(
        "add_phone",
        (
            Shown("empty", "one", "/settings/contacts/phone/", confirm_it_is_me),
            Shown("error", "one", "/settings/contacts/phone/", _ask_with_error),
        ),
        fewer=FEW,
    ),
    Route(
        "confirm_contact",
        (
            Shown("one", "credit", "/settings/contacts/", _open_unconfirmed),
            Shown(
                "error",
                "credit",
                "/settings/contacts/",
                then(_open_unconfirmed, _send_a_wrong_code),
            ),
        ),
        fewer=FEW,
    ),
    Route(
        "end_contact",
        (Shown("one", "credit", "/settings/contacts/", _open_first("/remove/")),),
        fewer=FEW,
    ),
    Route(
        "sign_in_with",
        (Shown("one", "credit", "/settings/contacts/", _open_first("/sign-in/")),),
        fewer=FEW,
    ),
    Route(
        "registered_accounts",
        (
            Shown("empty", "stranger", "/settings/accounts/"),
            Shown("one", "one", "/settings/accounts/"),
            Shown("forty", "forty_accounts", "/settings/accounts/"),
            Shown("long name", "long_name", "/settings/accounts/"),
            Shown("may only look", "viewer", "/settings/accounts/"),
        ),
        fewer=NO_FIGURES,
    ),
    Route("name_account", (Shown("one", "one", "/settings/accounts/2001/name/"),), fewer=FEW),
    Route(
        "leave_account",
        (Shown("one", "viewer", "/settings/accounts/", _open_first("/shared/")),),
        fewer=FEW,
    ),
    Route(
        "additional_users",
        (
            Shown("empty", "stranger", "/settings/users/"),
            Shown("forty", "forty_accounts", "/settings/users/"),
        ),
        fewer="with one account it leads to its people",
    ),
    Route(
        "people",
        (
            Shown("one", "one", "/settings/users/2001/"),
            Shown("long name", "long_name", "/settings/users/2009/"),
        ),
        fewer=NO_FIGURES,
    ),
    Route(
        "invite",
        (
            Shown("empty", "one", "/settings/users/2001/invite/", confirm_it_is_me),
            Shown("error", "one", "/settings/users/2001/invite/", _ask_with_error),
        ),
        fewer=FEW,
    ),
    Route(
        "let_out",
        (Shown("one", "one", "/settings/users/2001/", _open_first("/settings/users/2001/")),),
        fewer=FEW,
    ),
    Route(
        "withdraw_invitation",
        (
            Shown(
                "long name", "forty_accounts", "/settings/users/3002/", _open_first("/users/3002/")
            ),
        ),
        fewer=FEW,
    ),
    Route(
        "invitation",
        (
            Shown("empty", None, "/invitations/7KQM-R4TX/"),
            Shown("error", None, "/invitations/7KQM-R4TX/", _send_a_wrong_code),
        ),
        fewer=FEW,
    ),
    Route(
        "invited_sign_in",
        (
            Shown("empty", "forty_accounts", INVITE, _be_invited),
            Shown("error", "forty_accounts", INVITE, then(_be_invited, _use_no_password)),
        ),
        fewer=FEW,
    ),
    Route(
        "contact_log",
        (
            Shown("empty", "stranger", "/settings/messages/"),
            Shown("one", "one", "/settings/messages/"),
        ),
        fewer=NO_FIGURES,
    ),
    Route("my_data", (Shown("one", "one", "/settings/my-data/"),), fewer=NO_FIGURES),
    Route(
        "close_login",
        (Shown("one", "one", "/settings/close/", confirm_it_is_me),),
        fewer=NO_FIGURES,
    ),
    Route(
        "check",
        (
            Shown("empty", None, "/check/"),
            Shown("unknown", None, "/check/", _check_unknown),
            Shown("one", None, "/check/", _check_known),
        ),
        fewer=FEW,
    ),
    Route(
        "report",
        (
            Shown("empty", None, "/check/report/"),
            Shown("error", None, "/check/report/", _press),
        ),
        fewer=FEW,
    ),
    Route("desk_reports", (Shown("one", "clerk", "/desk/reports/"),), fewer="a list of the desk"),
    Route(
        "desk_report",
        (
            Shown("one", "clerk", f"/desk/reports/{REPORT}/"),
            Shown("looked into", "clerk", f"/desk/reports/{REPORT}/", _note_a_step),
        ),
        fewer="a report and what was done about it, with no amounts",
    ),
    Route("desk_note", (Shown("empty", "clerk", "/desk/accounts/2001/note/"),), fewer=FEW),
)
NO_PROFILE_PAGES = {
    "accept_invitation": "takes a form and leads on",
    "everything": "hands out a file",
    "desk_report_picture": "hands out a picture",
}
"""Addresses that are visited no other way, and why."""
