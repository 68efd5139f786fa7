"""Hold bank files and money by other doors append-only in the database itself.

Triggers only; no rows are touched. Reversing drops them. A bank account's row may change: its
number is sealed anew when a key is changed, and corrected when its bank says so.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

TABLES = (
    "payments_sentbankfile",
    "payments_sententry",
    "payments_tender",
    "payments_undoing",
    "payments_undoingpart",
    "payments_moneyfile",
    "payments_moneyfilerow",
)


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("payments", "0008_keep_money_by_other_doors"),
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
