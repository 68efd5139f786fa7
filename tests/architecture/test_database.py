"""What the database itself must hold: append-only tables, and rows with a source."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection, models

from smarthub.cooperative.models import APPEND_ONLY

SOURCED = {
    "Person",
    "Membership",
    "Contact",
    "MailingAddress",
    "Premise",
    "ServicePoint",
    "Account",
    "AccountAlias",
    "ServiceAgreement",
    "Meter",
    "ReadFile",
    "Bill",
    "Entry",
    "Payment",
    "SuspenseItem",
    "Proposal",
}


def our_models() -> list[type[models.Model]]:
    return [m for m in apps.get_models() if m.__module__.startswith("smarthub.")]


@pytest.mark.django_db
class TestAppendOnly:
    def test_tables_marked_so_refuse_change_and_truncate_by_trigger(self) -> None:
        marked = {m._meta.db_table for m in our_models() if m._meta.db_table_comment == APPEND_ONLY}  # noqa: SLF001

        with connection.cursor() as cursor:
            cursor.execute(
                """
                SELECT tgrelid::regclass::text, array_agg(tgname::text ORDER BY tgname)
                FROM pg_trigger WHERE tgname LIKE 'refuse_%%' GROUP BY 1
                """
            )
            triggers = dict(cursor.fetchall())

        assert marked
        assert {t: triggers.get(t) for t in marked} == {
            t: ["refuse_change", "refuse_truncate"] for t in marked
        }
        assert set(triggers) == marked

    def test_facts_remember_where_they_came_from(self) -> None:
        sourced = [m for m in our_models() if hasattr(m, "source_system")]
        found = {m.__name__ for m in sourced if not hasattr(m, "pgh_tracked_model")}

        assert found == SOURCED


class TestTables:
    def test_carry_the_name_of_their_package(self) -> None:
        strangers = [
            m._meta.db_table  # noqa: SLF001
            for m in our_models()
            if not m._meta.db_table.startswith(m.__module__.split(".")[1] + "_")  # noqa: SLF001
        ]

        assert strangers == []
