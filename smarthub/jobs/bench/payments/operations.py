"""What the bench writes by itself: a method and a plan for every account of the town."""

from __future__ import annotations

import datetime as dt
import sqlite3
from pathlib import Path

from django.db import connection, transaction

_METHODS = """
INSERT INTO payments_storedmethod
       (id, person_id, gateway, token, kind, brand, last4, expires_on, added_at, name,
        removed_because, network_reference)
SELECT gen_random_uuid(), r.person_id, 'sandbox', 'bench-' || r.person_id, 'card', 'Visa',
       '4242', %(now)s::date + 1500, %(now)s, '', '', 'net-bench-' || r.person_id
  FROM accounts_accountrole r
"""
_PLANS = """
INSERT INTO auto_pay_autopayplan (id, account_id, person_id, method_id, by_hand_cents,
                                  enrolled_at, made_at)
SELECT gen_random_uuid(), r.account_id, r.person_id, m.id, 0, %(now)s, %(now)s
  FROM accounts_accountrole r JOIN payments_storedmethod m USING (person_id)
"""


def enrol_everybody(*, now: dt.datetime) -> None:
    """Turn on Auto Pay for every account there is, each from its own holder's card."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_METHODS, {"now": now})
        cursor.execute(_PLANS, {"now": now})


def give_cards(*, state: Path) -> int:
    """Put the same cards into the simulator's books, which nothing may be writing; return how many.

    What would be as many visits to its form, one insert each.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT token FROM payments_storedmethod")
        tokens = cursor.fetchall()
    books = sqlite3.connect(state)
    with books:
        books.executemany(
            "INSERT OR IGNORE INTO method"
            " (token, kind, brand, last4, expires_on, behaviour, network_reference)"
            " VALUES (?, 'card', 'Visa', '4242', '2030-08-31', 'succeeds', 'net-' || ?)",
            [(token, token) for (token,) in tokens],
        )
    books.close()
    return len(tokens)


def sum_charges(*, state: Path) -> tuple[int, int]:
    """Return how many charges the simulator's books hold that went well, and their cents."""
    books = sqlite3.connect(state)
    count, cents = books.execute(
        "SELECT count(*), coalesce(sum(amount_cents), 0) FROM charge WHERE state = 'success'"
    ).fetchone()
    books.close()
    return count, cents
