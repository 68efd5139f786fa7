"""Hold the ledger append-only and balanced in the database itself (domain rule 48).

The balance is checked when the transaction ends, so an entry and its postings may come in any
order. Functions and triggers only; reversing drops them.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

BALANCE = """
CREATE FUNCTION refuse_unbalanced_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  the_entry uuid;
  legs bigint;
  total numeric;
BEGIN
  IF TG_TABLE_NAME = 'ledger_entry' THEN the_entry := NEW.id;
  ELSE the_entry := NEW.entry_id;
  END IF;
  SELECT count(*), coalesce(sum(amount_cents), 0) INTO legs, total
    FROM ledger_postingrow WHERE entry_id = the_entry;
  IF legs < 2 OR total <> 0 THEN
    RAISE EXCEPTION 'entry % has % legs that sum to %', the_entry, legs, total
      USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_is_balanced';
  END IF;
  RETURN NULL;
END $$;
"""
NO_BALANCE = "DROP FUNCTION refuse_unbalanced_entry()"
CHECKED = ("ledger_entry", "ledger_postingrow")
TABLES = (*CHECKED, "ledger_askedchange", "ledger_allocation")


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("ledger", "0001_initial"),
        ("cooperative", "0002_refuse_change"),
    ]
    operations: ClassVar[list[migrations.RunSQL]] = [
        migrations.RunSQL(sql=BALANCE, reverse_sql=NO_BALANCE),
        *(
            migrations.RunSQL(
                sql=f"""
                CREATE CONSTRAINT TRIGGER entry_is_balanced AFTER INSERT ON {table}
                  DEFERRABLE INITIALLY DEFERRED
                  FOR EACH ROW EXECUTE FUNCTION refuse_unbalanced_entry()
                """,
                reverse_sql=f"DROP TRIGGER entry_is_balanced ON {table}",
            )
            for table in CHECKED
        ),
        *(
            migrations.RunSQL(
                sql=f"SELECT make_append_only('{table}')",
                reverse_sql=f"SELECT make_changeable('{table}')",
            )
            for table in TABLES
        ),
    ]
