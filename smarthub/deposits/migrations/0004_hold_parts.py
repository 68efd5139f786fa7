"""Hold the parts of deposits, and the ends of waivers, append-only in the database itself.

Triggers only; no rows are touched. Reversing drops them.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

TABLES = ("deposits_depositpart", "deposits_waiverend")


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("deposits", "0003_ask_in_parts_and_waive")]
    operations: ClassVar[list[migrations.RunSQL]] = [
        *(
            migrations.RunSQL(
                sql=f"SELECT make_append_only('{table}')",
                reverse_sql=f"SELECT make_changeable('{table}')",
            )
            for table in TABLES
        ),
    ]
