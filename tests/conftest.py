"""What every test may ask for. Time is given; the network is off; the database is real."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.db.backends.base.creation import TEST_DATABASE_PREFIX
from django.utils import timezone, translation
from hypothesis import HealthCheck, settings
from pytest_django.plugin import DjangoDbBlocker

from smarthub.jobs.catalogue import compile_catalogue
from tests.databases import copy_once, drop_database, is_kept, prepare_template, turn_to
from tests.worlds import Atlas, foreseen

pytest_plugins = ["tests.cast", "tests.sandbox_gateway", "tests.workflows.usage.export_world"]

settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")
"""A busy machine is no fault of a property; by default an example may take no more than 200 ms."""


@pytest.fixture(scope="session", autouse=True)
def spanish_compiled() -> None:
    """Compile the Spanish catalogue as it stands: the compiled one is not committed."""
    compile_catalogue()


@pytest.fixture(autouse=True)
def at_home() -> None:
    """Begin in no language and no zone but the settings' own: a page asked before set both."""
    translation.deactivate()
    timezone.deactivate()


@pytest.fixture(scope="session")
def atlas(
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[Atlas]:
    """Give this process its empty database, and what keeps the worlds built beside it."""
    served = connection.settings_dict["NAME"]
    home = connection.settings_dict["TEST"]["NAME"] or f"{TEST_DATABASE_PREFIX}{served}"
    with django_db_blocker.unblock():
        template = prepare_template(f"{home}_template")
        turn_to(copy_once(home, source=template))
        atlas = Atlas(home=home, template=template)
    yield atlas
    with django_db_blocker.unblock():
        atlas.close()
        turn_to(served)
        for name in (home,) if is_kept() else (home, template):
            drop_database(name)


@pytest.fixture(scope="session")
def django_db_setup(atlas: Atlas) -> None:
    """Stand in for pytest-django's own, which would migrate a database for each process."""


@pytest.fixture
def _django_db_helper(_world_entered: None, _django_db_helper: None, django_db_setup: None) -> None:
    """Begin each test's transaction, as pytest-django does, in the world the test asks for."""


@pytest.fixture
def _world_entered(
    request: pytest.FixtureRequest, atlas: Atlas, django_db_blocker: DjangoDbBlocker
) -> None:
    with django_db_blocker.unblock():
        atlas.enter(foreseen(filter(_lender(request), request.fixturenames)))


def _lender(request: pytest.FixtureRequest) -> Callable[[str], bool]:
    """Tell a fixture that lends its world from one of a test file's own with the same name."""
    known = request.node._fixtureinfo.name2fixturedefs  # noqa: SLF001 (pytest tells it nowhere else)
    return lambda name: name in known and "atlas" in known[name][-1].argnames


@pytest.fixture
def committing_database(atlas: Atlas, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """Lend an empty database of the test's own, in which it may really commit; return its name."""
    with django_db_blocker.unblock(), atlas.copy_of(None) as own:
        yield own
