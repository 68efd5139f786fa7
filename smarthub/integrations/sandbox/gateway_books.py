"""What becomes of a charge at the sandbox's gateway: refunds, disputes, returns, settlements.

Each fact makes an event, and each that moves money a line of the next settlement. A day is ended
when somebody asks for settlements after it, or at once on request.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from smarthub.integrations.sandbox.gateway_cards import Behaviour
from smarthub.integrations.sandbox.gateway_state import GatewayState, Row, new_reference

CARD_FEE_PERMILLE, CARD_FEE_CENTS = 29, 30
BANK_FEE_PERMILLE, BANK_FEE_MOST_CENTS = 8, 500
DISPUTE_FEE_CENTS = 1500


class RefundRefused(Exception):
    """The charge did not succeed, or less of it is left than is to be given back."""


class Books:
    """The facts after a charge; what is written here and in ``state`` is one step."""

    def __init__(self, state: GatewayState) -> None:
        self._state = state

    def after_charge(self, charge: Row, *, now: dt.datetime) -> None:
        """Tell of a new charge and let it play its part."""
        with self._state.step():
            self._tell(f"charge.{charge['state']}", charge["reference"], now)
            if charge["state"] == "success":
                self._line("charge", charge["reference"], charge["amount_cents"], _fee(charge))
            if charge["behaviour"] == Behaviour.DISPUTED:
                self.act(charge["reference"], "dispute", reason="fraudulent", now=now)

    def refund(
        self, *, key: str, charge: str, amount_cents: int, now: dt.datetime, fails: str = ""
    ) -> Row:
        """Give money back, once for a key; ``fails`` is why the bank does not take it.

        Raises:
            RefundRefused: see the class.
        """
        with self._state.step():
            known = self._state.find("SELECT * FROM refund WHERE key = ?", key)
            if known is not None:
                if (known["charge"], known["amount_cents"]) != (charge, amount_cents):
                    raise RefundRefused
                return known
            if amount_cents <= 0 or amount_cents > self._left(charge):
                raise RefundRefused
            reference = new_reference("ref")
            self._state.write(
                "INSERT INTO refund VALUES (?, ?, ?, ?, ?, ?)",
                *(reference, key, charge, amount_cents, "failed" if fails else "success", fails),
            )
            if not fails:
                self._line("refund", charge, -amount_cents, 0)
            self._tell("charge.refunded", charge, now)
            return self._state.one("SELECT * FROM refund WHERE reference = ?", reference)

    def act(self, charge: str, act: str, *, reason: str, now: dt.datetime) -> None:
        """Let something happen to a charge: clear, fail, return, dispute, win or lose.

        Raises:
            KeyError: there is no such charge, or no such act.
        """
        with self._state.step():
            row = self._state.one("SELECT * FROM charge WHERE reference = ?", charge)
            acts = {
                "clear": self._clear,
                "fail": self._fail,
                "return": self._return,
                "dispute": self._dispute,
                "win": self._win,
                "lose": self._lose,
            }
            self._tell(acts[act](row, reason), charge, now)

    def describe(self, charge: Row) -> Row:
        """Return a charge with everything that became of it."""
        of = charge["reference"]
        return {
            **charge,
            "refunds": self._state.all("SELECT * FROM refund WHERE charge = ?", of),
            "disputes": self._state.all("SELECT * FROM dispute WHERE charge = ?", of),
        }

    def list_events(self, *, since: int) -> list[Row]:
        """Return what was told from a second on, oldest first."""
        return self._state.all("SELECT * FROM event WHERE made_at >= ? ORDER BY sequence", since)

    def end_day(self, *, day: dt.date, now: dt.datetime) -> None:
        """End a day: bank charges go on, and all that moved money is paid out in one sum."""
        with self._state.step():
            moved = self._state.all(
                "SELECT * FROM charge WHERE kind = 'bank' AND made_on <= ? AND returned = ''"
                " AND state IN ('pending', 'success')",
                day.isoformat(),
            )
            for charge in moved:
                self._go_on(charge, now)
            self._pay_out(day)

    def list_settlements(self, *, since: dt.date, today: dt.date, now: dt.datetime) -> list[Row]:
        """Return the settlements paid from a day on, each with its lines; past days are ended."""
        with self._state.step():
            open_lines = self._state.one("SELECT count(*) AS open FROM line WHERE settlement = ''")
            if open_lines["open"]:
                self.end_day(day=today - dt.timedelta(days=1), now=now)
            settlements = self._state.all(
                "SELECT * FROM settlement WHERE paid_on >= ? ORDER BY paid_on", since.isoformat()
            )
            lines = "SELECT * FROM line WHERE settlement = ? ORDER BY rowid"
            return [
                {**each, "lines": self._state.all(lines, each["reference"])} for each in settlements
            ]

    def _go_on(self, charge: Row, now: dt.datetime) -> None:
        behaviour = Behaviour(charge["behaviour"])
        if charge["state"] == "pending":
            act, reason = ("fail", "R03") if behaviour is Behaviour.BOUNCES else ("clear", "")
        elif behaviour.return_code:
            act, reason = "return", behaviour.return_code
        else:
            return
        self.act(charge["reference"], act, reason=reason, now=now)

    def _pay_out(self, day: dt.date) -> None:
        reference, paid_on = new_reference("pay"), day + dt.timedelta(days=1)
        lines = self._state.write("UPDATE line SET settlement = ? WHERE settlement = ''", reference)
        if lines:
            self._state.write(
                "INSERT INTO settlement VALUES (?, ?)", reference, paid_on.isoformat()
            )

    def _clear(self, charge: Row, _reason: str) -> str:
        self._state.write(
            "UPDATE charge SET state = 'success', reason = '' WHERE reference = ?",
            charge["reference"],
        )
        if charge["state"] != "success":
            self._line("charge", charge["reference"], charge["amount_cents"], _fee(charge))
        return "charge.success"

    def _fail(self, charge: Row, reason: str) -> str:
        self._state.write(
            "UPDATE charge SET state = 'failed', reason = ? WHERE reference = ?",
            *(reason, charge["reference"]),
        )
        if charge["state"] == "success":
            self._line("return", charge["reference"], -charge["amount_cents"], 0)
        return "charge.failed"

    def _return(self, charge: Row, reason: str) -> str:
        self._state.write(
            "UPDATE charge SET returned = ? WHERE reference = ?", reason, charge["reference"]
        )
        self._line("return", charge["reference"], -charge["amount_cents"], 0)
        return "charge.returned"

    def _dispute(self, charge: Row, reason: str) -> str:
        amount = self._left(charge["reference"])
        self._state.write(
            "INSERT INTO dispute VALUES (?, ?, ?, ?, 'open')",
            *(new_reference("dis"), charge["reference"], amount, reason),
        )
        self._line("dispute", charge["reference"], -amount, DISPUTE_FEE_CENTS)
        return "dispute.opened"

    def _win(self, charge: Row, _reason: str) -> str:
        dispute = self._open_dispute(charge)
        self._end_dispute(dispute, "won")
        self._line("dispute_won", charge["reference"], dispute["amount_cents"], 0)
        return "dispute.won"

    def _lose(self, charge: Row, _reason: str) -> str:
        self._end_dispute(self._open_dispute(charge), "lost")
        return "dispute.lost"

    def _open_dispute(self, charge: Row) -> Row:
        query = "SELECT * FROM dispute WHERE charge = ? AND stage = 'open'"
        return self._state.one(query, charge["reference"])

    def _end_dispute(self, dispute: Row, stage: str) -> None:
        self._state.write(
            "UPDATE dispute SET stage = ? WHERE reference = ?", stage, dispute["reference"]
        )

    def _left(self, charge: str) -> int:
        """Return what of a charge has not gone back yet."""
        row = self._state.find("SELECT * FROM charge WHERE reference = ?", charge)
        if row is None or row["state"] != "success" or row["returned"]:
            return 0
        back = self._state.one(
            "SELECT (SELECT coalesce(sum(amount_cents), 0) FROM refund"
            "         WHERE charge = ?1 AND state = 'success') +"
            " (SELECT coalesce(sum(amount_cents), 0) FROM dispute"
            "   WHERE charge = ?1 AND stage <> 'won') AS cents",
            charge,
        )
        return int(row["amount_cents"] - back["cents"])

    def _line(self, kind: str, charge: str, amount_cents: int, fee_cents: int) -> None:
        self._state.write(
            "INSERT INTO line (reference, kind, charge, amount_cents, fee_cents)"
            " VALUES (?, ?, ?, ?, ?)",
            *(new_reference("txn"), kind, charge, amount_cents, fee_cents),
        )

    def _tell(self, kind: str, charge: str, now: dt.datetime) -> None:
        self._state.write(
            "INSERT INTO event (id, kind, charge, made_at) VALUES (?, ?, ?, ?)",
            *(new_reference("evt"), kind, charge, int(now.timestamp())),
        )


def _fee(charge: Mapping[str, Any]) -> int:
    cents = int(charge["amount_cents"])
    if charge["kind"] == "bank":
        return min(cents * BANK_FEE_PERMILLE // 1000, BANK_FEE_MOST_CENTS)
    return cents * CARD_FEE_PERMILLE // 1000 + CARD_FEE_CENTS
