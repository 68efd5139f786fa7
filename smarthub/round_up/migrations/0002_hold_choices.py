"""Hold what was chosen append-only in the database itself.

Triggers only; no rows are touched. Reversing drops them.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("round_up", "0001_initial"),
        ("cooperative", "0002_refuse_change"),
    ]
    operations: ClassVar[list[migrations.RunSQL]] = [
        migrations.RunSQL(
            sql="SELECT make_append_only('round_up_roundupchoice')",
            reverse_sql="SELECT make_changeable('round_up_roundupchoice')",
        ),
    ]
