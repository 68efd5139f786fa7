"""The database and the worker, killed from outside at bad moments."""

from __future__ import annotations

import pytest

from tests.crash.installation import Actor, Installation, wait_until

pytestmark = [pytest.mark.crash, pytest.mark.allow_hosts(["127.0.0.1"])]

OPEN_JOBS = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing' AND task_name = %s"


class TestTheDatabase:
    def test_keeps_every_acknowledged_row_when_it_is_killed_again_and_again(
        self, installation: Installation
    ) -> None:
        installation.ask("CREATE TABLE acknowledged (number integer PRIMARY KEY)")
        installation.ask("GRANT INSERT ON acknowledged TO smarthub_app")
        promised: set[int] = set()

        for _ in range(3):
            start = max(promised, default=0) + 1_000
            writer = installation.start("-m", "tests.crash.acknowledge", str(start))
            wait_until(lambda writer=writer: len(_numbers(writer)) > 50)  # type: ignore[misc]
            installation.kill_database()
            writer.process.wait(timeout=30)
            promised |= set(_numbers(writer))
            installation.server.start()

        kept = {number for (number,) in installation.ask("SELECT number FROM acknowledged")}
        assert len(promised) > 150
        assert promised <= kept

    def test_is_found_running_by_a_second_start(self, installation: Installation) -> None:
        before = installation.server.postmaster_pid()

        started = installation.server.start()

        assert not started
        assert installation.server.postmaster_pid() == before


class TestTheWorker:
    def test_killed_while_it_sends_sends_the_rest_and_each_once(
        self, installation: Installation
    ) -> None:
        installation.run("-m", "tests.crash.queue_messages", "3")
        worker = installation.start_worker(stop_at="messages.sent")
        worker.wait_until_stopped_at_its_point()
        assert installation.ask(OPEN_JOBS, "deliver_messages") == [(1,)]

        worker.kill()
        installation.start_worker()

        wait_until(lambda: _sent(installation) == 3, seconds=100)
        wait_until(lambda: installation.ask(OPEN_JOBS, "deliver_messages") == [(0,)], seconds=100)
        assert installation.ask("SELECT count(*) FROM notifications_deliverytry") == [(3,)]


def _numbers(writer: Actor) -> list[int]:
    """Return the numbers said in whole lines."""
    return [int(line) for line in writer.said().split("\n")[:-1] if line.isdigit()]


def _sent(installation: Installation) -> int:
    rows = installation.ask("SELECT count(*) FROM notifications_deliverytry WHERE outcome = 'sent'")
    return int(rows[0][0])
