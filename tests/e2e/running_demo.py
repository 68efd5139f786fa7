"""The demo itself, started as a member of staff would start it, for tests that drive a browser."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from smarthub.config.demo import reset_demo
from smarthub.config.demo_settings import remember_demo
from smarthub.config.environment import ROOT
from tests.free_ports import two_free_ports

MEMBERS = 12
LOAD_SECONDS = 300
OURS = ("DATABASE_URL", "DATABASE_OWNER_URL", "SMARTHUB_TEST", "DJANGO_SETTINGS_MODULE")


@dataclass(frozen=True)
class RunningDemo:
    """One demo that answers, and its sample sign-ins as ``demo.json`` tells them."""

    base_url: str
    gateway_url: str
    state_dir: Path
    sign_ins: tuple[dict[str, Any], ...]
    process: subprocess.Popen[bytes]
    environment: Mapping[str, str]
    """What another of its programs is started with."""

    @property
    def named_url(self) -> str:
        """The same by its name: a passkey belongs to a name, not to an address of numbers."""
        return self.base_url.replace("127.0.0.1", "localhost")

    def sign_in_of(self, name: str) -> dict[str, Any]:
        """Return the sign-in whose e-mail begins with a name: ``maria``."""
        return next(one for one in self.sign_ins if one["email"].startswith(f"{name}@"))


@contextmanager
def run_demo(
    state_dir: Path,
    *,
    own_server: bool = False,
    members: int = MEMBERS,
    at: dt.datetime | None = None,
    port: int | None = None,
) -> Iterator[RunningDemo]:
    """Start ``smarthub demo`` on two ports, free ones or ``port`` on, and stop it at the end.

    Its database is on the server the tests were given, or on one of its own; its clock begins
    at ``at``, or is not moved.
    """
    port = port or two_free_ports()
    if at is not None:
        remember_demo(state_dir, port=port, shift_seconds=int(at.timestamp() - time.time()))
    said = state_dir.parent / f"{state_dir.name}.log"
    with _database(own_server=own_server) as database, said.open("w") as log:
        environment = {**_given(), **database, "SMARTHUB_STATE_DIR": str(state_dir)}
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "smarthub.config.cli", "demo"),
                *("--members", str(members), "--port", str(port)),
            ],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _wait_until_it_says_where(process, said)
            told = json.loads((state_dir / "demo.json").read_text())
            yield RunningDemo(
                f"http://127.0.0.1:{port}",
                f"http://127.0.0.1:{port + 1}",
                state_dir,
                tuple(told["sign_ins"]),
                process,
                environment,
            )
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
            process.wait(timeout=60)
            reset_demo(
                state_dir,
                named_binaries=os.environ.get("SMARTHUB_PG_BIN", ""),
                named_user=os.environ.get("SMARTHUB_PG_USER", ""),
            )


def _given() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in OURS}


@contextmanager
def _database(*, own_server: bool) -> Iterator[dict[str, str]]:
    """Make a database on the server the tests were given; without one, the demo has its own."""
    if own_server or os.environ.get("SMARTHUB_TEST_PRIVATE") == "1":
        yield {}
        return
    given, name = os.environ["DATABASE_URL"], sql.Identifier(f"smarthub_e2e_{os.getpid()}")
    with psycopg.connect(make_conninfo(given, dbname="postgres"), autocommit=True) as link:
        link.execute(sql.SQL("CREATE DATABASE {}").format(name))
        yield {"DATABASE_URL": make_conninfo(given, dbname=f"smarthub_e2e_{os.getpid()}")}
        link.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def _wait_until_it_says_where(process: subprocess.Popen[bytes], said: Path) -> None:
    deadline = time.monotonic() + LOAD_SECONDS
    while "Open http" not in said.read_text():
        assert process.poll() is None, said.read_text()
        assert time.monotonic() < deadline, said.read_text()
        time.sleep(0.25)
