"""Recovery codes are shown once; what is kept of them afterwards is slow to guess from.

The sign-in library makes them from a seed and could show them again. Here the page that shows them
takes the seed away and leaves a salted hash of each code, so that nobody who has both the database
and the installation's secret reads one. The library takes a used hash off its list by itself.
"""

from __future__ import annotations

from typing import Any, Final

from allauth.mfa import app_settings
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views
from django.contrib.auth.hashers import ScryptPasswordHasher
from django.db import transaction
from django.http import HttpRequest, HttpResponse

KEPT: Final = "migrated_codes"
"""Where the library looks for codes that were not made from a seed."""


def view_recovery_codes(request: HttpRequest) -> HttpResponse:
    """Show new codes this once; of those shown before, say how many are left."""
    answer: Any = views.view_recovery_codes(request)
    if hasattr(answer, "render"):
        answer.render()
    if request.user.is_authenticated and answer.status_code == HttpResponse.status_code:
        keep_hashes_only(user_id=request.user.pk)
    return answer  # type: ignore[no-any-return]


@transaction.atomic
def keep_hashes_only(*, user_id: int) -> None:
    """Put salted hashes in the place of the seed somebody's codes are made from."""
    rows = Authenticator.objects.select_for_update()
    row = rows.filter(user=user_id, type=Authenticator.Type.RECOVERY_CODES).first()
    if row is None or KEPT in row.data:
        return
    salt = ScryptPasswordHasher().salt()
    left = row.wrap().get_unused_codes()
    row.data = {KEPT: [_hash(code, salt) for code in left], "viewed_at": row.data.get("viewed_at")}
    row.save(update_fields=["data"])


def as_kept(*, user_id: int, typed: str) -> str:
    """Return what the library compares a typed code with: its hash, where hashes are kept.

    All codes of a person have one salt, so that a guess costs one slow hash and not ten.
    """
    if len(typed) != app_settings.RECOVERY_CODE_DIGITS or not typed.isdecimal():
        # A hash is no code: whoever reads one in a copy of the database types it in vain.
        return "" if "$" in typed else typed
    rows = Authenticator.objects.filter(user=user_id, type=Authenticator.Type.RECOVERY_CODES)
    kept: list[str] = (rows.values_list(f"data__{KEPT}", flat=True).first() or [""])[:1]
    return _hash(typed, kept[0].split("$")[2]) if kept and kept[0] else typed


def _hash(code: str, salt: str) -> str:
    return str(ScryptPasswordHasher().encode(code, salt))


class SecondStepForm(AuthenticateForm):  # type: ignore[misc]
    """The second step of signing in."""

    def clean_code(self) -> str:
        """Take an app's digits or a recovery code."""
        self.cleaned_data["code"] = as_kept(
            user_id=self.user.pk, typed=_plain(self.cleaned_data["code"])
        )
        return str(super().clean_code())


class SecondStepAgainForm(ReauthenticateForm):  # type: ignore[misc]
    """The second step before something that matters."""

    def clean_code(self) -> str:
        """Take an app's digits or a recovery code."""
        self.cleaned_data["code"] = as_kept(
            user_id=self.user.pk, typed=_plain(self.cleaned_data["code"])
        )
        return str(super().clean_code())


def _plain(typed: str) -> str:
    """Return a code without what people put between its digits."""
    return "".join(typed.replace("-", " ").split())
