"""An authenticator app of our own, worked out anew from the standard."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct


def totp_code(secret: str, at: float) -> str:
    """Return the six digits an authenticator shows at ``at``, seconds since 1970 (RFC 6238)."""
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", int(at) // 30), hashlib.sha1)
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"
