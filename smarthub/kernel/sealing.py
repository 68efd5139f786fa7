"""Words that must be unreadable where they are kept: sealed with a key, opened only to be used.

Several keys may open, only the first one seals; so a key is changed by putting a new one before
it, sealing everything again, and taking the old one away.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from smarthub.kernel.errors import Unavailable


class SealBroken(Unavailable):
    """No key of this installation opens what was sealed, or there is no key at all."""

    code = "seal_broken"


class Sealer:
    """Seals and opens short texts; says nothing of its keys, and keeps nothing it was given."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Take keys as ``new_key`` makes them, the newest first.

        Raises:
            ValueError: one of them is no key.
        """
        self._box = MultiFernet([Fernet(key) for key in keys]) if keys else None

    def seal(self, text: str) -> str:
        """Return the text so that only a holder of a key can read it; different every time.

        Raises:
            SealBroken: there is no key.
        """
        return self._opened_box().encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """Return what was sealed.

        Raises:
            SealBroken: no key opens it, or it was changed.
        """
        try:
            return self._opened_box().decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise SealBroken from None

    def seal_again(self, sealed: str) -> str:
        """Return the same sealed with the newest key.

        Raises:
            SealBroken: no key opens it.
        """
        return self.seal(self.open(sealed))

    def _opened_box(self) -> MultiFernet:
        if self._box is None:
            raise SealBroken
        return self._box


def key_from(*, secret: str, purpose: str) -> str:
    """Return the key that a secret of the installation gives for a purpose: the same each time."""
    return urlsafe_b64encode(sha256((purpose + secret).encode()).digest()).decode()


def new_key() -> str:
    """Return a new key, drawn by the machine."""
    return Fernet.generate_key().decode()
