"""Hold the tax districts of places append-only in the database itself.

A trigger only; no rows are touched. Reversing drops it.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("accounts", "0007_know_tax_districts"),
        ("cooperative", "0002_refuse_change"),
    ]
    operations: ClassVar[list[migrations.RunSQL]] = [
        migrations.RunSQL(
            sql="SELECT make_append_only('accounts_premisedistrict')",
            reverse_sql="SELECT make_changeable('accounts_premisedistrict')",
        )
    ]
