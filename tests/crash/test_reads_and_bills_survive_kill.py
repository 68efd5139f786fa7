"""Killed while a file comes in, or while bills are written: nothing half, nothing twice."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tests.crash.installation import Actor, Installation, wait_until
from tests.metering.yard import wide_file, wide_row

pytestmark = [pytest.mark.crash, pytest.mark.allow_hosts(["127.0.0.1"])]

ACT = ("-m", "tests.crash.read_and_bill")
DAYS = [dt.date(2024, 10, 1) + dt.timedelta(days=n) for n in range(31)]
STORED = """
SELECT count(*), coalesce(sum(total), 0)::bigint FROM metering_interval_day WHERE day < '2024-11-01'
"""
NOVEMBER = "SELECT count(*) FROM metering_interval_day WHERE day >= '2024-11-01'"
FILES = "SELECT count(*) FROM metering_readfile WHERE name = 'october.csv'"
BILLED = """
SELECT (SELECT count(*) FROM billing_bill), (SELECT count(DISTINCT account_id) FROM billing_bill),
       (SELECT count(*) FROM ledger_entry WHERE kind = 'bill'),
       (SELECT coalesce(sum(amount_cents), 0)::bigint FROM ledger_askedchange),
       (SELECT count(*) FROM notifications_message WHERE template = 'bill_ready')
"""
CORRECTED = """
SELECT (SELECT count(*) FROM billing_billcancellation),
       (SELECT count(*) FROM billing_bill WHERE supersedes_id IS NOT NULL)
"""
BALANCE = "SELECT sum(amount_cents)::bigint FROM ledger_askedchange"
DRAFTS = "SELECT count(*) FROM billing_billdraft"
NOTHING = [(0, 0, 0, 0, 0)]
# 139.46 + 145.21 for 1001 and 38.00 for 1002: the reference bills; a message for each account
ALL_ONCE = [(2, 2, 2, 13946 + 14521 + 3800, 2)]


@pytest.fixture(scope="module")
def village(installation: Installation) -> Installation:
    installation.run(*ACT, "prepare")
    return installation


def said(actor: Actor) -> str:
    return actor.end().rpartition("said: ")[2].strip()


def month_of_ones(folder: Path) -> Path:
    """Write October for two meters: 24 hours of 1 kWh a day."""
    ones = ["1.000"] * 24
    rows = [wide_row(day, ones, meter=f"PR0000000{n}") for n in (1, 3) for day in DAYS]
    return wide_file(folder, *rows, name="october.csv")


def test_an_import_killed_with_its_days_written_leaves_nothing_and_runs_again(
    village: Installation, tmp_path: Path
) -> None:
    file = str(month_of_ones(tmp_path))
    first = village.start(*ACT, "ingest", file, stop_at="reads.days_written")
    first.wait_until_stopped_at_its_point()

    first.kill()
    assert village.ask(STORED) == [(0, 0)]
    assert village.ask(FILES) == [(0,)]

    assert said(village.start(*ACT, "ingest", file)) == "62 False"
    assert said(village.start(*ACT, "ingest", file)) == "62 True"
    assert village.ask(STORED) == [(62, 62 * 24_000)]  # 62 days of 24 kWh, in Wh
    assert village.ask(FILES) == [(1,)]


STEPS = (
    "bills.chunk_claimed",
    "bills.chunk_drafted",
    "bills.rows_written",
    "bills.entries_posted",
    "bills.chunk_written",
)
"""Every labelled step of writing a chunk, in their order."""


def test_a_bill_run_killed_at_each_step_beside_a_second_worker_bills_everybody_once(
    village: Installation,
) -> None:
    for step in STEPS:
        first = village.start(*ACT, "bill", stop_at=step)
        first.wait_until_stopped_at_its_point()
        # the second finds the chunk held, leaves it alone, and writes nothing
        assert said(village.start(*ACT, "bill")) == "0 False", step

        first.kill()
        assert village.ask(BILLED) == NOTHING, step

    both = [village.start(*ACT, "bill") for _worker in range(2)]
    assert max(said(each) for each in both) == "2 True"
    assert said(village.start(*ACT, "bill")) == "2 True"
    assert village.ask(BILLED) == ALL_ONCE


def test_a_correction_killed_between_its_two_halves_leaves_the_bill_as_it_was(
    village: Installation,
) -> None:
    first = village.start(*ACT, "correct", "1002-241101", stop_at="rebill.cancelled")
    first.wait_until_stopped_at_its_point()

    first.kill()
    assert village.ask(CORRECTED) == [(0, 0)]
    assert village.ask(BILLED) == ALL_ONCE

    assert said(village.start(*ACT, "correct", "1002-241101")) == "1002-241101-2"
    # the old bill, its reversal and the new one: 38.00 - 38.00 + 38.00
    assert village.ask(CORRECTED) == [(1, 1)]
    assert village.ask(BALANCE) == [(13946 + 14521 + 3800,)]


def test_a_draft_killed_with_its_drafts_written_is_drafted_once(village: Installation) -> None:
    first = village.start(*ACT, "draft", stop_at="drafts.chunk_written")
    first.wait_until_stopped_at_its_point()

    first.kill()
    assert village.ask(DRAFTS) == [(0,)]

    assert said(village.start(*ACT, "draft")) == said(village.start(*ACT, "draft"))
    assert village.ask(DRAFTS) == [(2,)]


def test_the_database_killed_during_an_import_starts_again_without_a_trace_of_it(
    village: Installation, tmp_path: Path
) -> None:
    file = wide_file(tmp_path, wide_row(dt.date(2024, 11, 4), ["2.000"] * 24, meter="PR00000001"))
    first = village.start(*ACT, "ingest", str(file), stop_at="reads.days_written")
    first.wait_until_stopped_at_its_point()

    village.kill_database()
    first.kill()
    village.server.start()

    wait_until(village.server.is_ready)
    assert village.ask(NOVEMBER) == [(0,)]
    assert said(village.start(*ACT, "ingest", str(file))) == "1 False"
    assert village.ask(NOVEMBER) == [(1,)]
