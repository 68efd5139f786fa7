"""Drop indexes of legs and changes of the amount asked whose columns another index begins with.

No row is touched; each table is locked for the moment it takes to drop its indexes. Reversing
builds them again, which holds the table while it reads it.
"""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_one_role_at_a_time"),
        ("ledger", "0002_hold_entries"),
    ]

    operations = [
        migrations.AlterField(
            model_name="askedchange",
            name="account",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.account",
            ),
        ),
        migrations.AlterField(
            model_name="postingrow",
            name="account",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.account",
            ),
        ),
    ]
