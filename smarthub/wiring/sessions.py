"""Where people are signed in, as the sign-in library keeps it: for ending it from outside."""

from __future__ import annotations

from allauth.usersessions.models import UserSession


def end_sessions(user_id: int) -> int:
    """End every session of a login at once, and return how many there were."""
    open_ones = list(UserSession.objects.filter(user=user_id))
    for each in open_ones:
        each.end()
    return len(open_ones)
