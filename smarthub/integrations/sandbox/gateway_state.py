"""What the sandbox's gateway remembers, in one SQLite file that survives kill -9.

Every answer is on the disk before it is given. No card number is in any table.
"""

from __future__ import annotations

import secrets
import sqlite3
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smarthub.integrations.sandbox.gateway_cards import Behaviour, Card

TABLES = """
CREATE TABLE IF NOT EXISTS setup (
  reference TEXT PRIMARY KEY, key TEXT UNIQUE NOT NULL, member_ref TEXT NOT NULL,
  kind TEXT NOT NULL, return_to TEXT NOT NULL, language TEXT NOT NULL,
  token TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS card (
  token TEXT PRIMARY KEY, brand TEXT NOT NULL, last4 TEXT NOT NULL, expires_on TEXT NOT NULL,
  behaviour TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS charge (
  reference TEXT PRIMARY KEY, key TEXT UNIQUE NOT NULL, token TEXT NOT NULL,
  amount_cents INTEGER NOT NULL, memo TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL);
"""

Row = dict[str, Any]


class KeyUsedOtherwise(Exception):
    """The idempotency key came before, with other values."""


class TokenUnknown(Exception):
    """No card was given under this token."""


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge as it is answered; ``is_silent`` asks for the answer to be held back."""

    row: Row
    is_silent: bool


class GatewayState:
    """The gateway's books. One lock makes every method one step for all threads."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._link = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._link.row_factory = sqlite3.Row
        self._link.execute("PRAGMA synchronous = FULL")
        self._link.executescript(TABLES)

    def close(self) -> None:
        """Close the file."""
        self._link.close()

    def create_setup(self, *, key: str, values: Mapping[str, str]) -> Row:
        """Begin a visit to the card form, once for a key.

        Raises:
            KeyUsedOtherwise: the key began another visit.
        """
        names = ("member_ref", "kind", "return_to", "language")
        given = {name: values[name] for name in names}
        with self._lock:
            known = self._one("SELECT * FROM setup WHERE key = ?", key)
            if known is None:
                reference = f"set_{secrets.token_urlsafe(18)}"
                self._link.execute(
                    "INSERT INTO setup (reference, key, member_ref, kind, return_to, language)"
                    " VALUES (?, ?, ?, ?, ?, ?)",
                    (reference, key, *given.values()),
                )
                known = self._one("SELECT * FROM setup WHERE key = ?", key)
        return _same(known, given)

    def get_setup(self, *, reference: str) -> Row | None:
        """Return a visit with the card it gave, if any."""
        with self._lock:
            return self._one(
                "SELECT setup.*, card.brand, card.last4, card.expires_on FROM setup"
                " LEFT JOIN card USING (token) WHERE reference = ?",
                reference,
            )

    def keep_card(self, *, reference: str, card: Card) -> None:
        """Keep what a visit gave; the first card of a visit counts."""
        token = f"card_{secrets.token_urlsafe(18)}"
        with self._lock, self._link:
            self._link.execute("BEGIN IMMEDIATE")
            changed = self._link.execute(
                "UPDATE setup SET token = ? WHERE reference = ? AND token = ''", (token, reference)
            )
            if changed.rowcount:
                self._link.execute(
                    "INSERT INTO card VALUES (?, ?, ?, ?, ?)",
                    (token, card.brand, card.last4, card.expires_on.isoformat(), card.behaviour),
                )

    def charge(self, *, key: str, values: Mapping[str, Any]) -> Charge:
        """Charge a card, once for a key; a repeated key gets the first answer again.

        Raises:
            KeyUsedOtherwise: the key charged something else.
            TokenUnknown: there is no such card.
        """
        given = {name: values[name] for name in ("token", "amount_cents", "memo")}
        with self._lock:
            known = self._one("SELECT * FROM charge WHERE key = ?", key)
            if known is not None:
                return Charge(_same(known, given), is_silent=False)
            card = self._one("SELECT * FROM card WHERE token = ?", given["token"])
            if card is None:
                raise TokenUnknown
            behaviour = Behaviour(card["behaviour"])
            row = {
                "reference": f"chg_{secrets.token_urlsafe(18)}",
                "key": key,
                **given,
                "state": "failed" if behaviour.reason else "success",
                "reason": behaviour.reason,
            }
            self._link.execute(
                "INSERT INTO charge (reference, key, token, amount_cents, memo, state, reason)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                tuple(row.values()),
            )
        return Charge(row, is_silent=behaviour is Behaviour.SILENT_ONCE)

    def find_charge(self, *, key: str) -> Row | None:
        """Return what became of the charge with this key."""
        with self._lock:
            return self._one("SELECT * FROM charge WHERE key = ?", key)

    def list_charges(self) -> list[Row]:
        """Return every charge tried, oldest first."""
        with self._lock:
            rows = self._link.execute("SELECT * FROM charge ORDER BY rowid").fetchall()
        return [dict(row) for row in rows]

    def _one(self, query: str, value: str) -> Row | None:
        row = self._link.execute(query, (value,)).fetchone()
        return dict(row) if row else None


def _same(known: Row | None, given: Mapping[str, Any]) -> Row:
    if known is None or any(known[name] != value for name, value in given.items()):
        raise KeyUsedOtherwise
    return known
