"""Let a membership say which district's seat on the board it votes for; empty where there is none.

One column with a default in the database; about one row per member. Reversing drops it.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("members", "0007_sign_in_by_phone")]
    operations: ClassVar[list[migrations.AddField]] = [
        migrations.AddField(
            model_name="membership",
            name="board_district",
            field=models.CharField(blank=True, db_default="", default="", max_length=20),
        ),
    ]
