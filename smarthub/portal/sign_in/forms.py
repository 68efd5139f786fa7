"""The sign-in form of the library, with what was typed elsewhere already in it."""

from __future__ import annotations

from typing import Any, Final

from allauth.account.forms import LoginForm

TYPED_EMAIL: Final = "sign_in_email"
"""Where the session keeps the address somebody typed before they were led to the sign-in."""


class SignInForm(LoginForm):  # type: ignore[misc]
    """E-mail and password in one plain form; an address typed while registering stands in it."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        typed = self.request.session.get(TYPED_EMAIL) if self.request else None
        if typed:
            self.initial["login"] = typed
