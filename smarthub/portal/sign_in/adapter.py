"""How the sign-in library is bent to the house: no open sign-up, messages by our workflow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import filter_users_by_email
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language

from smarthub.cooperative.queries import get_identity, get_zone
from smarthub.portal.sign_in.devices import (
    COOKIE,
    device_of,
    is_new_device,
    name_of_device,
    remember_device,
)
from smarthub.portal.sign_in.network import network_address
from smarthub.portal.sign_in.second_step_for_all import note_demand
from smarthub.wiring.clock import now, today
from smarthub.workflows.sign_in_messages import tell_about_sign_in, tell_of_new_device

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

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count wrong passwords by login and network, and on a known device by the device.

        So a stranger can lock out their own network for this login, and nobody else.
        """
        login = str(credentials.get("email", "")).casefold()
        device = device_of(request)
        place = f"device:{device.id}" if device.knows(login) else network_address(request)
        return f"{login}:{place}"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count a try with a password; unknown devices have a budget all together, too.

        Raises:
            ValidationError: there were too many.
        """
        super().pre_authenticate(request, **credentials)
        if not _has_budget_anywhere(request, credentials, dry_run=True):
            raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Count a wrong password given on a device that does not know the login."""
        _has_budget_anywhere(request, credentials, dry_run=False)

    def post_login(
        self, request: HttpRequest, user: AbstractBaseUser, **login: Any
    ) -> HttpResponse:
        """Tell the person of a device never seen before, and keep them signed in if they chose."""
        answer: HttpResponse = super().post_login(request, user, **login)
        if "_session_expiry" not in request.session:
            keep = bool(request.POST.get("remember"))
            request.session.set_expiry(settings.SESSION_COOKIE_AGE if keep else 0)
        note_demand(request, request.cooperative)  # type: ignore[attr-defined]
        name = getattr(user, "login_name", "")
        if is_new_device(request, login=name):
            tell_of_new_device(
                user_id=user.pk,
                device=name_of_device(request.headers.get("User-Agent", "")),
                network=network_address(request),
                now=now(),
            )
        for known_as in filter(None, (name, getattr(user, "email", None))):
            remember_device(request, answer, login=known_as)
            request.COOKIES[COOKIE] = answer.cookies[COOKIE].value
        return answer

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


def _has_budget_anywhere(
    request: HttpRequest, credentials: Mapping[str, Any], *, dry_run: bool
) -> bool:
    """Whether wrong passwords for a login are still taken from devices that do not know it.

    Source: NIST SP 800-63B-4, section 3.2.2 (at most 100 failed tries).
    """
    login = str(credentials.get("email", "")).casefold()
    if device_of(request).knows(login):
        return True
    left = ratelimit.consume(
        request,
        app="allauth.account",
        action="anywhere",
        config={"anywhere": "100/d/key"},
        key=login,
        dry_run=dry_run,
    )
    return left is not None


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
