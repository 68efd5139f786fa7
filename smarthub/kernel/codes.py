"""Codes people read from paper or a screen and type: ``7KQM-R4TX``. Plain Python, no clock.

Eight letters of 25 are 1.5e11 possibilities: with five tries nobody guesses one.
"""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256

CODE_LETTERS = "23456789CDFGHJKMNPQRTVWXY"
"""No vowels, so no words; no 0, 1, I, L, O, S or Z, so none is taken for another."""
CODE_LENGTH = 8


def draw_code() -> str:
    """Return a new code, drawn by chance."""
    return _spelled(secrets.randbelow(len(CODE_LETTERS) ** CODE_LENGTH))


def derive_code(*, key: bytes, about: str) -> str:
    """Return the code that ``key`` gives for ``about``: the same each time, and no other way known.

    Two hundred and fifty-six bits are spread over the letters, so that none comes up more often
    than another by more than one part in 10^60.
    """
    return _spelled(int.from_bytes(hmac.digest(key, about.encode(), sha256), "big"))


def read_code(typed: str) -> str:
    """Return what was typed as a code is written: pasted with spaces, in any case, hyphen or none.

    What cannot be a code comes back as the empty string, which is no code.
    """
    letters = "".join(letter for letter in typed.upper() if letter.isalnum())
    if len(letters) != CODE_LENGTH or not set(letters) <= set(CODE_LETTERS):
        return ""
    return _in_groups(letters)


def _spelled(number: int) -> str:
    letters = ""
    for _ in range(CODE_LENGTH):
        number, place = divmod(number, len(CODE_LETTERS))
        letters += CODE_LETTERS[place]
    return _in_groups(letters)


def _in_groups(letters: str) -> str:
    half = CODE_LENGTH // 2
    return f"{letters[:half]}-{letters[half:]}"
