"""The databases of the tests: migrated once, then copied as often as a test asks for one.

Migrating takes seconds, copying a tenth of one. So a private server keeps the migrated
database under a name that tells its migrations, and each process, each built world and each
test that commits gets a copy. On a named server every process migrates for itself, and takes
everything away again.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import LiteralString

import psycopg
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from psycopg import sql

from smarthub.config.environment import ROOT

KEPT_PREFIX = "smarthub_migrated_"
KEPT = 3
"""So many migrated databases stay on a private server: branches are left and come back to."""
DIGITS = 12
LOCK_NUMBER = 748_213


def prepare_template(own_name: str) -> str:
    """Return the name of a migrated database to which nothing is ever connected.

    Args:
        own_name: The name it gets if it is to be this process's own.
    """
    if not is_kept():
        copy = copy_once(own_name)
        migrate(copy)
        return copy
    name = KEPT_PREFIX + digest_of_migrations()
    with _maintenance() as link:
        link.execute("SELECT pg_advisory_lock(%s)", [LOCK_NUMBER])  # the other workers wait
        known = link.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if known is None:
            unfinished = copy_once(f"{name}_unfinished")
            migrate(unfinished)
            _run(link, "ALTER DATABASE {} RENAME TO {}", unfinished, name)
            _forget_old_ones(link)
    return name


def is_kept() -> bool:
    """Say whether the server is the tests' own, and migrated databases may stay on it."""
    return os.environ.get("SMARTHUB_TEST_PRIVATE") == "1"


def digest_of_migrations() -> str:
    """Return what changes when a migration does: ours, a locked library's, or how we migrate."""
    files = [
        *ROOT.glob("smarthub/*/migrations/*.py"),
        *ROOT.glob("requirements/*.txt"),
        Path(__file__),
    ]
    told = hashlib.sha256()
    for file in sorted(files):
        told.update(file.relative_to(ROOT).as_posix().encode() + b"\0" + file.read_bytes())
    told.update(" ".join(sorted(app.name for app in apps.get_app_configs())).encode())
    return told.hexdigest()[:DIGITS]


def migrate(name: str) -> None:
    """Bring a database up to the last migration, with the table the cache is kept in."""
    with served_from(name):
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)


@contextmanager
def served_from(name: str) -> Iterator[None]:
    """Let Django use another database for a while, and close what it opened there."""
    before = connection.settings_dict["NAME"]
    turn_to(name)
    yield
    turn_to(before)


def turn_to(name: str) -> None:
    """Let Django use another database from now on."""
    if connection.settings_dict["NAME"] != name:
        connection.close()
        connection.settings_dict["NAME"] = name


def copy_once(target: str, *, source: str = "template0") -> str:
    """Make a database as a copy of one nobody is connected to; return its name."""
    drop_database(target)
    with _maintenance() as link:
        _run(link, "CREATE DATABASE {} TEMPLATE {}", target, source)
    return target


def drop_database(name: str) -> None:
    """Take a database away, whoever still looks at it."""
    with _maintenance() as link:
        _run(link, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def _forget_old_ones(link: psycopg.Connection) -> None:
    kept = "SELECT datname FROM pg_database WHERE datname LIKE %s ORDER BY oid DESC OFFSET %s"
    for (name,) in link.execute(kept, [f"{KEPT_PREFIX}%", KEPT]).fetchall():
        _run(link, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def _run(link: psycopg.Connection, command: LiteralString, *names: str) -> None:
    link.execute(sql.SQL(command).format(*map(sql.Identifier, names)))


def _maintenance() -> psycopg.Connection:
    """Connect to the server itself, outside any transaction."""
    given = connection.settings_dict
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    address = {name: str(given[key]) for name, key in names.items() if given[key]}
    return psycopg.connect(**address, dbname="postgres", autocommit=True)  # type: ignore[arg-type]
