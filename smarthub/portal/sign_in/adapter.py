"""How the sign-in library is bent to the house: no open sign-up, messages by our workflow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import filter_users_by_email
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from smarthub.cooperative.queries import get_identity, get_zone
from smarthub.wiring.clock import now, today
from smarthub.workflows.sign_in_messages import tell_about_sign_in

TEMPLATES: Mapping[str, str] = {
    "account/email/login_code": "sign_in_code",
    "account/email/password_reset_code": "password_reset_code",
    "account/email/password_reset_key": "password_reset_link",
    "account/email/email_confirmation": "confirm_address",
    "account/email/email_confirmation_signup": "confirm_address",
    "account/email/unknown_account": "unknown_address",
    "account/email/account_already_exists": "address_taken",
}
"""Our template for each message the library sends on request."""

CHANGES: Mapping[str, str] = {
    "account/email/password_changed": "password_changed",
    "account/email/password_set": "password_set",
    "account/email/password_reset": "password_reset",
    "account/email/email_confirm": "address_confirmed",
    "account/email/email_changed": "address_changed",
    "account/email/email_deleted": "address_removed",
    "mfa/email/totp_activated": "second_factor_added",
    "mfa/email/totp_deactivated": "second_factor_removed",
    "mfa/email/webauthn_added": "second_factor_added",
    "mfa/email/webauthn_removed": "second_factor_removed",
    "mfa/email/recovery_codes_generated": "recovery_codes_made",
}
"""What each message the library sends after a change says was changed."""

VALUES: Mapping[str, str] = {
    "code": "code",
    "password_reset_url": "link",
    "activate_url": "link",
    "from_email": "old",
    "to_email": "new",
    "deleted_email": "old",
}
"""The library's names of what a message tells, and ours. Nothing else is handed on."""


class SignInAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Registration is by proof of an account, never by the library's own form."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Send staff to the desk, which asks for the second factor, and members home."""
        return reverse("desk" if getattr(request.user, "is_staff", False) else "home")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue our own message instead of the library's mail, for whoever signs in so.

        Raises:
            KeyError: the library has a message this house has no words for.
        """
        users = filter_users_by_email(email)
        _tell(template_prefix, email, context, user_id=users[0].pk if users else None)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell of a change, always; a login without an e-mail address cannot be told this way."""
        address = email or getattr(user, "email", None)
        if address:
            _tell(template_prefix, address, context or {}, user_id=user.pk)


class SecondStepAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """The second step, under the co-op's name in the authenticator app."""

    def get_totp_issuer(self) -> str:
        """Return the co-op's short name: the name people know is the co-op's own."""
        identity = get_identity(on=today(get_zone()))
        return identity.short_name


def _tell(
    template_prefix: str, address: str, context: Mapping[str, Any], *, user_id: int | None
) -> None:
    values = {ours: context[theirs] for theirs, ours in VALUES.items() if theirs in context}
    change = CHANGES.get(template_prefix)
    tell_about_sign_in(
        template="sign_in_changed" if change else TEMPLATES[template_prefix],
        user_id=user_id,
        address=address,
        page_language=get_language() or "en",
        values={**values, "change": change} if change else values,
        now=now(),
    )
