"""A whole installation of a test's own, whose processes may be killed.

It has its own private server, migrated and with the cast on stage, and keeps everything in one
folder. What it starts runs as the application's role, as in service.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from smarthub.config.environment import ROOT
from smarthub.config.private_postgres.location import OWNER
from smarthub.config.private_postgres.server import PrivateServer

DEADLINE_SECONDS = 180.0
"""How long a process may take before the test gives up; a database alone takes half a minute."""


def wait_until(true: Callable[[], bool], *, seconds: float = DEADLINE_SECONDS) -> None:
    """Wait for something to become true, and fail the test if it does not."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


@dataclass
class Actor:
    """One process of the installation, in a group of its own."""

    process: subprocess.Popen[str]
    marker: Path
    log: Path

    def wait_until_stopped_at_its_point(self) -> None:
        """Wait until the process stands at the point it was armed with."""
        wait_until(lambda: self.marker.exists() or self.process.poll() is not None)
        assert self.marker.exists(), self.said()

    def kill(self) -> None:
        """Send SIGKILL to the whole group, from outside."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def end(self) -> str:
        """Wait until the process ends by itself; fail if it failed; return what it said."""
        assert self.process.wait(timeout=DEADLINE_SECONDS) == 0, self.said()
        return self.said()

    def said(self) -> str:
        """Return all it has said so far."""
        return self.log.read_text()


@dataclass
class Installation:
    """One installation; ``kill_all`` ends what it started."""

    state_dir: Path
    server: PrivateServer
    environment: Mapping[str, str]
    actors: list[Actor] = field(default_factory=list)

    def start(self, *command: str, stop_at: str = "", **variables: str) -> Actor:
        """Start ``python`` with this command, to stand still at a named point if one is given."""
        number = len(self.actors)
        marker, log = self.state_dir / f"reached-{number}", self.state_dir / f"said-{number}.log"
        armed = {"SMARTHUB_STOP_AT": stop_at, "SMARTHUB_STOP_MARKER": str(marker)}
        with log.open("w") as file:
            process = subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env={**self.environment, **(armed if stop_at else {}), **variables},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                text=True,
            )
        actor = Actor(process, marker, log)
        self.actors.append(actor)
        return actor

    def run(self, *command: str, **variables: str) -> str:
        """Run ``python`` with this command to its good end; return what it said."""
        return self.start(*command, **variables).end()

    def manage(self, *command: str, stop_at: str = "") -> Actor:
        """Start a management command."""
        return self.start("-m", "django", *command, stop_at=stop_at)

    def start_worker(self, *, stop_at: str = "") -> Actor:
        """Start a worker, as ``smarthub worker`` does."""
        return self.manage("procrastinate", "worker", stop_at=stop_at)

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Run one statement as the owner and return its rows, if it has any."""
        with psycopg.connect(self.server.location.url(OWNER), autocommit=True) as link:
            cursor = link.execute(sql.SQL(query), values)
            return cursor.fetchall() if cursor.description else []

    def kill_database(self) -> None:
        """Send SIGKILL to the server's first process."""
        pid = self.server.postmaster_pid()
        assert pid is not None
        os.kill(pid, signal.SIGKILL)

    def kill_all(self) -> None:
        """End every process that was started, and the server."""
        for actor in self.actors:
            actor.kill()
        self.server.stop()


def make_installation(state_dir: Path, server: PrivateServer) -> Installation:
    """Start the server, migrate it, and put the cast on stage."""
    server.start()
    given = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DATABASE_URL", "DATABASE_OWNER_URL", "SMARTHUB_TEST"}
    }
    ours = {
        "DJANGO_SETTINGS_MODULE": "smarthub.config.settings",
        "SMARTHUB_DEMO": "1",
        "SMARTHUB_STATE_DIR": str(state_dir),
        "PYTHONUNBUFFERED": "1",
    }
    made = Installation(state_dir, server, {**given, **ours})
    made.run("-m", "django", "prepare_database", SMARTHUB_AS_OWNER="1")
    made.run("-m", "tests.crash.stage")
    return made
