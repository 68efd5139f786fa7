"""Start, find again and stop the private server. It survives kill -9: start it once more.

One file lock lets one process at a time make or start it. The server listens on a unix
socket only, in a folder only its user may enter, and asks for a password even there.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shlex
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from smarthub.config.private_postgres.binaries import find_binaries, reachable_binaries
from smarthub.config.private_postgres.location import (
    APPLICATION,
    DATABASE,
    OWNER,
    SOCKET_NAME,
    SUPERUSER,
    Location,
    choose_location,
    read_location,
)
from smarthub.config.private_postgres.service_user import ServiceUser, choose_service_user

START_SECONDS = 60
# After a kill the old server's children hold its memory for a moment; a start then fails.
START_TRIES = 10
SETTINGS = {
    "max_connections": "60",
    "shared_buffers": "128MB",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# What a power cut would then cost is a test run.
CARELESS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


class ServerFailed(RuntimeError):
    """A PostgreSQL program failed; the text is what it said."""


@dataclass(frozen=True)
class PrivateServer:
    """The server of one state folder; ``careless`` trades safety for speed, for tests alone."""

    state_dir: Path
    location: Location
    binaries: Path
    user: ServiceUser
    careless: bool = False

    def is_ready(self) -> bool:
        """Say whether the server answers."""
        probe = ["-q", "-h", str(self.location.socket_dir), "-t", "3"]
        return self.user.run([self.binaries / "pg_isready", *probe]).returncode == 0

    def start(self) -> bool:
        """Start the server unless it runs; return whether it had to be started.

        Raises:
            ServerFailed: it does not start; the end of its log is in the text.
        """
        with _lock(self.state_dir):
            if self.is_ready():
                return False
            if not (self.location.data / "PG_VERSION").exists():
                self._make_cluster()
            self._start_after_cleaning()
            self._make_roles()
        return True

    def stop(self) -> None:
        """Stop the server; members' requests in the middle are rolled back."""
        with _lock(self.state_dir):
            self.user.run(
                [self.binaries / "pg_ctl", "stop", "-D", self.location.data, "-m", "fast", "-w"]
            )

    def postmaster_pid(self) -> int | None:
        """Return the number of the server's first process, or None where it is not running."""
        pid = _pid_in(self.location.data / "postmaster.pid")
        return None if pid is None or _is_gone(pid, cwd=self.location.data) else pid

    def _make_cluster(self) -> None:
        """Make an empty cluster; a kill half-way leaves only a folder that is made again."""
        unfinished = self.location.home / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        with self._password_file() as password_file:
            ours = ["-D", str(unfinished), "-U", SUPERUSER, f"--pwfile={password_file}"]
            fixed = ["-E", "UTF8", "--locale=C.UTF-8", "-A", "scram-sha-256", "--data-checksums"]
            self._must([self.binaries / "initdb", *ours, *fixed])
        unfinished.rename(self.location.data)

    @contextlib.contextmanager
    def _password_file(self) -> Iterator[Path]:
        """Lend the server's user the first password in a file only they can read."""
        descriptor, name = tempfile.mkstemp(dir=self.location.home)
        path = Path(name)
        try:
            with os.fdopen(descriptor, "w") as file:
                file.write(self.location.passwords[SUPERUSER])
            os.chown(path, self.user.uid, self.user.gid)
            yield path
        finally:
            path.unlink()

    def _start_after_cleaning(self) -> None:
        options = {"listen_addresses": "", "unix_socket_directories": self.location.socket_dir}
        words = [f"-c {name}={shlex.quote(str(value))}" for name, value in options.items()]
        settings = {**SETTINGS, **(CARELESS if self.careless else {})}
        words += [f"-c {name}={shlex.quote(value)}" for name, value in settings.items()]
        command = [
            *(self.binaries / "pg_ctl", "start", "-w", "-s", "-t", START_SECONDS),
            *("-D", self.location.data, "-l", self.location.log, "-o", " ".join(words)),
        ]
        for tries_left in reversed(range(START_TRIES)):
            self._remove_what_a_kill_left()
            if self.user.run([str(part) for part in command]).returncode == 0:
                return
            if tries_left:
                time.sleep(0.5)
        raise ServerFailed(self._end_of_log())

    def _remove_what_a_kill_left(self) -> None:
        """Remove a pid file or a socket's lock whose process is gone or a zombie."""
        socket = self.location.socket_dir / SOCKET_NAME
        for file in (self.location.data / "postmaster.pid", Path(f"{socket}.lock")):
            pid = _pid_in(file)
            if pid is not None and _is_gone(pid, cwd=self.location.data):
                file.unlink(missing_ok=True)

    def _make_roles(self) -> None:
        """Make the two roles and the database; what exists already stays."""
        with psycopg.connect(self.location.url(SUPERUSER, "postgres"), autocommit=True) as link:
            for role in (OWNER, APPLICATION):
                _make_role(link, role, self.location.passwords[role])
            if not _exists(link, "SELECT 1 FROM pg_database WHERE datname = %s", DATABASE):
                link.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(
                        sql.Identifier(DATABASE), sql.Identifier(OWNER)
                    )
                )

    def _must(self, command: Sequence[str | Path]) -> None:
        done = self.user.run(command)
        if done.returncode != 0:
            raise ServerFailed(f"{done.stdout}\n{done.stderr}".strip())

    def _end_of_log(self) -> str:
        try:
            lines = self.location.log.read_text(errors="replace").splitlines()
        except FileNotFoundError:
            return "The server wrote no log."
        return "\n".join(lines[-15:])


def private_server(state_dir: Path, *, named_binaries: str, named_user: str) -> PrivateServer:
    """Return the server of a state folder, making the folder and its place if need be."""
    state_dir.mkdir(parents=True, exist_ok=True)
    user = choose_service_user(named_user)
    with _lock(state_dir):
        location = choose_location(state_dir, user=user)
        binaries = reachable_binaries(find_binaries(named_binaries), home=location.home, user=user)
    return PrivateServer(state_dir, location, binaries, user)


def remove_private_server(state_dir: Path, *, named_binaries: str, named_user: str) -> None:
    """Stop the server of a state folder and remove all its data, wherever they are."""
    if read_location(state_dir) is None:
        return
    server = private_server(state_dir, named_binaries=named_binaries, named_user=named_user)
    server.stop()
    for folder in (server.location.home, server.location.socket_dir):
        shutil.rmtree(folder, ignore_errors=True)
    (state_dir / "postgres.json").unlink()


@contextlib.contextmanager
def _lock(state_dir: Path) -> Iterator[None]:
    """Let one process at a time make, start or stop the server; a dead one lets go by itself."""
    with (state_dir / "postgres.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _make_role(link: psycopg.Connection, role: str, password: str) -> None:
    verb = "ALTER" if _exists(link, "SELECT 1 FROM pg_roles WHERE rolname = %s", role) else "CREATE"
    link.execute(
        sql.SQL(verb + " ROLE {} LOGIN PASSWORD {}").format(
            sql.Identifier(role), sql.Literal(password)
        )
    )


def _exists(link: psycopg.Connection, query: str, name: str) -> bool:
    return link.execute(sql.SQL(query), [name]).fetchone() is not None


def _pid_in(file: Path) -> int | None:
    """Return the process number on a lock file's first line, or None if there is none."""
    try:
        return abs(int(file.read_text().splitlines()[0]))
    except (FileNotFoundError, IndexError, ValueError):
        return None


def _is_gone(pid: int, *, cwd: Path) -> bool:
    """Say whether a process is dead, a zombie, or another one that was given its number.

    A server's current folder is its cluster; a process elsewhere is no server of ours.
    """
    process = Path("/proc") / str(pid)
    try:
        state = (process / "stat").read_text().rpartition(")")[2].split()[0]
        return state == "Z" or (process / "cwd").resolve(strict=True) != cwd.resolve()
    except FileNotFoundError:
        return True
    except PermissionError:
        return False
