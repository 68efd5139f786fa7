"""The application's role: what it may do, and that two locks hold every append-only table."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import IntegrityError, ProgrammingError, connection, transaction
from pytest_django import Settings

from smarthub.jobs.database import (
    grant_application_rights,
    list_tables,
    list_unguarded_tables,
    list_wrong_rights,
)

ROLE = "smarthub_test_app"
HELD = ("ledger_entry", "ledger_postingrow", "billing_bill", "payments_attempt", "members_consent")


@pytest.fixture
def role(db: None) -> str:
    """Make a role for the application, as an installation has one, and give it its rights."""
    with connection.cursor() as cursor:
        # Roles belong to the whole server; another test process may make it at this moment.
        cursor.execute(
            f"""
            DO $$ BEGIN CREATE ROLE {ROLE};
            EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$
            """
        )
        cursor.execute(f"GRANT {ROLE} TO CURRENT_USER")
    grant_application_rights(role=ROLE)
    return ROLE


@pytest.fixture
def as_application(role: str) -> Iterator[None]:
    """Speak to the database as the application does."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {role}")
        yield
        cursor.execute("RESET ROLE")


def run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def changes_to(table: str) -> list[str]:
    verbs = ("UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE")
    return [verb.format(table) for verb in verbs]


class TestTheApplication:
    @pytest.mark.parametrize("table", HELD)
    def test_is_refused_every_change_of_an_append_only_table(
        self, as_application: None, table: str
    ) -> None:
        for statement in changes_to(table):
            with pytest.raises(ProgrammingError, match="permission denied"):
                run(statement)

    def test_may_read_everything(self, as_application: None) -> None:
        for table in list_tables():
            run(f'TABLE "{table}" LIMIT 1')

    def test_may_change_what_is_not_append_only(self, as_application: None) -> None:
        run("UPDATE members_person SET language = 'es'")
        run("DELETE FROM django_session")

    def test_cannot_make_tables_or_pretend_a_migration_was_run(self, as_application: None) -> None:
        with pytest.raises(ProgrammingError, match="permission denied"):
            run("CREATE TABLE mine (id int)")
        with pytest.raises(ProgrammingError, match="permission denied"):
            run("DELETE FROM django_migrations")


class TestTheOwner:
    @pytest.mark.parametrize("table", HELD)
    @pytest.mark.django_db
    def test_is_stopped_by_the_trigger_even_from_emptying(self, table: str) -> None:
        with pytest.raises(IntegrityError, match="append-only"):
            run(f"TRUNCATE {table} CASCADE")


class TestEveryAppendOnlyTable:
    @pytest.mark.django_db
    def test_has_its_triggers(self) -> None:
        assert len([table for table, append_only in list_tables().items() if append_only]) > 10
        assert list_unguarded_tables() == []

    def test_has_its_rights(self, role: str) -> None:
        assert list_wrong_rights(role=role) == []

    @pytest.mark.django_db
    def test_is_found_when_a_trigger_is_taken_away_or_switched_off(self) -> None:
        run("DROP TRIGGER refuse_truncate ON ledger_entry")
        run("ALTER TABLE ledger_postingrow DISABLE TRIGGER refuse_change")

        assert list_unguarded_tables() == ["ledger_entry", "ledger_postingrow"]

    def test_is_found_when_somebody_grants_too_much_or_takes_too_much(self, role: str) -> None:
        run(f"GRANT UPDATE ON ledger_entry TO {role}")
        run(f"REVOKE DELETE ON members_person FROM {role}")

        assert sorted(list_wrong_rights(role=role)) == [
            "DELETE on members_person",
            "UPDATE on ledger_entry",
        ]


class TestPreparingTheDatabase:
    def test_grants_the_rights_again(self, role: str, settings: Settings) -> None:
        run(f"GRANT UPDATE ON ledger_entry TO {role}")
        settings.APPLICATION_ROLE = role

        call_command("prepare_database")

        assert list_wrong_rights(role=role) == []
