"""Signing in with a phone, or with the name from our letter: who it is, and how a code goes there.

The sign-in library knows e-mail addresses and phones. To it a sign-in name is a phone, too: one
to which codes go by letter.
"""

from __future__ import annotations

import secrets
from typing import Final

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.translation import get_language

from smarthub.kernel.codes import draw_code
from smarthub.members.queries import find_user
from smarthub.members.types import read_sign_in_name
from smarthub.wiring.clock import now
from smarthub.workflows.messages.letter_codes import send_letter_code
from smarthub.workflows.messages.sign_in_messages import tell_about_sign_in

LETTER: Final = "letter"


def find_user_of(contact: str) -> AbstractBaseUser | None:
    """Return whose phone or sign-in name it is, or None."""
    user_id = find_user(signs_in_with=contact)
    return None if user_id is None else get_user_model().objects.filter(pk=user_id).first()


def find_active_user(contact: str) -> AbstractBaseUser | None:
    """Return whose it is, if they may sign in."""
    user = find_user_of(contact)
    return user if user is not None and user.is_active else None


def send_code(user: AbstractBaseUser, contact: str, *, template: str) -> str:
    """Send a code to a phone by text, or to the owner of a sign-in name by letter.

    Returns:
        What the session keeps of it: the code, or for a letter whose it is (``letter_of``).
    """
    if read_sign_in_name(contact):
        send_letter_code(user_id=user.pk, now=now())
        return f"{LETTER}:{user.pk}:{secrets.token_hex(16)}"
    code = draw_code()
    tell_about_sign_in(
        template=template,
        user_id=user.pk,
        address=contact,
        channel="text",
        page_language=get_language() or "en",
        values={"code": code},
        now=now(),
    )
    return code


def letter_of(kept: str) -> int | None:
    """Return the login whose letter has the code, or None for a code that is kept itself."""
    mark, _colon, rest = kept.partition(":")
    return int(rest.partition(":")[0]) if mark == LETTER else None
