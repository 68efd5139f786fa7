"""Hold what is to go back append-only in the database itself.

Triggers only; no rows are touched. Reversing drops them.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("payments", "0021_take_entries_back")]
    operations: ClassVar[list[migrations.RunSQL]] = [
        migrations.RunSQL(
            sql="SELECT make_append_only('payments_entryreversal')",
            reverse_sql="SELECT make_changeable('payments_entryreversal')",
        )
    ]
