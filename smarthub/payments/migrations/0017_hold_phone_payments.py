"""Hold payments by phone append-only in the database itself.

Triggers only; no rows are touched. Reversing drops them.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("payments", "0016_hand_off_to_the_phone")]
    operations: ClassVar[list[migrations.RunSQL]] = [
        migrations.RunSQL(
            sql=f"SELECT make_append_only('{table}')",
            reverse_sql=f"SELECT make_changeable('{table}')",
        )
        for table in ("payments_phonehandoff", "payments_phoneevent")
    ]
