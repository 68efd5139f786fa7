"""The co-op that is visited, standing: a database of its own, the gateway, and a real server."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from smarthub.config.demo import serve_command
from smarthub.config.environment import ROOT
from smarthub.kernel.sealing import new_key
from smarthub.ui.stylesheet import join_stylesheets
from tests.e2e.access.people import VISITED_AT
from tests.e2e.access.pseudo import write_pseudo_catalogue
from tests.free_ports import two_free_ports
from tests.sandbox_gateway import SECRET, start_simulator, stop_simulator

READY_SECONDS = 60


@dataclass(frozen=True)
class Standing:
    """What is visited: the portal's address, the gateway's, and what its programs start with."""

    base_url: str
    gateway_url: str
    environment: Mapping[str, str] = field(default_factory=dict)
    """What another process of it is started with."""

    def act(self, *command: str) -> str:
        """Let another process do something in it; return what it printed."""
        return _run(self.environment, *command)

    def run_jobs(self) -> None:
        """Do the jobs that wait, and come back when none is left."""
        said = self.act("-m", "django", "procrastinate", "worker", "--one-shot")
        assert "Traceback" not in said, said


@contextmanager
def stand(folder: Path) -> Iterator[Standing]:
    """Fill a database and serve it until the end; the clock stands at the day of the visit."""
    join_stylesheets()
    write_pseudo_catalogue(folder / "locale")
    port = two_free_ports()
    gateway = start_simulator(folder / "gateway.sqlite3", port=port + 1)
    try:
        with _database() as urls:
            made = {**_environment(folder, port, gateway.url), **urls}
            _run(made, "-m", "django", "prepare_database", SMARTHUB_AS_OWNER="1")
            _run(made, "-m", "tests.e2e.access.stage")
            with _server(folder, made, port) as address:
                yield Standing(address, gateway.url, made)
    finally:
        stop_simulator(gateway)


def _environment(folder: Path, port: int, gateway_url: str) -> dict[str, str]:
    shift = int(VISITED_AT.timestamp() - time.time())
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.e2e.access.settings",
        "PYTHONPATH": str(ROOT),
        "SMARTHUB_TEST": "1",
        "SMARTHUB_DEMO": "1",
        "SMARTHUB_STATE_DIR": str(folder),
        "SMARTHUB_BASE_URL": f"http://127.0.0.1:{port}",
        "SMARTHUB_TRUSTED_PROXIES": "1",  # each window comes from an address of its own
        "SMARTHUB_GATEWAY_URL": gateway_url,
        "SMARTHUB_GATEWAY_SECRET": SECRET,
        "SMARTHUB_GATEWAY_TIMEOUT_SECONDS": "1",
        "SMARTHUB_CLOCK_SHIFT_SECONDS": str(shift),
        "SMARTHUB_DATABASE_POOL": "1",
        "SMARTHUB_BANK_KEYS": new_key(),
        "SMARTHUB_PHONE_SECRET": SECRET,
    }


@contextmanager
def _database() -> Iterator[dict[str, str]]:
    """Make a database, and a role that may do in it what the application may."""
    given, name = os.environ["DATABASE_URL"], f"smarthub_access_{secrets.token_hex(4)}"
    role, password = f"{name}_app", secrets.token_hex(16)
    named = {"name": sql.Identifier(name), "role": sql.Identifier(role)}
    with psycopg.connect(given, autocommit=True) as link:
        link.execute(sql.SQL("CREATE DATABASE {name}").format(**named))
        words = sql.SQL("CREATE ROLE {role} LOGIN PASSWORD {password}")
        link.execute(words.format(password=sql.Literal(password), **named))
        try:
            yield {
                "DATABASE_OWNER_URL": make_conninfo(given, dbname=name),
                "DATABASE_URL": make_conninfo(given, dbname=name, user=role, password=password),
            }
        finally:
            link.execute(sql.SQL("DROP DATABASE {name} WITH (FORCE)").format(**named))
            link.execute(sql.SQL("DROP ROLE {role}").format(**named))


@contextmanager
def _server(folder: Path, environment: Mapping[str, str], port: int) -> Iterator[str]:
    address, said = f"http://127.0.0.1:{port}", folder / "web.log"
    with said.open("w") as log:
        process = subprocess.Popen(
            serve_command(host="127.0.0.1", port=port),
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_for(f"{address}/healthz", process, said)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)


def _run(environment: Mapping[str, str], *command: str, **more: str) -> str:
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**environment, **more},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def _wait_for(url: str, process: subprocess.Popen[bytes], said: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, said.read_text()
        with suppress(OSError), urllib.request.urlopen(url, timeout=5):  # noqa: S310 (our own)
            return
        time.sleep(0.1)
    raise AssertionError(said.read_text())
