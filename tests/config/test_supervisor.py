"""The supervisor, with real processes that really die."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from smarthub.config.environment import ROOT
from smarthub.config.supervisor import Child, Supervisor
from tests.crash.installation import wait_until

SLEEP = (sys.executable, "-c", "import time; time.sleep(60)")
PARENT_CODE = """
import subprocess, sys, time
grandchild = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(grandchild.pid, flush=True)
time.sleep(60)
"""
FAMILY = (sys.executable, "-c", PARENT_CODE)


def make_child(tmp_path: Path, command: tuple[str, ...]) -> Child:
    return Child("sleeper", command, dict(os.environ), tmp_path / "sleeper.log")


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def pid_of(child: Child) -> int:
    assert child.process is not None
    return child.process.pid


class TestAChildThatDies:
    def test_is_started_again_after_a_pause(self, tmp_path: Path) -> None:
        child, said = make_child(tmp_path, SLEEP), list[str]()
        supervisor = Supervisor([child], heal=lambda: None, say=said.append)
        supervisor.start()
        first = pid_of(child)

        os.kill(first, signal.SIGKILL)
        wait_until(child.has_died)
        now = time.monotonic()
        supervisor.look_around(now=now)
        assert child.process is None
        supervisor.look_around(now=now + 10)

        assert pid_of(child) != first
        assert said == ["sleeper stopped; starting it again"]
        supervisor.stop()

    def test_takes_its_own_children_with_it(self, tmp_path: Path) -> None:
        child = make_child(tmp_path, FAMILY)
        supervisor = Supervisor([child], heal=lambda: None, say=lambda _said: None)
        supervisor.start()
        wait_until(lambda: child.log.read_text().strip().isdigit())
        grandchild = int(child.log.read_text())

        os.kill(pid_of(child), signal.SIGKILL)
        wait_until(child.has_died)
        supervisor.look_around(now=time.monotonic())

        wait_until(lambda: not is_alive(grandchild))

    def test_is_given_longer_pauses_while_it_keeps_dying(self, tmp_path: Path) -> None:
        child = make_child(tmp_path, SLEEP)

        # A quarter of a second, doubled at each quick death, and never above 20 seconds.
        pauses = [child.bury(now=1.0) for _ in range(8)]
        steady = child.bury(now=100.0)

        assert pauses == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 20.0, 20.0]
        assert steady == 0.25


class TestStopping:
    def test_ends_every_process_of_every_child(self, tmp_path: Path) -> None:
        child = make_child(tmp_path, FAMILY)
        supervisor = Supervisor([child], heal=lambda: None, say=lambda _said: None)
        supervisor.start()
        wait_until(lambda: child.log.read_text().strip().isdigit())
        parent, grandchild = pid_of(child), int(child.log.read_text())

        supervisor.stop()

        assert not is_alive(parent)
        wait_until(lambda: not is_alive(grandchild), seconds=5)

    def test_children_stop_when_the_supervisor_itself_is_killed(self, tmp_path: Path) -> None:
        code = (
            "import os, sys, time; from pathlib import Path;"
            "from smarthub.config.supervisor import Child;"
            "child = Child('x', [sys.executable, '-c', 'import time; time.sleep(60)'],"
            " dict(os.environ), Path(sys.argv[1]));"
            "child.start(now=0.0); print(child.process.pid, flush=True); time.sleep(60)"
        )
        command = [sys.executable, "-c", code, str(tmp_path / "x.log")]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as supervisor:
            assert supervisor.stdout is not None
            child = int(supervisor.stdout.readline())

            supervisor.kill()

            wait_until(lambda: not is_alive(child))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_polite_signal_asks_it_to_stop(number: signal.Signals) -> None:
    supervisor = Supervisor([], heal=lambda: None, say=lambda _said: None)
    before = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}

    supervisor.listen()
    signal.raise_signal(number)

    assert supervisor.stopping
    for one, handler in before.items():
        signal.signal(one, handler)
