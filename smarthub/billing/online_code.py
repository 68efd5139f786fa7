"""The one-time code printed on a bill: whoever holds the paper can prove the account is theirs.

It is derived, so nothing about it is stored until it is used: a keyed digest of the bill's number.
Only the newest bill's counts, and only once; that is the caller's to see to. A file of its own,
for it is neither a row nor a formula of a tariff.
"""

from __future__ import annotations

from hashlib import sha256

from django.conf import settings

from smarthub.kernel.codes import derive_code

PURPOSE = b"smarthub.online_code"


def online_code(*, bill_number: str) -> str:
    """Return the code of a bill, such as ``7KQM-R4TX``.

    Source: reference, section 6.5 (a code on the bill that changes with every bill).
    """
    return _code(settings.SECRET_KEY, bill_number)


def list_online_codes(*, bill_number: str) -> tuple[str, ...]:
    """Return every code a bill may carry: of the key in use, and of those it replaced."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return tuple(_code(str(key), bill_number) for key in keys)


def _code(key: str, bill_number: str) -> str:
    return derive_code(key=sha256(PURPOSE + key.encode()).digest(), about=bill_number)
