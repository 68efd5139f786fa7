"""Let only one at a time do the same about money; whoever comes later sees what came of it."""

from __future__ import annotations

from django.db import connection

LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


def hold(name: str) -> None:
    """Wait until nobody else holds the name, and hold it until this transaction is over.

    To be called first thing in a transaction: what is read after it is how things stand once the
    other is done, for each statement sees what was committed before it. Held twice by the same
    transaction it is held once.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [name])
