"""Give the tests their environment before Django reads its settings.

Named first in pytest's options, so it is imported before pytest-django. With ``DATABASE_URL``
the tests use that server, whose user may make databases and roles. Without, they use a private
one under ``var/test-postgres``: the first process starts and stops it, xdist's workers inherit.
"""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from smarthub.config.environment import ROOT
from smarthub.config.private_postgres.location import SUPERUSER
from smarthub.config.private_postgres.server import PrivateServer, private_server

STATE_DIR = ROOT / "var" / "test-postgres"


def prepare_environment() -> PrivateServer | None:
    """Set what the settings need; return the private server if this process started it."""
    os.environ["SMARTHUB_TEST"] = "1"
    if os.environ.get("DATABASE_URL"):
        return None
    server = private_server(
        STATE_DIR,
        named_binaries=os.environ.get("SMARTHUB_PG_BIN", ""),
        named_user=os.environ.get("SMARTHUB_PG_USER", ""),
    )
    started = replace(server, careless=True).start()
    os.environ["DATABASE_URL"] = server.location.url(SUPERUSER, "smarthub")
    os.environ["SMARTHUB_TEST_PRIVATE"] = "1"
    return server if started else None


STARTED_SERVER = prepare_environment()


def pytest_report_header() -> str:
    """Say which server the tests use."""
    private = os.environ.get("SMARTHUB_TEST_PRIVATE") == "1"
    return "database: " + ("private server in var/test-postgres" if private else "DATABASE_URL")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server, if it was ours to start."""
    if STARTED_SERVER is not None:
        STARTED_SERVER.stop()
