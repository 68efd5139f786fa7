"""Hold messages on bills append-only in the database itself.

Triggers only; no rows are touched. Reversing drops them.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

TABLE = "billing_printedmessage"


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("billing", "0005_write_messages"),
        ("cooperative", "0002_refuse_change"),
    ]
    operations: ClassVar[list[migrations.RunSQL]] = [
        migrations.RunSQL(
            sql=f"SELECT make_append_only('{TABLE}')",
            reverse_sql=f"SELECT make_changeable('{TABLE}')",
        ),
    ]
