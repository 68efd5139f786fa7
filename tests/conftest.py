"""What every test may ask for. Time is given; the network is off; the database is real."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection
from django.db.backends.base.creation import TEST_DATABASE_PREFIX
from psycopg import sql
from pytest_django.plugin import DjangoDbBlocker

from smarthub.jobs.catalogue import compile_catalogue

pytest_plugins = ["tests.cast", "tests.sandbox_gateway"]

_copy_numbers = itertools.count(1)


@pytest.fixture(scope="session", autouse=True)
def spanish_compiled() -> None:
    """Compile the Spanish catalogue as it stands: the compiled one is not committed."""
    compile_catalogue()


@pytest.fixture(scope="session")
def database_template(
    django_db_setup: None, pytestconfig: pytest.Config, django_db_blocker: DjangoDbBlocker
) -> Iterator[str]:
    """Copy the migrated test database once; nothing ever connects to the copy itself."""
    del django_db_setup
    keep = bool(pytestconfig.getoption("reuse_db"))
    served = str(connection.settings_dict["NAME"])
    with django_db_blocker.unblock():
        if not served.startswith(TEST_DATABASE_PREFIX):
            # pytest-django saw no test of its own kind in this run, and made no database.
            connection.creation.create_test_db(verbosity=0, autoclobber=True, keepdb=keep)
        connection.close()
        migrated = str(connection.settings_dict["NAME"])
    template = f"{migrated}_template"
    _copy_database(source=migrated, target=template)
    yield template
    _drop_database(template)
    if not served.startswith(TEST_DATABASE_PREFIX) and not keep:
        with django_db_blocker.unblock():
            connection.creation.destroy_test_db(served, verbosity=0)


@pytest.fixture
def committing_database(
    database_template: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[str]:
    """Lend a database of the test's own, in which it may really commit; return its name.

    Rows of append-only tables cannot be removed afterwards, so the whole copy is dropped.
    """
    settings = connection.settings_dict
    shared = settings["NAME"]
    own = f"{shared}_{next(_copy_numbers)}"
    _copy_database(source=database_template, target=own)
    with django_db_blocker.unblock():
        connection.close()
        settings["NAME"] = own
        yield own
        connection.close()
        settings["NAME"] = shared
    _drop_database(own)


def _copy_database(*, source: str, target: str) -> None:
    _drop_database(target)
    _administer(sql.SQL("CREATE DATABASE {target} TEMPLATE {source}"), target, source)


def _drop_database(target: str) -> None:
    _administer(sql.SQL("DROP DATABASE IF EXISTS {target} WITH (FORCE)"), target)


def _administer(command: sql.SQL, target: str, source: str = "") -> None:
    """Run one command on the server itself, outside any transaction."""
    given = connection.settings_dict
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    address = {name: str(given[key]) for name, key in names.items() if given[key]}
    with psycopg.connect(**address, dbname="postgres", autocommit=True) as link:  # type: ignore[arg-type]
        link.execute(command.format(target=sql.Identifier(target), source=sql.Identifier(source)))
