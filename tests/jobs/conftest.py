"""The demo co-op, loaded once for all tests that look at it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from smarthub.jobs.demo.loading import Wish, load_demo
from smarthub.jobs.demo.world import World
from tests.portal.rosa.checking import undone
from tests.worlds import Atlas

WISH = Wish(members=12, seed=1, today=dt.date(2026, 11, 22), months=2)
BASE_URL = "http://127.0.0.1:8000"

CONTENTS = {
    "bills": "SELECT number, bill_date, due_date, previous_cents, payments_cents, charges_cents,"
    " asked_cents FROM billing_bill ORDER BY number",
    "bill lines": "SELECT b.number, s.position, l.position, l.code, l.quantity, l.rate,"
    " l.amount_cents FROM billing_billline l JOIN billing_billsegment s ON s.id = l.segment_id"
    " JOIN billing_bill b ON b.id = s.bill_id ORDER BY 1, 2, 3",
    # Without the ids that drafts, pay-outs and credits have of their own each time.
    "postings": "SELECT regexp_replace(e.source_key,"
    " '[0-9a-f-]{36}|:pay_[-_A-Za-z0-9]+|auto_pay_credit:[0-9]+', 'its own'),"
    " e.kind, e.effective_date, p.gl, a.number, p.amount_cents"
    " FROM ledger_entry e JOIN ledger_postingrow p ON p.entry_id = e.id"
    " LEFT JOIN accounts_account a ON a.id = p.account_id ORDER BY 1, 2, 3, 4, 5, 6",
    "drafts": "SELECT a.number, d.bill_number, d.billed_cents, d.planned_on, e.kind, e.reason"
    " FROM auto_pay_autopaydraft d JOIN accounts_account a ON a.id = d.account_id"
    " LEFT JOIN auto_pay_draftevent e ON e.draft_id = d.id ORDER BY 2, 5",
    "intervals": "SELECT p.number, c.step_seconds, c.flow, i.day, i.v FROM metering_interval_day i"
    " JOIN metering_channel c ON c.id = i.channel_id"
    " JOIN accounts_servicepoint p ON p.id = c.service_point_id ORDER BY 1, 2, 3, 4",
    "registers": "SELECT m.serial, r.read_on, r.revision, r.value, r.kind"
    " FROM metering_registerread r JOIN metering_register g ON g.id = r.register_id"
    " JOIN metering_meter m ON m.id = g.meter_id ORDER BY 1, 2, 3",
    "weather": "SELECT station, day, low_f, high_f, mean_f FROM metering_stationday ORDER BY 1, 2",
    "files": "SELECT sha256, rows, rows_kept FROM metering_readfile ORDER BY 1",
    "messages": "SELECT template, account_number, address, language FROM notifications_message"
    " ORDER BY 1, 2, 3, 4",
}
"""Everything that enters from outside or follows from it, without row ids."""

Contents = Mapping[str, str]
"""A hash of each kind of rows."""


class Killed(Exception):
    """Stands for SIGKILL: the load ends in the middle of a step."""


@dataclass(frozen=True)
class LoadedDemo:
    """A loaded demo, where its files are, and what a load that was killed in between became."""

    wish: Wish
    world: World
    state_dir: Path
    contents: Contents
    contents_after_kills: Contents


def silently(_step: str, _done: int, _total: int) -> None:
    """Report to nobody."""


def contents_of_database() -> Contents:
    """Return a hash of each kind of rows the demo brought in."""
    contents = {}
    with connection.cursor() as cursor:
        for kind, query in CONTENTS.items():
            cursor.execute(query)
            rows = [tuple(map(_plain, row)) for row in cursor.fetchall()]
            contents[kind] = hashlib.sha256(repr(rows).encode()).hexdigest()
    return contents


@pytest.fixture(scope="module")
def loaded_demo(
    atlas: Atlas,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[LoadedDemo]:
    """Load the smallest demo for a module's tests, and take it away after them.

    Before, the same is loaded with two kills on the way and by other plans, looked at, and taken
    away.
    """
    state_dir = tmp_path_factory.mktemp("demo")
    with django_db_blocker.unblock():
        atlas.enter(None)
    with django_db_blocker.unblock(), undone():
        with undone():
            _have_another_plan()
            _load_with_kills(tmp_path_factory.mktemp("killed"))
            after_kills = contents_of_database()
        load_demo(wish=WISH, state_dir=state_dir, base_url=BASE_URL, report=silently)
        yield LoadedDemo(WISH, WISH.design(), state_dir, contents_of_database(), after_kills)


def _have_another_plan() -> None:
    """Let the server look rows up in another order: nothing that is kept may rest on it."""
    with connection.cursor() as cursor:
        for way in ("seqscan", "bitmapscan", "hashjoin", "mergejoin"):
            cursor.execute(f"SET LOCAL enable_{way} = off")


def _load_with_kills(state_dir: Path) -> None:
    for step, done in (("Reads", 3), ("Bills", 5)):
        with pytest.raises(Killed):
            load_demo(wish=WISH, state_dir=state_dir, base_url=BASE_URL, report=_Killer(step, done))
    another_day = Wish(members=40, seed=9, today=dt.date(2026, 11, 23))
    load_demo(wish=another_day, state_dir=state_dir, base_url=BASE_URL, report=silently)


@dataclass(frozen=True)
class _Killer:
    step: str
    done: int

    def __call__(self, step: str, done: int, _total: int) -> None:
        if (step, done) == (self.step, self.done):
            raise Killed


def _plain(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value
