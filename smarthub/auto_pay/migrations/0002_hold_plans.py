"""Hold plans and drafts append-only in the database itself.

Triggers only; no rows are touched. Reversing drops them.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

TABLES = (
    "auto_pay_autopayplan",
    "auto_pay_planevent",
    "auto_pay_autopaydraft",
    "auto_pay_draftevent",
    "auto_pay_drafttry",
)


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("auto_pay", "0001_initial")]
    operations: ClassVar[list[migrations.RunSQL]] = [
        *(
            migrations.RunSQL(
                sql=f"SELECT make_append_only('{table}')",
                reverse_sql=f"SELECT make_changeable('{table}')",
            )
            for table in TABLES
        ),
    ]
