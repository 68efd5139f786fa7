"""What a password may be: long, not common, and not about the member or the co-op.

No rules of composition, no hints, no change by the calendar; spaces and every script are welcome,
and nothing is cut off (NIST SP 800-63B-4; ASVS 6.2). The list of common passwords is Django's:
20,000 passwords found in breaches, collected by Royce Williams.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext

from smarthub.accounts.access import list_visible_accounts
from smarthub.cooperative.queries import get_identity, get_zone
from smarthub.members.types import folded
from smarthub.wiring.clock import today

LEAST_ALONE, LEAST_WITH_SECOND_STEP, MOST = 15, 8, 1000
LEFT_BESIDE_KNOWN_WORDS = 8
"""So many letters a password must have beside the words that anybody could guess."""
SHORTEST_WORD, SHORTEST_UNIT = 4, 6
ALWAYS_KNOWN = ("smarthub", "password", "contraseña", "electric", "energy", "cooperative")
"""Words barred beside the member's own and the co-op's, which are read when they are needed."""


class PasswordRules:
    """The rules as Django asks for them: when a password is chosen, changed or set anew."""

    def validate(self, password: str, user: Any = None) -> None:
        """Refuse a password with every reason at once, each with what to do.

        Raises:
            ValidationError: it breaks a rule.
        """
        with_second_step = getattr(user, "pk", None) is not None and is_mfa_enabled(user)
        faults = [*_faults(password, _words_of(user), with_second_step=with_second_step)]
        if faults:
            raise ValidationError(faults)

    def get_help_text(self) -> str:
        """Return the one rule a member needs to know beforehand."""
        return gettext("%(least)d letters at least.") % {"least": LEAST_ALONE}


def find_password_faults(
    password: str, *, words: Iterable[str], request: HttpRequest
) -> tuple[str, ...]:
    """Return what is wrong with the password of somebody who has no login yet."""
    identity = request.cooperative.identity  # type: ignore[attr-defined]
    known = (*words, identity.name, identity.short_name)
    return tuple(_faults(password, known, with_second_step=False))


def _faults(password: str, words: Iterable[str], *, with_second_step: bool) -> Iterator[str]:
    least = LEAST_WITH_SECOND_STEP if with_second_step else LEAST_ALONE
    if len(password) < least:
        more = least - len(password)
        yield ngettext(
            "This is %(more)d letter too short: %(least)d are needed. Add a word.",
            "This is %(more)d letters too short: %(least)d are needed. Add a word or two.",
            more,
        ) % {"more": more, "least": least}
    elif len(password) > MOST:
        yield gettext("A password can have at most 1,000 letters.")
    elif _is_common(password):
        yield gettext("Many people use this password, so it is guessed first. Choose other words.")
    elif len(_beside(password, words)) < min(LEFT_BESIDE_KNOWN_WORDS, least - 2):
        yield gettext(
            "This is made of your name, your address, your account or the co-op's name. "
            "Add words that have nothing to do with them."
        )


def _is_common(password: str) -> bool:
    """Whether it is a common password, or one, or a few letters, said over and over."""
    bare = "".join(c for c in folded(password) if c.isalnum())
    unit = _repeated_unit(bare)
    return len(unit) < SHORTEST_UNIT or any(_is_listed(each) for each in (password, bare, unit))


def _repeated_unit(text: str) -> str:
    """Return the shortest piece that, repeated, gives the text: ``abc`` for ``abcabcab``."""
    for length in range(1, len(text)):
        piece = text[:length]
        if (piece * (len(text) // length + 1))[: len(text)] == text:
            return piece
    return text


@cache
def _the_list() -> CommonPasswordValidator:
    """Return Django's list of 20,000 common passwords; reading it takes 20 ms, so once."""
    return CommonPasswordValidator()


def _is_listed(password: str) -> bool:
    try:
        _the_list().validate(password)
    except ValidationError:
        return True
    return False


def _beside(password: str, words: Iterable[str]) -> str:
    """Return what is left of a password without the words that anybody could guess."""
    left = "".join(c for c in folded(password) if c.isalnum())
    known = {part for word in (*words, *ALWAYS_KNOWN) for part in _parts(word)}
    for part in sorted(known, key=len, reverse=True):
        left = left.replace(part, "")
    return left


def _parts(word: str) -> Iterator[str]:
    plain = folded(word)
    whole = "".join(c for c in plain if c.isalnum())
    pieces = "".join(c if c.isalnum() else " " for c in plain).split()
    yield from (each for each in (whole, *pieces) if len(each) >= SHORTEST_WORD)


def _words_of(user: Any) -> tuple[str, ...]:
    """The co-op's words, and the member's own: names, address and account numbers."""
    on = today(get_zone())
    identity = get_identity(on=on)
    known = (identity.name, identity.short_name)
    if getattr(user, "pk", None) is None:
        return known
    numbers = (account.number for account in list_visible_accounts(user_id=user.pk, on=on))
    return (*known, user.signs_in_with, str(user.person), *numbers)
