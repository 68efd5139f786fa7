"""Let the database refuse what would be posted in a closed month, and a change of a closing.

A function and triggers only; no rows are touched. Reversing drops them.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

REFUSE = """
CREATE FUNCTION refuse_closed_month() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM ledger_monthclose WHERE ends_at > NEW.posted_at) THEN
    RAISE EXCEPTION 'entry % would be posted in a closed month', NEW.source_key
      USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_in_open_month';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER entry_in_open_month BEFORE INSERT ON ledger_entry
  FOR EACH ROW EXECUTE FUNCTION refuse_closed_month();
"""
ALLOW = """
DROP TRIGGER entry_in_open_month ON ledger_entry;
DROP FUNCTION refuse_closed_month();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("ledger", "0004_close_months"),
        ("cooperative", "0002_refuse_change"),
    ]
    operations: ClassVar[list[migrations.RunSQL]] = [
        migrations.RunSQL(sql=REFUSE, reverse_sql=ALLOW),
        migrations.RunSQL(
            sql="SELECT make_append_only('ledger_monthclose')",
            reverse_sql="SELECT make_changeable('ledger_monthclose')",
        ),
    ]
