"""The pages of registering and signing in, and the states they are visited in."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.e2e.access.people import PEOPLE
from tests.e2e.access.shown import Route, Shown
from tests.e2e.access.walking_in import (
    Walk,
    ask_as_nobody,
    ask_by_email,
    begin_as_nobody,
    follow,
    give_code,
    give_emailed_code,
    give_password,
    give_wrong_code,
    press,
    prove_and_confirm,
    prove_with,
    register_without_email,
    then,
)

NO_FIGURES = "shows nothing of an account"
NEW_ADDRESS = "new@mail.example"
ask_forgetful = ask_by_email(PEOPLE["forgetful"].email)


def _make_code(page: Page) -> None:
    press(page, "main form[method=post] button.button")


def _give_wrong_proof(page: Page) -> None:
    begin_as_nobody(page)
    give_wrong_code(page)


def _want_code_by(channel: str) -> Walk:
    def want(page: Page) -> None:
        begin_as_nobody(page)
        press(page, f"button[value={channel}]")

    return want


def _give_wrong_emailed_code(page: Page) -> None:
    ask_as_nobody(page)
    give_code(page, "WRONG-ONE")


def _use_no_password(page: Page) -> None:
    press(page, "button[value=password]")


ENTRY_ROUTES = (
    Route(
        "register",
        (
            Shown("empty", None, "/register/"),
            Shown("one", "one", "/register/"),
            Shown("error", None, "/register/", press, status=400),
        ),
        fewer=NO_FIGURES,
    ),
    Route("register_where", (Shown("empty", None, "/register/where/"),), fewer=NO_FIGURES),
    Route(
        "register_code",
        (
            Shown("empty", None, "/register/", begin_as_nobody),
            Shown("by e-mail", None, "/register/", _want_code_by("email")),
            Shown("by letter", None, "/register/", _want_code_by("letter")),
            Shown("one", "one", "/register/", begin_as_nobody),
            Shown("error", None, "/register/", _give_wrong_proof, status=400),
        ),
        fewer="says the same whether there is an account or not",
    ),
    Route(
        "register_email",
        (
            Shown("empty", None, "/register/", prove_with(NEW_ADDRESS)),
            Shown("error", None, "/register/", then(prove_with(NEW_ADDRESS), give_wrong_code)),
        ),
        fewer=NO_FIGURES,
    ),
    Route(
        "register_sign_in",
        (Shown("one", None, "/register/", prove_and_confirm),),
        fewer=NO_FIGURES,
    ),
    Route(
        "register_set_up",
        (
            Shown("empty", None, "/register/", prove_with()),
            Shown("error", None, "/register/", then(prove_with(), _use_no_password)),
        ),
        fewer=NO_FIGURES,
    ),
    Route("register_add", (Shown("one", "one", "/register/", prove_with()),), fewer=NO_FIGURES),
    Route(
        "register_paperless",
        (
            Shown("one", "one", "/register/paperless/"),
            Shown("by phone", None, "/register/", register_without_email(by_phone=True)),
            Shown("by letter", None, "/register/", register_without_email(by_phone=False)),
        ),
        fewer=NO_FIGURES,
    ),
    Route(
        "step_up",
        (
            Shown("one", "one", "/accounts/confirm-it-is-you/"),
            Shown("code sent", "past_due", "/accounts/confirm-it-is-you/", press),
            Shown(
                "error",
                "long_name",
                "/accounts/confirm-it-is-you/",
                then(press, give_wrong_code),
                status=400,
            ),
        ),
        fewer=NO_FIGURES,
    ),
    Route(
        "desk_online",
        (
            Shown("one", "clerk", "/desk/accounts/2001/online-access/"),
            Shown("code made", "clerk", "/desk/accounts/2009/online-access/", _make_code),
        ),
        fewer=NO_FIGURES,
    ),
    Route("desk_sweeps", (Shown("empty", "clerk", "/desk/sweeps/"),), fewer=NO_FIGURES),
    Route("devices", (Shown("one", "one", "/accounts/devices/"),), fewer=NO_FIGURES),
    Route(
        "account_request_login_code",
        (
            Shown("empty", None, "/accounts/login/code/"),
            Shown("error", None, "/accounts/login/code/", press),
        ),
        fewer=NO_FIGURES,
    ),
    Route(
        "account_confirm_login_code",
        (
            Shown("one", None, "/accounts/login/code/", ask_forgetful),
            Shown("error", None, "/accounts/login/code/", _give_wrong_emailed_code),
        ),
        fewer=NO_FIGURES,
    ),
    Route(
        "account_confirm_password_reset_code",
        (Shown("one", None, "/accounts/password/reset/", ask_forgetful),),
        fewer=NO_FIGURES,
    ),
    Route(
        "account_password_reset_completed",
        (Shown("empty", None, "/accounts/password/reset/done/"),),
        fewer=NO_FIGURES,
    ),
    Route(
        "account_complete_password_reset",
        (
            Shown(
                "empty", None, "/accounts/password/reset/", then(ask_forgetful, give_emailed_code)
            ),
            Shown(
                "error",
                None,
                "/accounts/password/reset/",
                then(ask_forgetful, give_emailed_code, press),
            ),
        ),
        fewer=NO_FIGURES,
    ),
    Route(
        "account_set_password",
        (
            Shown("empty", "no_password", "/accounts/password/set/"),
            Shown("error", "no_password", "/accounts/password/set/", press),
        ),
        fewer=NO_FIGURES,
    ),
    Route(
        "mfa_list_webauthn",
        (
            Shown("empty", "one", "/accounts/2fa/webauthn/"),
            Shown("one", "two_steps", "/accounts/2fa/webauthn/"),
        ),
        fewer=NO_FIGURES,
    ),
    Route(
        "mfa_add_webauthn",
        (Shown("empty", "one", "/accounts/2fa/webauthn/add/", give_password),),
        fewer=NO_FIGURES,
    ),
    Route(
        "mfa_edit_webauthn",
        (
            Shown(
                "one",
                "two_steps",
                "/accounts/2fa/webauthn/",
                then(follow("/edit/"), give_password),
            ),
        ),
        fewer=NO_FIGURES,
    ),
    Route(
        "mfa_remove_webauthn",
        (
            Shown(
                "one",
                "two_steps",
                "/accounts/2fa/webauthn/",
                then(follow("/remove/"), give_password),
            ),
        ),
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
    "mfa_login_webauthn": "takes a form only, and leads back",
}
"""The addresses of this area the harness does not visit, and where they are visited."""
