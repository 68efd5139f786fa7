"""A PostgreSQL server of its own for a bench: made for the while, removed afterwards."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from smarthub.config.private_postgres.server import private_server

MARK = "bench.scratch"
"""A file in the state folder that says: whatever is in this database may be thrown away."""


@contextmanager
def scratch_installation(*, binaries: str, user: str) -> Iterator[Mapping[str, str]]:
    """Yield the environment of a migrated installation that is thrown away at the end."""
    with tempfile.TemporaryDirectory(prefix="smarthub-bench-") as folder:
        state_dir = Path(folder)
        server = private_server(state_dir, named_binaries=binaries, named_user=user)
        server.start()
        try:
            (state_dir / MARK).touch()
            environment = _environment(state_dir)
            _run(environment, "prepare_database", SMARTHUB_AS_OWNER="1")
            yield environment
        finally:
            server.stop()


def run_in(environment: Mapping[str, str], *command: str) -> None:
    """Run a management command there.

    Raises:
        subprocess.CalledProcessError: it failed; what it said was printed.
    """
    _run(environment, *command)


def free_address() -> str:
    """Return an address of this machine at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return f"http://127.0.0.1:{listening.getsockname()[1]}"


def _environment(state_dir: Path) -> dict[str, str]:
    left_out = {"DATABASE_URL", "DATABASE_OWNER_URL", "SMARTHUB_TEST"}
    given = {name: value for name, value in os.environ.items() if name not in left_out}
    return {
        **given,
        "DJANGO_SETTINGS_MODULE": "smarthub.config.settings",
        "SMARTHUB_DEMO": "1",
        "SMARTHUB_STATE_DIR": str(state_dir),
    }


def _run(environment: Mapping[str, str], *command: str, **more: str) -> None:
    subprocess.run(  # noqa: S603 (our own command)
        [sys.executable, "-m", "django", *command], env={**environment, **more}, check=True
    )
