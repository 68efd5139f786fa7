"""Hold failed checks and decisions append-only. Triggers only; reversing drops them."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

TABLES = ("metering_failedcheck", "metering_checkdecision")


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("metering", "0003_keep_failed_checks"),
        ("cooperative", "0002_refuse_change"),
    ]
    operations: ClassVar[list[migrations.RunSQL]] = [
        migrations.RunSQL(
            sql=f"SELECT make_append_only('{table}')",
            reverse_sql=f"SELECT make_changeable('{table}')",
        )
        for table in TABLES
    ]
