"""The pages of registering and signing in, and the states they are visited in."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page

from tests.cast import PASSWORD
from tests.e2e.access.people import PEOPLE
from tests.e2e.access.shown import Route, Shown

NO_FIGURES = "shows nothing of an account"
WRONG = "2222-2222"


def _press(page: Page, button: str = "main form button.button") -> None:
    with page.expect_navigation():
        page.locator(button).first.click()


def _ask_for_code(page: Page) -> None:
    _press(page)


def _give_wrong_code(page: Page) -> None:
    _ask_for_code(page)
    page.locator("input[name=code]").fill(WRONG)
    _press(page)


def _begin(number: str, name: str, email: str) -> Callable[[Page], None]:
    """Return what begins to register: with the account of somebody of the stage, or nobody's."""

    def begin(page: Page) -> None:
        page.locator("input[name=number]").fill(number)
        page.locator("input[name=name]").fill(name)
        if page.locator("input[name=email]").count():
            page.locator("input[name=email]").fill(email)
        _press(page)

    return begin


_begin_as_nobody = _begin("9999", "Nobody", "new@mail.example")


def _want_code_by(channel: str) -> Callable[[Page], None]:
    def want(page: Page) -> None:
        _begin_as_nobody(page)
        _press(page, f"button[value={channel}]")

    return want


def _give_wrong_proof(page: Page) -> None:
    _begin_as_nobody(page)
    page.locator("input[name=code]").fill(WRONG)
    _press(page)


def _ask_by_email(page: Page, *, email: str = PEOPLE["forgetful"].email) -> None:
    page.locator("input[type=email]").first.fill(email)
    _press(page)


def _give_wrong_emailed_code(page: Page) -> None:
    _ask_by_email(page)
    page.locator("input[name=code]").fill("WRONG-ONE")
    _press(page)


def _confirm_with_password(page: Page) -> None:
    """Confirm that it is them where the library asks first."""
    if "/reauthenticate/" in page.url:
        page.locator("input[name=password]").fill(PASSWORD)
        _press(page)


def code_of(text: str) -> str:
    """Return the first code in a text."""
    found = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}", text)
    assert found is not None
    return found[0]


ENTRY_ROUTES = (
    Route(
        "register",
        (
            Shown("empty", None, "/register/"),
            Shown("one", "one", "/register/"),
            Shown("error", None, "/register/", _press, status=400),
        ),
        fewer=NO_FIGURES,
    ),
    Route("register_where", (Shown("empty", None, "/register/where/"),), fewer=NO_FIGURES),
    Route(
        "register_code",
        (
            Shown("empty", None, "/register/", _begin_as_nobody),
            Shown("by e-mail", None, "/register/", _want_code_by("email")),
            Shown("by letter", None, "/register/", _want_code_by("letter")),
            Shown("one", "one", "/register/", _begin_as_nobody),
            Shown("error", None, "/register/", _give_wrong_proof, status=400),
        ),
        fewer="says the same whether there is an account or not",
    ),
    Route("register_paperless", (Shown("one", "one", "/register/paperless/"),), fewer=NO_FIGURES),
    Route(
        "step_up",
        (
            Shown("one", "one", "/accounts/confirm-it-is-you/"),
            Shown("code sent", "past_due", "/accounts/confirm-it-is-you/", _ask_for_code),
            Shown(
                "error", "long_name", "/accounts/confirm-it-is-you/", _give_wrong_code, status=400
            ),
        ),
        fewer=NO_FIGURES,
    ),
    Route(
        "desk_online",
        (
            Shown("one", "clerk", "/desk/accounts/2001/online-access/"),
            Shown("code made", "clerk", "/desk/accounts/2009/online-access/", _press),
        ),
        fewer=NO_FIGURES,
    ),
    Route("desk_sweeps", (Shown("empty", "clerk", "/desk/sweeps/"),), fewer=NO_FIGURES),
    Route("devices", (Shown("one", "one", "/accounts/devices/"),), fewer=NO_FIGURES),
    Route(
        "account_request_login_code",
        (
            Shown("empty", None, "/accounts/login/code/"),
            Shown("error", None, "/accounts/login/code/", _press),
        ),
        fewer=NO_FIGURES,
    ),
    Route(
        "account_confirm_login_code",
        (
            Shown("one", None, "/accounts/login/code/", _ask_by_email),
            Shown("error", None, "/accounts/login/code/", _give_wrong_emailed_code),
        ),
        fewer=NO_FIGURES,
    ),
    Route(
        "account_confirm_password_reset_code",
        (Shown("one", None, "/accounts/password/reset/", _ask_by_email),),
        fewer=NO_FIGURES,
    ),
    Route(
        "account_password_reset_completed",
        (Shown("empty", None, "/accounts/password/reset/done/"),),
        fewer=NO_FIGURES,
    ),
    Route(
        "mfa_list_webauthn", (Shown("empty", "one", "/accounts/2fa/webauthn/"),), fewer=NO_FIGURES
    ),
    Route(
        "mfa_add_webauthn",
        (Shown("empty", "one", "/accounts/2fa/webauthn/add/", _confirm_with_password),),
        fewer=NO_FIGURES,
    ),
    Route(
        "mfa_reauthenticate_webauthn",
        (Shown("one", "two_steps", "/accounts/2fa/webauthn/reauthenticate/"),),
        fewer=NO_FIGURES,
    ),
)

NO_ENTRY_PAGES = {
    "register_send": "takes a form only, and leads back",
    "register_email": "stands behind a proof; visited in test_registering.py",
    "register_sign_in": "stands behind a proof; visited in test_registering.py",
    "register_set_up": "stands behind a proof; visited in test_registering.py",
    "register_add": "stands behind a proof; visited in test_registering.py",
    "account_set_password": "leads on: most logins have a password; not visited yet",
    "account_complete_password_reset": "stands behind a code; not visited yet",
    "mfa_login_webauthn": "takes a form only, and leads back",
    "mfa_edit_webauthn": "stands behind a passkey; not visited yet",
    "mfa_remove_webauthn": "stands behind a passkey; not visited yet",
}
"""The addresses of this area the harness does not visit, and where they are visited."""
