"""What the sandbox's gateway remembers, in one SQLite file that survives kill -9.

Every answer is with the operating system before it is given. No card or bank number is in any
table. A file of an earlier shape is begun again: it holds play money only.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smarthub.integrations.sandbox.gateway_cards import Behaviour, Method

SHAPE = 4
TABLES = """
CREATE TABLE setup (
  reference TEXT PRIMARY KEY, key TEXT UNIQUE NOT NULL, member_ref TEXT NOT NULL,
  kind TEXT NOT NULL, return_to TEXT NOT NULL, language TEXT NOT NULL,
  usage TEXT NOT NULL DEFAULT '',
  token TEXT NOT NULL DEFAULT '', asks_holder INTEGER NOT NULL DEFAULT 0);
CREATE TABLE method (
  token TEXT PRIMARY KEY, kind TEXT NOT NULL, brand TEXT NOT NULL, last4 TEXT NOT NULL,
  expires_on TEXT NOT NULL, behaviour TEXT NOT NULL, script TEXT NOT NULL DEFAULT '[]',
  detached INTEGER NOT NULL DEFAULT 0, network_reference TEXT NOT NULL DEFAULT '');
CREATE TABLE charge (
  reference TEXT PRIMARY KEY, key TEXT UNIQUE NOT NULL, token TEXT NOT NULL, kind TEXT NOT NULL,
  amount_cents INTEGER NOT NULL, memo TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL,
  behaviour TEXT NOT NULL, made_on TEXT NOT NULL, returned TEXT NOT NULL DEFAULT '',
  initiator TEXT NOT NULL DEFAULT 'customer', network_reference TEXT NOT NULL DEFAULT '');
CREATE TABLE refund (
  reference TEXT PRIMARY KEY, key TEXT UNIQUE NOT NULL, charge TEXT NOT NULL,
  amount_cents INTEGER NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL);
CREATE TABLE dispute (
  reference TEXT PRIMARY KEY, charge TEXT NOT NULL, amount_cents INTEGER NOT NULL,
  reason TEXT NOT NULL, stage TEXT NOT NULL);
CREATE TABLE event (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, kind TEXT NOT NULL,
  charge TEXT NOT NULL, method TEXT NOT NULL DEFAULT '', made_at INTEGER NOT NULL,
  delivered INTEGER NOT NULL DEFAULT 0);
CREATE TABLE settlement (reference TEXT PRIMARY KEY, paid_on TEXT NOT NULL);
CREATE TABLE line (
  reference TEXT PRIMARY KEY, settlement TEXT NOT NULL DEFAULT '', kind TEXT NOT NULL,
  charge TEXT NOT NULL, amount_cents INTEGER NOT NULL, fee_cents INTEGER NOT NULL);
"""
NAMES = ("setup", "method", "charge", "refund", "dispute", "event", "settlement", "line", "card")

Row = dict[str, Any]


class KeyUsedOtherwise(Exception):
    """The idempotency key came before, with other values."""


class TokenUnknown(Exception):
    """No method was given under this token, or it was taken away."""


class CredentialMissing(Exception):
    """A card is to be charged without its holder, and the storing of it is not named."""


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge as it is answered; ``mischief`` says how its first answer is spoilt, if it is."""

    row: Row
    mischief: Behaviour | None = None


class GatewayState:
    """The gateway's books. One lock makes every step one for all threads."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._link = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._link.row_factory = sqlite3.Row
        self._link.execute("PRAGMA synchronous = OFF")
        with self.step():
            if self.one("PRAGMA user_version")["user_version"] != SHAPE:
                self._begin_again()

    def close(self) -> None:
        """Close the file."""
        self._link.close()

    @contextmanager
    def step(self) -> Iterator[None]:
        """Do several things as one: all of them are on the disk afterwards, or none."""
        with self._lock:
            if self._link.in_transaction:
                yield
                return
            with self._link:
                self._link.execute("BEGIN IMMEDIATE")
                yield

    def find(self, query: str, *values: object) -> Row | None:
        """Return the first row, if there is one."""
        with self._lock:
            row = self._link.execute(query, values).fetchone()
        return dict(row) if row else None

    def one(self, query: str, *values: object) -> Row:
        """Return the row that must be there."""
        row = self.find(query, *values)
        if row is None:
            raise KeyError(query)
        return row

    def all(self, query: str, *values: object) -> list[Row]:
        """Return every row."""
        with self._lock:
            return [dict(row) for row in self._link.execute(query, values).fetchall()]

    def write(self, query: str, *values: object) -> int:
        """Write, and return how many rows it changed."""
        with self._lock:
            return self._link.execute(query, values).rowcount

    def create_setup(self, *, key: str, values: Mapping[str, str]) -> Row:
        """Begin a visit to the form, once for a key.

        Raises:
            KeyUsedOtherwise: the key began another visit.
        """
        names = ("member_ref", "kind", "return_to", "language")
        given = {name: values[name] for name in names}
        with self.step():
            self.write(
                "INSERT INTO setup (reference, key, member_ref, kind, return_to, language, usage)"
                " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING",
                new_reference("set"),
                key,
                *given.values(),
                values.get("usage", ""),
            )
            return _same(self.one("SELECT * FROM setup WHERE key = ?", key), given)

    def get_setup(self, *, reference: str) -> Row | None:
        """Return a visit with the method it gave, if any."""
        return self.find(
            "SELECT setup.*, method.brand, method.last4, method.expires_on,"
            " method.network_reference FROM setup"
            " LEFT JOIN method USING (token) WHERE reference = ?",
            reference,
        )

    def keep_method(self, *, reference: str, method: Method) -> None:
        """Keep what a visit gave; the first method of a visit counts.

        Storing a card for charges without its holder is the first transaction, which its holder
        makes: the network gives it the reference that all later ones must name.
        """
        token = new_reference("pm")
        with self.step():
            changed = self.write(
                "UPDATE setup SET token = ?, asks_holder = ? WHERE reference = ? AND token = ''",
                token,
                method.asks_holder,
                reference,
            )
            if changed:
                expires_on = method.expires_on.isoformat() if method.expires_on else ""
                self.write(
                    "INSERT INTO method"
                    " (token, kind, brand, last4, expires_on, behaviour, network_reference)"
                    " SELECT ?, kind, ?, ?, ?, ?,"
                    " CASE WHEN kind = 'card' AND usage = 'off_session' THEN ? ELSE '' END"
                    " FROM setup WHERE reference = ?",
                    *(token, method.brand, method.last4, expires_on, method.behaviour),
                    *(new_reference("net"), reference),
                )

    def hear_holder(self, *, reference: str, agreed: bool) -> None:
        """Note what the holder told their bank (3-D Secure); who does not agree gives nothing."""
        forget = "" if agreed else ", token = ''"
        self.write(f"UPDATE setup SET asks_holder = 0{forget} WHERE reference = ?", reference)  # noqa: S608

    def write_script(self, *, token: str, steps: list[str]) -> None:
        """Say what the next charges and refunds of a method do, one step each; then it is itself.

        Raises:
            ValueError: a step is no behaviour.
        """
        script = json.dumps([Behaviour(step).value for step in steps])
        self.write("UPDATE method SET script = ? WHERE token = ?", script, token)

    def update_method(self, *, token: str, last4: str, expires_on: str, at: int) -> None:
        """Let a card's network give it a new number or expiry, and tell of it.

        Raises:
            KeyError: there is no such card.
        """
        with self.step():
            changed = self.write(
                "UPDATE method SET last4 = ?, expires_on = ?"
                " WHERE token = ? AND kind = 'card' AND NOT detached",
                *(last4, expires_on, token),
            )
            if not changed:
                raise KeyError(token)
            self.write(
                "INSERT INTO event (id, kind, charge, method, made_at) VALUES (?, ?, '', ?, ?)",
                *(new_reference("evt"), "method.updated", token, at),
            )

    def detach(self, *, token: str) -> None:
        """Let a method never be charged again."""
        self.write("UPDATE method SET detached = 1 WHERE token = ?", token)

    def charge(self, *, key: str, values: Mapping[str, Any], made_on: str) -> Charge:
        """Charge a method, once for a key; a repeated key gets the first answer again.

        Raises:
            KeyUsedOtherwise: the key charged something else.
            TokenUnknown: there is no such method, or it was taken away.
            CredentialMissing: see the class.
        """
        given = {name: values[name] for name in ("token", "amount_cents", "memo")}
        with self.step():
            known = self.find("SELECT * FROM charge WHERE key = ?", key)
            if known is not None:
                return Charge(_same(known, given))
            method = self.find(
                "SELECT * FROM method WHERE token = ? AND NOT detached", given["token"]
            )
            if method is None:
                raise TokenUnknown
            initiator, named = _credential(method, values)
            behaviour = self._next_behaviour(method)
            reference = new_reference("chg")
            self.write(
                "INSERT INTO charge (reference, key, token, kind, amount_cents, memo, state,"
                " reason, behaviour, made_on, initiator, network_reference)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                *(reference, key, given["token"], method["kind"], given["amount_cents"]),
                *(given["memo"], _first_state(method["kind"], behaviour), behaviour.reason),
                *(behaviour, made_on, initiator, named),
            )
            row = self.one("SELECT * FROM charge WHERE reference = ?", reference)
        spoilt = behaviour in {Behaviour.SILENT_ONCE, Behaviour.BROKEN_ONCE}
        return Charge(row, mischief=behaviour if spoilt else None)

    def next_step(self, *, charge: str) -> Behaviour | None:
        """Return the next step of the script of a charge's method, if one is written."""
        method = self.find(
            "SELECT * FROM method WHERE script != '[]' AND token ="
            " (SELECT token FROM charge WHERE reference = ?)",
            charge,
        )
        return None if method is None else self._next_behaviour(method)

    def find_charge(self, *, key: str) -> Row | None:
        """Return what became of the charge with this key."""
        return self.find("SELECT * FROM charge WHERE key = ?", key)

    def list_charges(self) -> list[Row]:
        """Return every charge tried, oldest first."""
        return self.all("SELECT * FROM charge ORDER BY rowid")

    def _next_behaviour(self, method: Row) -> Behaviour:
        steps = json.loads(method["script"])
        if not steps:
            return Behaviour(method["behaviour"])
        self.write(
            "UPDATE method SET script = ? WHERE token = ?",
            *(json.dumps(steps[1:]), method["token"]),
        )
        return Behaviour(steps[0])

    def _begin_again(self) -> None:
        for name in NAMES:
            self.write(f"DROP TABLE IF EXISTS {name}")
        for statement in TABLES.split(";"):
            self.write(statement)
        self.write(f"PRAGMA user_version = {SHAPE}")


def new_reference(kind: str) -> str:
    """Return a new reference, such as ``chg_x5Yk...``."""
    return f"{kind}_{secrets.token_urlsafe(18)}"


def _credential(method: Row, values: Mapping[str, Any]) -> tuple[str, str]:
    """Return who charges, and what storing of the card they name.

    Raises:
        CredentialMissing: see the class.
    """
    initiator = str(values.get("initiator", "customer"))
    named = str(values.get("network_reference", ""))
    needs_it = initiator == "merchant" and method["kind"] == "card"
    if needs_it and (not named or named != method["network_reference"]):
        raise CredentialMissing
    return initiator, named


def _first_state(kind: str, behaviour: Behaviour) -> str:
    if behaviour.reason:
        return "failed"
    return "pending" if kind == "bank" else "success"


def _same(known: Row, given: Mapping[str, Any]) -> Row:
    if any(known[name] != value for name, value in given.items()):
        raise KeyUsedOtherwise
    return known
