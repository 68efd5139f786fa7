"""Installations of real processes, for tests that send SIGKILL from outside.

A test starts ``python -m tests.crash.<some script>`` by ``installation.start``, armed with one
of the points named in the code, waits until it stands there, kills it, starts the same command
again, and looks at the database by ``installation.ask``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from smarthub.config.private_postgres.server import private_server, remove_private_server
from tests.crash.installation import Installation, make_installation


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Lend the tests of one module an installation with the cast on stage."""
    state_dir = tmp_path_factory.mktemp("installation")
    names = {
        "named_binaries": os.environ.get("SMARTHUB_PG_BIN", ""),
        "named_user": os.environ.get("SMARTHUB_PG_USER", ""),
    }
    made = None
    try:
        made = make_installation(state_dir, private_server(state_dir, **names))
        yield made
    finally:
        if made is not None:
            made.kill_all()
        remove_private_server(state_dir, **names)
