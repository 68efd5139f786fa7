"""An authenticator app of our own, worked out anew from the standard."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import time

_last_turns: dict[str, int] = {}
"""The half minute of the newest code given by `unused_code`, by person."""


def totp_code(secret: str, at: float) -> str:
    """Return the six digits an authenticator shows at ``at``, seconds since 1970 (RFC 6238)."""
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", int(at) // 30), hashlib.sha1)
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def code_now(secret: str, *, left_seconds: float = 4) -> str:
    """Return the digits shown now; where they end within ``left_seconds``, wait for the next."""
    left = 30 - time.time() % 30
    if left < left_seconds:
        time.sleep(left)
    return totp_code(secret, time.time())


def unused_code(secret: str, *, person: str, left_seconds: float = 5) -> str:
    """Return digits this process gave nobody of that name yet; it may wait half a minute.

    A code is taken once: whoever signs in twice within half a minute needs two.
    """
    while _last_turns.get(person) == _turn() or 30 - time.time() % 30 < left_seconds:
        time.sleep(30 - time.time() % 30)
    _last_turns[person] = _turn()
    return totp_code(secret, time.time())


def _turn() -> int:
    return int(time.time()) // 30
