"""Hold credits and proposals append-only in the database itself.

Triggers only; no rows are touched. Reversing drops them.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

TABLES = (
    "auto_pay_creditprogramme",
    "auto_pay_signupcredit",
    "auto_pay_creditend",
    "auto_pay_proposal",
    "auto_pay_proposalrefusal",
)


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("auto_pay", "0003_earn_credits_and_propose")]
    operations: ClassVar[list[migrations.RunSQL]] = [
        *(
            migrations.RunSQL(
                sql=f"SELECT make_append_only('{table}')",
                reverse_sql=f"SELECT make_changeable('{table}')",
            )
            for table in TABLES
        ),
    ]
