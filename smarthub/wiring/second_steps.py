"""What the sign-in library keeps of second steps: for taking a lost one away from outside."""

from __future__ import annotations

from allauth.mfa.models import Authenticator


def has_second_step(user_id: int) -> bool:
    """Return whether a login has an app, a passkey or recovery codes."""
    return bool(Authenticator.objects.filter(user=user_id).exists())


def remove_second_steps(user_id: int) -> int:
    """Remove every app, passkey and recovery code of a login, and return how many there were."""
    held = list(Authenticator.objects.filter(user=user_id))
    for each in held:
        each.delete()
    return len(held)
