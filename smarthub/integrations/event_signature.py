"""Signed events: a time and an HMAC over time and body, as payment companies send them.

The signature is over the bytes as they came, so nothing is parsed before it is proved. Old ones
are refused, for they may be replays; so are those from the future, which no honest clock writes.

Source: payments reference, sections 1.2 rule 6.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac

from smarthub.payments.ports import EventRefused

TOLERANCE = dt.timedelta(minutes=5)


def sign(*, body: bytes, secret: str, at: int) -> str:
    """Return the header for a body sent at a second of Unix time."""
    return f"t={at},v1={_digest(body, secret, str(at))}"


def check_signature(*, body: bytes, header: str, secret: str, now: dt.datetime) -> None:
    """Make sure that a body comes from who knows the secret, and was sent about now.

    Raises:
        EventRefused: ``reason`` says why: ``signature_missing``, ``signature_wrong``, ``too_old``
            or ``from_the_future``.
    """
    parts = [part.partition("=") for part in header.split(",")]
    given = [value for name, _, value in parts if name.strip() == "v1"]
    at = next((value for name, _, value in parts if name.strip() == "t"), "")
    if not (given and at.isascii() and at.isdigit()):
        raise EventRefused(reason="signature_missing")
    wanted = _digest(body, secret, at)
    if not any(hmac.compare_digest(each.encode(), wanted.encode()) for each in given):
        raise EventRefused(reason="signature_wrong")
    age = now.timestamp() - int(at)
    if age > TOLERANCE.total_seconds():
        raise EventRefused(reason="too_old")
    if age < -TOLERANCE.total_seconds():
        raise EventRefused(reason="from_the_future")


def _digest(body: bytes, secret: str, at: str) -> str:
    return hmac.new(secret.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
