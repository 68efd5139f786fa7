"""Killed while making or taking in a bank file: given again, nothing is lost, nothing twice."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from smarthub.kernel.sealing import new_key
from tests.crash.installation import Actor, Installation
from tests.crash.test_payments_survive_kill import said

pytestmark = pytest.mark.crash

KEY = new_key()
SENDING = ("bank_file.entries_written", "bank_file.made")
RETURNING = {"money_file.kept": 0, "bank_file.row_written": 0, "bank_file.row_taken": 1}
ARRIVING = {"money_file.kept": 0, "arrival.row_written": 0, "arrival.row_taken": 1}
"""How many rows a process killed there leaves: one is written with all that follows from it."""

STORING = ("bank_account.stored", "bank_account.written")
STORED = "SELECT count(*)::int FROM payments_bankaccount WHERE method_id = '{}'"
STORED_CONSENTS = "SELECT count(*)::int FROM members_consent WHERE kind = 'bank_debit'"

SENT = """
SELECT count(*)::int, count(DISTINCT e.attempt_id)::int FROM payments_sententry e
 WHERE e.attempt_id IS NOT NULL
"""
BEGUN = "SELECT count(*)::int FROM payments_attempt WHERE gateway = 'bank_file'"
RETURNED = """
SELECT count(*)::int FROM payments_chargefact WHERE kind = 'returned'
"""
CLEARING = """
SELECT coalesce(sum(amount_cents) FILTER (WHERE gl = '{}'), 0)::int,
       coalesce(sum(amount_cents), 0)::int FROM ledger_postingrow
"""
RECOVERED = """
SELECT count(*)::int, coalesce(sum(amount_cents), 0)::int FROM arrears_recovery
"""
CREDITS = """
SELECT count(DISTINCT s.id)::int, count(DISTINCT e.id)::int FROM payments_refund r
  LEFT JOIN payments_sententry s ON s.refund_id = r.id
  LEFT JOIN payments_refundevent e ON e.refund_id = r.id AND e.state = 'sent' WHERE r.id = %s
"""
BACK = """
SELECT count(DISTINCT s.id)::int, count(DISTINCT f.id)::int, count(DISTINCT m.id)::int
  FROM payments_entryreversal r
  JOIN payments_sententry e ON e.id = r.entry_id
  LEFT JOIN payments_sententry s ON s.undoes_id = r.id
  LEFT JOIN payments_chargefact f ON f.attempt_id = e.attempt_id AND f.kind = 'taken_back'
  LEFT JOIN payments_attempt a ON a.id = e.attempt_id
  LEFT JOIN notifications_message m ON m.template = 'payment_taken_back'
   AND m.dedupe_key LIKE '%%' || a.payment_id || '%%'
 WHERE e.id = %s
"""
"""Of an entry that was asked back: how often it went, was booked, and its payer was told."""
FEES = "SELECT count(*)::int FROM payments_fee"
ROWS = "SELECT count(*)::int FROM payments_moneyfilerow"
TOLD = "SELECT count(*)::int FROM notifications_message WHERE template = 'payment_returned'"


def act(installation: Installation, *command: str, stop_at: str = "") -> Actor:
    return installation.start(
        "-m", "tests.crash.bank", *command, stop_at=stop_at, SMARTHUB_BANK_KEYS=KEY
    )


def kill_at(installation: Installation, point: str, *command: str) -> None:
    first = act(installation, *command, stop_at=point)
    first.wait_until_stopped_at_its_point()
    first.kill()


@pytest.mark.parametrize("point", STORING)
def test_an_account_is_stored_whole_or_not_at_all_and_once(
    installation: Installation, point: str
) -> None:
    form = str(uuid.uuid4())
    ((before,),) = installation.ask(STORED_CONSENTS)

    kill_at(installation, point, "store", form)
    left = installation.ask(STORED.format(form))
    said(act(installation, "store", form))
    said(act(installation, "store", form))

    assert left == [(0,)]
    assert installation.ask(STORED.format(form)) == [(1,)]
    assert installation.ask(STORED_CONSENTS) == [(before + 1,)]


@pytest.mark.parametrize("point", SENDING)
def test_a_payment_is_in_one_file_wherever_its_making_was_killed(
    installation: Installation, point: str
) -> None:
    said(act(installation, "prepare", "2"))

    kill_at(installation, point, "send")
    said(act(installation, "send"))

    ((begun,),) = installation.ask(BEGUN)
    assert installation.ask(SENT) == [(begun, begun)]


@pytest.mark.parametrize("point", RETURNING)
def test_a_return_is_booked_once_wherever_the_file_was_killed(
    installation: Installation, point: str
) -> None:
    said(act(installation, "prepare", "2"))
    said(act(installation, "send"))
    ((before,),) = installation.ask(ROWS)

    kill_at(installation, point, "returns")
    left = installation.ask(ROWS)
    said(act(installation, "returns"))
    again = said(act(installation, "returns"))

    ((begun,),) = installation.ask(BEGUN)
    assert left == [(before + RETURNING[point],)]
    assert set(again.split()) == {"known"}
    assert installation.ask(RETURNED) == [(begun,)]
    assert installation.ask(FEES) == [(begun,)]
    assert installation.ask(TOLD) == [(begun,)]
    assert installation.ask(CLEARING.format("clearing:bank_file:ach")) == [(0, 0)]


@pytest.mark.parametrize(
    ("kind", "clearing"), [("lockbox", "mail"), ("cash", "store"), ("agency", "agency")]
)
@pytest.mark.parametrize(("number", "point"), list(enumerate(ARRIVING, start=1)))
def test_what_arrived_is_booked_once_wherever_its_file_was_killed(
    installation: Installation, number: int, point: str, kind: str, clearing: str
) -> None:
    day = dt.date(2026, 11, number).isoformat()
    ((before, _),) = installation.ask(CLEARING.format(f"clearing:{clearing}"))
    ((rows,),) = installation.ask(ROWS)

    kill_at(installation, point, kind, day)
    left = installation.ask(ROWS)
    said(act(installation, kind, day))
    again = said(act(installation, kind, day))

    assert left == [(rows + ARRIVING[point],)]
    assert again.split() == ["known", "known", "known"]
    # 20.00 and 30.00 on the account, 5.00 in suspense
    assert installation.ask(CLEARING.format(f"clearing:{clearing}")) == [(before + 55_00, 0)]


@pytest.mark.parametrize("point", SENDING)
def test_a_refund_is_in_one_file_wherever_its_making_was_killed(
    installation: Installation, point: str
) -> None:
    said(act(installation, "prepare", "1"))
    said(act(installation, "send"))
    refund = said(act(installation, "refund"))

    kill_at(installation, point, "send")
    left = installation.ask(CREDITS, refund)
    said(act(installation, "send"))
    said(act(installation, "send"))

    assert left == [(int(point == "bank_file.made"), int(point == "bank_file.made"))]
    assert installation.ask(CREDITS, refund) == [(1, 1)]


@pytest.mark.parametrize("point", SENDING)
def test_what_goes_back_is_in_one_file_wherever_its_making_was_killed(
    installation: Installation, point: str
) -> None:
    said(act(installation, "prepare", "1"))
    said(act(installation, "send"))
    entry = said(act(installation, "take_back"))
    ((before, _),) = installation.ask(CLEARING.format("clearing:bank_file:ach"))

    kill_at(installation, point, "send")
    left = installation.ask(BACK, entry)
    said(act(installation, "send"))
    said(act(installation, "send"))

    whole = int(point == "bank_file.made")
    assert left == [(whole, whole, whole)]
    assert installation.ask(BACK, entry) == [(1, 1, 1)]
    # the ten dollars drawn are gone again, once
    assert installation.ask(CLEARING.format("clearing:bank_file:ach")) == [(before - 10_00, 0)]


@pytest.fixture(scope="module")
def placement(installation: Installation) -> str:
    """Return as which debt a collection agency has what Maria owed; the last tests' ground."""
    return said(act(installation, "place"))


@pytest.mark.parametrize(("number", "point"), list(enumerate(ARRIVING, start=1)))
def test_what_was_collected_is_booked_once_wherever_its_statement_was_killed(
    installation: Installation, placement: str, number: int, point: str
) -> None:
    ((before, _),) = installation.ask(CLEARING.format("clearing:agency"))
    ((rows,),) = installation.ask(ROWS)

    kill_at(installation, point, "collected", placement, str(number))
    left = installation.ask(ROWS)
    first = said(act(installation, "collected", placement, str(number)))
    again = said(act(installation, "collected", placement, str(number)))

    assert left == [(rows + ARRIVING[point],)]
    assert sorted(set(first.split()) - {"known"}) == ["paid", "suspense"]
    assert again.split() == ["known", "known", "known"]
    assert installation.ask(RECOVERED) == [(number * 2, number * 50_00)]
    # of 55.00 the agency kept 5.00 + 1.00 + 7.50
    assert installation.ask(CLEARING.format("clearing:agency")) == [(before + 41_50, 0)]
