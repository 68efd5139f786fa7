"""What the application's role may do in the database, given after each migration.

Ordinary tables may be changed; tables whose comment is ``append-only`` may only be read and
added to. So two locks hold the ledger: this one, and the triggers that stop the owner as well.
"""

from __future__ import annotations

from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

from smarthub.cooperative.models import APPEND_ONLY

# One number for all that change the schema: they take turns.
MIGRATION_LOCK = 20_261_122
READ_ONLY = "django_migrations"

TABLES = """
SELECT c.relname, coalesce(obj_description(c.oid, 'pg_class') = %s, false)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
ORDER BY c.relname
"""
GUARDS = """
SELECT DISTINCT c.relname FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
WHERE p.proname = 'refuse_change' AND t.tgenabled = 'O'
GROUP BY c.relname
-- Bits of tgtype: 8 delete, 16 update, 32 truncate.
HAVING bit_or(t.tgtype::int) & 56 = 56
"""
RIGHTS = """
SELECT t.name, r.name, has_table_privilege(%s, format('public.%%I', t.name), r.name)
FROM unnest(%s::text[]) AS t (name),
  unnest('{SELECT,INSERT,UPDATE,DELETE,TRUNCATE}'::text[]) AS r (name)
"""


def list_tables() -> dict[str, bool]:
    """Return each table's name, and whether it is append-only."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES, [APPEND_ONLY])
        return dict(cursor.fetchall())


def list_unguarded_tables() -> list[str]:
    """Return the append-only tables whose triggers do not refuse every change."""
    with connection.cursor() as cursor:
        cursor.execute(GUARDS)
        guarded = {name for (name,) in cursor.fetchall()}
    return [
        name for name, append_only in list_tables().items() if append_only and name not in guarded
    ]


def grant_application_rights(*, role: str) -> None:
    """Give the application's role what it needs and no more; safe to repeat."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table, append_only in list_tables().items():
            cursor.execute(_compose("REVOKE ALL ON TABLE {table} FROM {role}", role, table))
            rights = ", ".join(_rights(table, append_only=append_only))
            cursor.execute(_compose("GRANT " + rights + " ON TABLE {table} TO {role}", role, table))
        for command in (
            "GRANT USAGE ON SCHEMA public TO {role}",
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
            "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {role}",
        ):
            cursor.execute(_compose(command, role))


def list_wrong_rights(*, role: str) -> list[str]:
    """Return, as ``RIGHT on table``, what the role has too much or too little of."""
    tables = list_tables()
    with connection.cursor() as cursor:
        cursor.execute(RIGHTS, [role, list(tables)])
        rows = cursor.fetchall()
    return [
        f"{right} on {table}"
        for table, right, held in rows
        if held != (right in _rights(table, append_only=tables[table]))
    ]


def count_waiting_migrations() -> int:
    """Return how many migrations this version has that the database has not."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def get_current_role() -> str:
    """Return the role this process uses."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return str(cursor.fetchone()[0])


def _rights(table: str, *, append_only: bool) -> tuple[str, ...]:
    if table == READ_ONLY:
        return ("SELECT",)
    return ("SELECT", "INSERT") if append_only else ("SELECT", "INSERT", "UPDATE", "DELETE")


def _compose(command: str, role: str, table: str = "") -> sql.Composed:
    return sql.SQL(command).format(role=sql.Identifier(role), table=sql.Identifier(table))
