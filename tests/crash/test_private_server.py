"""The private server, made for real: as root and as a normal user, and killed."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from smarthub.config.environment import ROOT
from smarthub.config.private_postgres.binaries import find_binaries
from smarthub.config.private_postgres.location import FAR_HOME, OWNER
from smarthub.config.private_postgres.server import (
    PrivateServer,
    private_server,
    remove_private_server,
)

pytestmark = pytest.mark.crash
AS_ROOT = os.geteuid() == 0


def make_server(state_dir: Path) -> PrivateServer:
    return private_server(
        state_dir,
        named_binaries=os.environ.get("SMARTHUB_PG_BIN", ""),
        named_user=os.environ.get("SMARTHUB_PG_USER", ""),
    )


def remove(state_dir: Path) -> None:
    remove_private_server(state_dir, named_binaries="", named_user="")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Lend a folder that every user may enter; pytest's own are closed to others."""
    folder = Path(tempfile.mkdtemp(prefix="smarthub-test-"))
    folder.chmod(0o755)
    yield folder
    remove(folder)
    shutil.rmtree(folder)


@pytest.fixture
def closed_folder(tmp_path: Path) -> Iterator[Path]:
    """Lend a folder of mode 0700, as a clone in root's home would be."""
    folder = tmp_path / "clone"
    folder.mkdir(mode=0o700)
    yield folder
    remove(folder)


def ask(server: PrivateServer, query: str) -> str:
    with psycopg.connect(server.location.url(OWNER)) as link:
        row = link.execute(query.encode()).fetchone()
    assert row is not None
    return str(row[0])


class TestTheServer:
    def test_is_made_as_it_should_be(self, open_folder: Path) -> None:
        server = make_server(open_folder)

        assert server.start()

        assert ask(server, "SHOW server_encoding") == "UTF8"
        assert ask(server, "SHOW data_checksums") == "on"
        assert ask(server, "SHOW listen_addresses") == ""
        assert ask(server, "SELECT current_user") == "smarthub_owner"
        assert ask(server, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") == "False"

    def test_asks_for_a_password_even_on_its_socket(self, open_folder: Path) -> None:
        server = make_server(open_folder)
        server.start()
        wrong = server.location.url(OWNER).replace(server.location.passwords[OWNER], "guess")

        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(wrong)

    def test_starts_again_after_kill_9_with_files_of_dead_and_foreign_processes(
        self, open_folder: Path
    ) -> None:
        server = make_server(open_folder)
        server.start()
        pid = server.postmaster_pid()
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        # The machine gave the dead server's number to another process: ourselves.
        pid_file = server.location.data / "postmaster.pid"
        lines = pid_file.read_text().splitlines()

        assert server.start()
        server.stop()
        pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")

        assert server.start()
        assert ask(server, "SELECT 1") == "1"

    def test_two_that_start_at_once_make_one_server(self, open_folder: Path) -> None:
        code = (
            "import sys; from pathlib import Path;"
            "from smarthub.config.private_postgres.server import private_server;"
            "print(private_server(Path(sys.argv[1]), named_binaries='', named_user='').start())"
        )
        command = [sys.executable, "-c", code, str(open_folder)]

        both = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) for _ in range(2)]
        said = sorted(process.communicate(timeout=60)[0].strip() for process in both)

        assert said == [b"False", b"True"]

    def test_works_in_a_folder_no_other_user_may_enter(self, closed_folder: Path) -> None:
        server = make_server(closed_folder)

        server.start()

        assert ask(server, "SELECT 1") == "1"
        assert closed_folder.stat().st_mode & 0o777 == 0o700
        assert (server.location.home.parent == FAR_HOME) == AS_ROOT

    def test_copies_programs_its_user_cannot_reach(self, closed_folder: Path) -> None:
        # The whole environment lies in the closed folder, as in a clone of root's.
        found = find_binaries("")
        site = closed_folder / "site-packages"
        for folder in (
            found.parents[1],
            found.parents[1].with_name(f"{found.parents[1].name}.libs"),
        ):
            shutil.copytree(folder, site / folder.name)
        programs = site / found.relative_to(found.parents[2])

        server = private_server(closed_folder, named_binaries=str(programs), named_user="")

        assert server.start()
        assert (server.binaries != programs) == AS_ROOT

    def test_leaves_nothing_when_it_is_removed(self, closed_folder: Path) -> None:
        server = make_server(closed_folder)
        server.start()

        remove(closed_folder)

        assert not server.location.home.exists()
        assert server.postmaster_pid() is None


class TestAsANormalUser:
    def test_it_works_without_root(self, open_folder: Path) -> None:
        home = open_folder / "home"
        home.mkdir()
        user = pwd.getpwnam("nobody") if AS_ROOT else pwd.getpwuid(os.geteuid())
        os.chown(home, user.pw_uid, user.pw_gid)
        told = home / "told"

        child = os.fork()
        if child == 0:
            _start_and_tell(home, told, user)
        _, status = os.waitpid(child, 0)

        assert status == 0
        assert told.read_text() == f"True None {user.pw_uid}"
        remove(home)


def _start_and_tell(home: Path, told: Path, user: pwd.struct_passwd) -> None:
    """In a child: become the user, start the server, tell how it went, and end."""
    try:
        if AS_ROOT:
            os.setgroups([])
            os.setgid(user.pw_gid)
            os.setuid(user.pw_uid)
        server = make_server(home)
        told.write_text(f"{server.start()} {server.user.name} {os.geteuid()}")
        server.stop()
        os._exit(0)
    finally:
        os._exit(1)
