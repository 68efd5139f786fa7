"""Let a method have a name and a place before others, and let a guest give one for one payment.

Columns that may be empty; no row is touched. Reversing needs that no guest has paid.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0006_hold_history"),
        ("payments", "0009_hold_money_by_other_doors"),
    ]

    operations = [
        migrations.AddField(
            model_name="storedmethod",
            name="made_default_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="storedmethod",
            name="name",
            field=models.CharField(blank=True, db_default="", max_length=30),
        ),
        migrations.AlterField(
            model_name="methodsetup",
            name="person",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="members.person",
            ),
        ),
        migrations.AlterField(
            model_name="storedmethod",
            name="person",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="stored_methods",
                to="members.person",
            ),
        ),
    ]
