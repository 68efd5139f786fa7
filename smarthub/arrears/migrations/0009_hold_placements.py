"""Hold placements, recoveries and their ends append-only in the database itself.

Triggers only; no rows are touched. Reversing drops them.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

TABLES = (
    "arrears_agencyfile",
    "arrears_placement",
    "arrears_placementend",
    "arrears_recovery",
    "arrears_recoveryend",
)


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("arrears", "0008_place_debts"),
        ("cooperative", "0002_refuse_change"),
    ]
    operations: ClassVar[list[migrations.RunSQL]] = [
        *(
            migrations.RunSQL(
                sql=f"SELECT make_append_only('{table}')",
                reverse_sql=f"SELECT make_changeable('{table}')",
            )
            for table in TABLES
        ),
    ]
