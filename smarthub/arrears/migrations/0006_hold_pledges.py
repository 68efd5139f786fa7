"""Hold agencies, pledges and what came of them append-only in the database itself.

Triggers only; no rows are touched. Reversing drops them.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

TABLES = (
    "arrears_agency",
    "arrears_agencyend",
    "arrears_pledge",
    "arrears_pledgepart",
    "arrears_pledgeend",
)


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("arrears", "0005_keep_pledges"),
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
