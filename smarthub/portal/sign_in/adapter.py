"""How the sign-in library is bent to the house: no open sign-up, messages by our workflow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.utils import filter_users_by_email
from allauth.core import context as library
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from smarthub.cooperative.queries import get_identity, get_zone
from smarthub.kernel.sealing import Sealer, key_from
from smarthub.portal.fields import SignsInWithField
from smarthub.portal.sign_in.by_phone import find_user_of, send_code
from smarthub.portal.sign_in.devices import (
    COOKIE,
    device_of,
    is_new_device,
    name_of_device,
    remember_device,
)
from smarthub.portal.sign_in.network import network_address
from smarthub.portal.sign_in.second_step_for_all import note_demand
from smarthub.portal.sign_in.session_limits import begin_session
from smarthub.wiring.clock import now, today
from smarthub.workflows.messages.sign_in_messages import (
    tell_about_sign_in,
    tell_of_new_device,
    tell_of_sign_in_change,
)

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
    "mfa/email/webauthn_added": "passkey_added",
    "mfa/email/webauthn_removed": "passkey_removed",
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


PURPOSE: Final = "smarthub.second_step"
SEALED: Final = "sealed:"
"""Stands before what is sealed of a second step."""


class SignInAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Registration is by proof of an account, never by the library's own form."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "phone_password_mismatch": _(
            "The phone or name and the password do not go together. Try again, or have a code sent."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count wrong passwords by login and network, and on a known device by the device.

        So a stranger can lock out their own network for this login, and nobody else.
        """
        login = _login_of(credentials)
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
            begin_session(request, keep=bool(request.POST.get("remember")))
        note_demand(request, request.cooperative)  # type: ignore[attr-defined]
        if _used_recovery_code(request, user):
            tell_of_sign_in_change(user_id=user.pk, change="recovery_code_used", now=now())
        name = getattr(user, "login_name", "")
        if is_new_device(request, login=name):
            tell_of_new_device(
                user_id=user.pk,
                device=name_of_device(request.headers.get("User-Agent", "")),
                network=network_address(request),
                now=now(),
            )
        for known_as in {name, getattr(user, "signs_in_with", name)}:
            remember_device(request, answer, login=known_as)
            request.COOKIES[COOKIE] = answer.cookies[COOKIE].value
        return answer

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Send staff to the desk, which asks for the second factor, and members home."""
        return reverse("desk" if getattr(request.user, "is_staff", False) else "home")

    def phone_form_field(self, **options: Any) -> SignsInWithField:
        """Return the field for a phone; a sign-in name counts as one here."""
        return SignsInWithField(**options)

    def get_user_by_phone(self, phone: str) -> AbstractBaseUser | None:
        """Return whose phone or sign-in name it is."""
        return find_user_of(phone)

    def get_phone(self, user: AbstractBaseUser) -> tuple[str, bool] | None:
        """Return with what somebody signs in who has no e-mail address; it was confirmed."""
        return None if getattr(user, "email", None) else (getattr(user, "signs_in_with", ""), True)

    def set_phone(self, user: AbstractBaseUser, phone: str, verified: bool) -> None:  # noqa: FBT001
        """Do nothing: a phone is changed under Contact Methods."""

    def set_phone_verified(self, user: AbstractBaseUser, phone: str) -> None:
        """Do nothing: a phone is confirmed before anybody signs in with it."""

    def generate_phone_verification_code(self, *, user: AbstractBaseUser, phone: str) -> str:
        """Send a code that signs in, and return what is kept of it: the library sends it later."""
        return send_code(user, phone, template="sign_in_code")

    def send_verification_code_sms(
        self, user: AbstractBaseUser, phone: str, code: str, **options: Any
    ) -> None:
        """Do nothing: it was sent when it was made."""

    def send_unknown_account_sms(self, phone: str, **options: Any) -> None:
        """Send nothing to a phone that is nobody's: it would cost a stranger money."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue our own message instead of the library's mail, for whoever signs in so.

        Raises:
            KeyError: the library has a message this house has no words for.
        """
        users = filter_users_by_email(email)
        tell_about_sign_in(
            template=TEMPLATES[template_prefix],
            user_id=users[0].pk if users else None,
            address=email,
            page_language=get_language() or "en",
            values=_values(context),
            now=now(),
        )

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell every address on file of a change, and one that was replaced by it."""
        tell_of_sign_in_change(
            user_id=user.pk,
            change=CHANGES[template_prefix],
            also=email or getattr(user, "email", None) or "",
            values=_values(context or {}),
            now=now(),
        )


def _login_of(credentials: Mapping[str, Any]) -> str:
    """Return with what somebody tries to sign in, as it is counted."""
    return str(credentials.get("email") or credentials.get("phone", "")).casefold()


def _used_recovery_code(request: HttpRequest, user: AbstractBaseUser) -> bool:
    records = get_authentication_records(request, user)
    return any(record.get("type") == Authenticator.Type.RECOVERY_CODES for record in records)


def _has_budget_anywhere(
    request: HttpRequest, credentials: Mapping[str, Any], *, dry_run: bool
) -> bool:
    """Whether wrong passwords for a login are still taken from devices that do not know it.

    Source: NIST SP 800-63B-4, section 3.2.2 (at most 100 failed tries).
    """
    login = _login_of(credentials)
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

    def generate_authenticator_name(
        self,
        user: AbstractBaseUser,  # noqa: ARG002
        type: Authenticator.Type,  # noqa: A002, ARG002
    ) -> str:
        """Return what a new passkey is called until its owner says otherwise: the device."""
        browser = library.request.headers.get("User-Agent", "")
        return name_of_device(browser) or gettext("Passkey")

    def encrypt(self, text: str) -> str:
        """Seal what the library keeps of a second step; by itself it would keep it as it is."""
        return SEALED + _sealer().seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Read it again; what was kept before there was a seal has no mark.

        Raises:
            SealBroken: another installation sealed it, or it was changed.
        """
        if not encrypted_text.startswith(SEALED):
            return encrypted_text
        return _sealer().open(encrypted_text.removeprefix(SEALED))


def _sealer() -> Sealer:
    """Seal with the installation's secret; open with its older ones, too, while they are named."""
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return Sealer([key_from(secret=str(each), purpose=PURPOSE) for each in secrets])


def _values(context: Mapping[str, Any]) -> dict[str, object]:
    return {ours: context[theirs] for theirs, ours in VALUES.items() if theirs in context}
