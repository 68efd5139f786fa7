"""The demo: one command makes a co-op and keeps its web, worker, gateway and database running."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from smarthub.config.demo_settings import DemoSettings, forget_demo
from smarthub.config.private_postgres.server import PrivateServer, remove_private_server
from smarthub.config.supervisor import Child, Supervisor

READY_SECONDS = 60


class DemoFailed(RuntimeError):
    """The demo could not start; the text says why and what to do."""


@dataclass(frozen=True)
class Demo:
    """One demo: where its state is, what its processes are told, and its own server if any."""

    state_dir: Path
    settings: DemoSettings
    environment: dict[str, str]
    server: PrivateServer | None
    say: Callable[[str], None]

    def prepare(self, *, members: int, today: str | None) -> None:
        """Migrate, build what is missing, and load the co-op unless it is there.

        Raises:
            DemoFailed: a step failed; it has said why.
        """
        self._command("prepare_database", extra={"SMARTHUB_AS_OWNER": "1"})
        self._command("build_assets")
        date = [] if today is None else ["--today", today]
        self._command("load_demo", "--members", str(members), *date)

    def serve(self) -> None:
        """Run everything until told to stop, then stop everything that was started.

        Raises:
            DemoFailed: the web did not answer in time.
        """
        supervisor = Supervisor(self._children(), heal=self._heal, say=self.say)
        supervisor.listen()
        try:
            supervisor.start()
            self._wait_until_ready(supervisor)
            if not supervisor.stopping:
                self._tell_where()
                supervisor.run()
        finally:
            self.say("Stopping")
            supervisor.stop()

    def _heal(self) -> None:
        """Start the private server again if it was killed."""
        if self.server is not None and self.server.postmaster_pid() is None:
            self.say("The private PostgreSQL stopped; starting it again")
            self.server.start()

    def _children(self) -> list[Child]:
        gateway = ["smarthub.integrations.sandbox.gateway_process"]
        gateway += ["--port", str(self.settings.gateway_port)]
        gateway += ["--state", str(self.state_dir / "sandbox" / "gateway.sqlite3")]
        gateway += ["--events-to", f"{self.settings.base_url}/gateway/events/"]
        gateway += ["--phone-to", self.settings.base_url]
        (self.state_dir / "sandbox").mkdir(exist_ok=True)
        cli = "smarthub.config.cli"
        return [
            self._child("gateway", gateway),
            self._child("worker", [cli, "worker"]),
            self._child("web", [cli, "serve", "--port", str(self.settings.port)]),
        ]

    def _child(self, name: str, module: Sequence[str]) -> Child:
        command = [sys.executable, "-m", *module]
        return Child(name, command, self.environment, self.state_dir / "log" / f"{name}.log")

    def _command(self, *command: str, extra: dict[str, str] | None = None) -> None:
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "django", *command],
            env={**self.environment, **(extra or {})},
            check=False,
        )
        if done.returncode != 0:
            raise DemoFailed(f"{command[0]} failed; see above")

    def _wait_until_ready(self, supervisor: Supervisor) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not supervisor.stopping and not _answers(f"{self.settings.base_url}/healthz"):
            if time.monotonic() > deadline:
                raise DemoFailed(f"The web does not answer: see {self.state_dir}/log/web.log")
            supervisor.look_around(now=time.monotonic())
            time.sleep(0.1)

    def _tell_where(self) -> None:
        """Print the address and the sample sign-ins."""
        self.say(f"\nOpen {self.settings.base_url}\n")
        for sign_in in read_sign_ins(self.state_dir, base_url=self.settings.base_url):
            code = f"  code secret {sign_in['totp_secret']}" if "totp_secret" in sign_in else ""
            words = f"{sign_in['role']:<10} {sign_in['email']:<40} {sign_in['password']}{code}"
            self.say(f"  {words}")
        self.say(f"\nLogs are in {self.state_dir}/log. Ctrl-C stops everything.")


@contextlib.contextmanager
def only_demo(state_dir: Path) -> Iterator[None]:
    """Keep a second demo out of this state folder while the first runs.

    Raises:
        DemoFailed: one runs already.
    """
    state_dir.mkdir(parents=True, exist_ok=True)
    with (state_dir / "demo.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DemoFailed(f"A demo runs already in {state_dir}: stop it first") from None
        yield


def need_free_port(port: int) -> None:
    """Make sure that nobody listens on a port of this machine.

    Raises:
        DemoFailed: somebody does.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise DemoFailed(
                f"Port {port} is in use: choose another with PORT=8123 make demo"
            ) from None


def read_sign_ins(state_dir: Path, *, base_url: str) -> list[dict[str, str]]:
    """Return the sample sign-ins, and keep the file's address that of this run."""
    file = state_dir / "demo.json"
    if not file.exists():
        return []
    content = json.loads(file.read_text())
    if content.get("base_url") != base_url:
        file.write_text(json.dumps({**content, "base_url": base_url}, indent=2) + "\n")
    sign_ins: list[dict[str, str]] = content["sign_ins"]
    return sign_ins


def reset_demo(state_dir: Path, *, named_binaries: str, named_user: str) -> None:
    """Remove the demo's data, its private server's included; built files stay."""
    with only_demo(state_dir):
        remove_private_server(state_dir, named_binaries=named_binaries, named_user=named_user)
        for path in forget_demo(state_dir):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 (our own address)
            return bool(answer.status == 200)  # noqa: PLR2004
    except (urllib.error.URLError, OSError):
        return False


def serve_command(*, host: str, port: int) -> list[str]:
    """Return the command line of the web server."""
    processes = min(2, os.cpu_count() or 1)
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"),
        *("--host", host, "--port", str(port)),
        *("--workers", os.environ.get("SMARTHUB_WEB_PROCESSES", str(processes))),
        *("--blocking-threads", os.environ.get("SMARTHUB_WEB_THREADS", "4")),
        *("--backpressure", "64", "--respawn-failed-workers", "--workers-kill-timeout", "10"),
        "smarthub.config.wsgi:application",
    ]
