"""Drop indexes of messages whose columns another index begins with.

No row is touched; each table is locked for the moment it takes to drop its indexes. Reversing
builds them again, which holds the table while it reads it.
"""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0008_give_board_districts"),
        ("notifications", "0004_hold_notes"),
    ]

    operations = [
        migrations.AlterField(
            model_name="message",
            name="person",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="messages",
                to="members.person",
            ),
        ),
    ]
