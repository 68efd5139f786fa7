"""The running demo, whose processes are killed one after another while it serves."""

from __future__ import annotations

import os
import signal
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from smarthub.config.private_postgres.server import private_server
from tests.crash.installation import wait_until
from tests.e2e.running_demo import RunningDemo, run_demo

pytestmark = [pytest.mark.crash, pytest.mark.allow_hosts(["127.0.0.1"])]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    """Run a demo for the tests of this module."""
    with run_demo(tmp_path_factory.mktemp("killed") / "var", own_server=True) as running:
        yield running


def children_of(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def pid_of(demo: RunningDemo, name: str) -> int | None:
    """Return the process of one part of the demo, if it runs."""
    word = {"web": "granian", "worker": "worker", "gateway": "gateway_process"}[name]
    for pid in children_of(demo.process.pid):
        if word in Path(f"/proc/{pid}/cmdline").read_bytes().decode():
            return pid
    return None


def is_ready(demo: RunningDemo) -> bool:
    try:
        with urllib.request.urlopen(f"{demo.base_url}/readyz", timeout=5) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


class TestADemoWhosePartsAreKilled:
    @pytest.mark.parametrize("name", ["web", "worker", "gateway"])
    def test_starts_the_part_again(self, demo: RunningDemo, name: str) -> None:
        before = pid_of(demo, name)
        assert before is not None

        os.kill(before, signal.SIGKILL)

        wait_until(lambda: pid_of(demo, name) not in {None, before})
        wait_until(lambda: is_ready(demo))

    def test_starts_its_database_again(self, demo: RunningDemo) -> None:
        server = private_server(demo.state_dir, named_binaries="", named_user="")
        before = server.postmaster_pid()
        assert before is not None

        os.kill(before, signal.SIGKILL)

        wait_until(lambda: server.postmaster_pid() not in {None, before})
        wait_until(lambda: is_ready(demo))

    def test_stops_everything_at_ctrl_c(self, demo: RunningDemo) -> None:
        server = private_server(demo.state_dir, named_binaries="", named_user="")
        children = children_of(demo.process.pid)
        assert len(children) >= 3

        demo.process.send_signal(signal.SIGINT)
        demo.process.wait(timeout=60)

        assert [pid for pid in children if Path(f"/proc/{pid}").exists()] == []
        assert server.postmaster_pid() is None
