"""Forms of the sign-in library that do a little more here.

Where the library asks for an e-mail address, ours take a phone or a sign-in name as well, in the
same field; the field keeps the library's name for it.
"""

from __future__ import annotations

from typing import Any, Final

from allauth.account.adapter import get_adapter
from allauth.account.forms import (
    ConfirmLoginCodeForm,
    ConfirmPasswordResetCodeForm,
    LoginForm,
    RequestLoginCodeForm,
    ResetPasswordForm,
)
from allauth.account.internal.flows.password_reset_by_code import PasswordResetVerificationProcess
from allauth.core import context as library
from allauth.core import ratelimit
from allauth.core.internal import ratelimit as internal_ratelimit
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import EditWebAuthnForm
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from smarthub.members.types import kind_of_contact
from smarthub.portal.fields import SignsInWithField
from smarthub.portal.sign_in.by_phone import find_active_user, letter_of, send_code
from smarthub.wiring.clock import now
from smarthub.workflows.messages.letter_codes import open_letter_code
from smarthub.workflows.messages.sign_in_messages import tell_of_sign_in_change

TYPED_EMAIL: Final = "sign_in_email"
"""Where the session keeps the address somebody typed before they were led to the sign-in."""


class SignInForm(LoginForm):  # type: ignore[misc]
    """E-mail or phone, and password, in one plain form.

    An address typed while registering stands in it.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["login"] = SignsInWithField(label=_("E-mail or phone"))
        typed = self.request.session.get(TYPED_EMAIL) if self.request else None
        if typed:
            self.initial["login"] = typed


class RequestCodeForm(RequestLoginCodeForm):  # type: ignore[misc]
    """Ask for a code that signs in, by e-mail, text or letter."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields = {"email": SignsInWithField(label=_("E-mail or phone"))}

    def clean_email(self) -> str:
        """Find whose it is, and tell the library by which way the code goes.

        Raises:
            ValidationError: too many codes were asked for it.
        """
        typed: str = self.cleaned_data["email"]
        if kind_of_contact(typed) == "email":
            return str(super().clean_email())
        self._user = find_active_user(typed)
        if not ratelimit.consume(library.request, action="request_login_code", key=typed):
            raise get_adapter().validation_error("too_many_login_attempts")
        self.cleaned_data["phone"] = typed
        return ""

    def clean(self) -> dict[str, Any]:
        """Leave what was found; the library would look for two ways at once."""
        return dict(self.cleaned_data)


class ResetForm(ResetPasswordForm):  # type: ignore[misc]
    """Ask for a code with which to set a new password, by e-mail, text or letter."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields = {"email": SignsInWithField(label=_("E-mail or phone"))}

    def clean_email(self) -> str:
        """Find whose it is."""
        typed: str = self.cleaned_data["email"]
        if kind_of_contact(typed) == "email":
            return str(super().clean_email())
        user = find_active_user(typed)
        self.users = [] if user is None else [user]
        return typed

    def save(self, request: HttpRequest, **options: Any) -> str:  # noqa: ARG002 (the library's own)
        """Send the code."""
        contact: str = self.cleaned_data["email"]
        user = self.users[0] if self.users else None
        process = ResetByCode(request, ResetByCode.initial_state(user, contact), user)
        process.send()
        process.persist()
        return contact


class ResetByCode(PasswordResetVerificationProcess):  # type: ignore[misc]
    """A new password by a code that came by e-mail, as the library has it, or by text or letter."""

    def send(self) -> None:
        """Send the code by the way that was asked for; nothing to a phone that is nobody's."""
        contact: str = self.state["email"]
        if kind_of_contact(contact) == "email":
            super().send()
        elif self.user is not None:
            self.state["code"] = send_code(self.user, contact, template="password_reset_code")


class LetterCodes:
    """A form for a code that takes one from a letter, too."""

    expected_code: str

    def clean_code(self) -> str:
        """Check a code from a letter against what is kept of it; others as the library does.

        Raises:
            ValidationError: it is not the code, or too many were tried.
        """
        user_id = letter_of(self.expected_code or "")
        if user_id is None:
            return str(super().clean_code())  # type: ignore[misc]
        typed: str = self.cleaned_data["code"]  # type: ignore[attr-defined]
        in_time = internal_ratelimit.consume(
            library.request,
            app="allauth.account",
            action="letter_code",
            config={"letter_code": "100/d/key"},
            key=str(user_id),
        )
        if not in_time or not open_letter_code(user_id=user_id, typed=typed, now=now()):
            raise get_adapter().validation_error("incorrect_code")
        return typed


class SignInCodeForm(LetterCodes, ConfirmLoginCodeForm):  # type: ignore[misc]
    """The code that signs in."""


class ResetCodeForm(LetterCodes, ConfirmPasswordResetCodeForm):  # type: ignore[misc]
    """The code with which a new password is set."""


class NewPasswordField(forms.CharField):
    """A password of somebody who may take a passkey instead; ``find_password_faults`` judges it."""

    def __init__(self) -> None:
        super().__init__(
            required=False,
            strip=False,
            widget=forms.PasswordInput,
            label=_("Password, 15 letters at least"),
            help_text=_(
                "Some words you remember are best. Spaces are welcome; signs are not demanded."
            ),
        )


class RenamePasskeyForm(EditWebAuthnForm):  # type: ignore[misc]
    """The library tells of a passkey that is added or removed; here of one renamed as well."""

    def save(self) -> Authenticator:
        """Rename the passkey, and tell its owner."""
        passkey = super().save()
        tell_of_sign_in_change(user_id=passkey.user_id, change="passkey_renamed", now=now())
        return passkey
