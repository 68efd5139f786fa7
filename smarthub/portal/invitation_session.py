"""What a session remembers of an invitation: that its code was typed here, and not the code.

The pages for people without a login read it before and after they make one::

    number = opened_invitation(request)
    ...
    accept_invitation(user_id=user_id, number=number, on=local_today(request), now=now())
    forget_invitation(request)
"""

from __future__ import annotations

from django.http import HttpRequest

OPENED = "opened_invitation"


def remember_invitation(request: HttpRequest, *, number: str) -> None:
    """Remember that this session typed the code of an invitation."""
    request.session[OPENED] = number


def opened_invitation(request: HttpRequest) -> str | None:
    """Return the number of the invitation this session opened with its code, if any."""
    number = request.session.get(OPENED)
    return number if isinstance(number, str) else None


def forget_invitation(request: HttpRequest) -> None:
    """Forget it: it was taken, or is over."""
    request.session.pop(OPENED, None)
