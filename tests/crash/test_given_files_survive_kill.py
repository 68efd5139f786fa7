"""A worker killed over a file of the desk, tried or taken in: nothing is half, and it goes on."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from tests.crash.installation import Installation, wait_until
from tests.crash.test_reads_and_bills_survive_kill import ACT, FILES, STORED, month_of_ones

pytestmark = [pytest.mark.crash, pytest.mark.allow_hosts(["127.0.0.1"])]

KEY = str(uuid.UUID(int=5))
GIVE = ("-m", "tests.crash.give_reads")
STATE = "SELECT state FROM metering_readimport"
POINT = "reads.days_written"
RETRIED_SECONDS = 150
"""The job that begins cut-off work again runs each minute, and believes a worker for a while."""


def test_a_worker_killed_over_a_given_file_leaves_nothing_half_and_the_next_goes_on(
    installation: Installation, tmp_path: Path
) -> None:
    installation.run(*ACT, "prepare")
    installation.run(*GIVE, "give", KEY, str(month_of_ones(tmp_path)))

    _kill_a_worker_at_its_point(installation)
    assert installation.ask(STATE) == [("running",)]
    assert installation.ask(STORED) == [(0, 0)]

    trying = installation.start_worker()
    wait_until(lambda: installation.ask(STATE) == [("preview",)], seconds=RETRIED_SECONDS)
    assert installation.ask(STORED) == [(0, 0)]  # a trial keeps nothing
    trying.kill()

    installation.run(*GIVE, "confirm", KEY)
    _kill_a_worker_at_its_point(installation)
    assert installation.ask(STATE) == [("waiting",)]
    assert installation.ask(STORED) == [(0, 0)]

    installation.start_worker()
    wait_until(lambda: installation.ask(STATE) == [("done",)], seconds=RETRIED_SECONDS)
    assert installation.ask(STORED) == [(62, 62 * 24_000)]  # 62 days of 24 kWh, in Wh
    assert installation.ask(FILES.replace("october.csv", KEY)) == [(1,)]
    assert not (installation.state_dir / "given-reads" / KEY).exists()


def _kill_a_worker_at_its_point(installation: Installation) -> None:
    """Kill a worker that has written every day of the file and committed none."""
    worker = installation.start_worker(stop_at=POINT)
    worker.wait_until_stopped_at_its_point()
    worker.kill()
