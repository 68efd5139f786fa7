"""Drop indexes of bills, segments and lines whose columns another index begins with.

No row is touched; each table is locked for the moment it takes to drop its indexes. Reversing
builds them again, which holds the table while it reads it.
"""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_one_role_at_a_time"),
        ("billing", "0009_say_no_estimate"),
    ]

    operations = [
        migrations.AlterField(
            model_name="bill",
            name="account",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="bills",
                to="accounts.account",
            ),
        ),
        migrations.AlterField(
            model_name="bill",
            name="run",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="bills",
                to="billing.billrun",
            ),
        ),
        migrations.AlterField(
            model_name="billline",
            name="segment",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lines",
                to="billing.billsegment",
            ),
        ),
        migrations.AlterField(
            model_name="billsegment",
            name="bill",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="segments",
                to="billing.bill",
            ),
        ),
    ]
