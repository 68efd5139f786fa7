"""Add the tax districts of places; a new table, no rows. Reversing drops it with its rows."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_one_role_at_a_time")]

    operations = [
        migrations.CreateModel(
            name="PremiseDistrict",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("district", models.CharField(max_length=40)),
                ("inside", models.BooleanField()),
                ("effective_from", models.DateField()),
                ("author", models.CharField(max_length=80)),
                ("recorded_at", models.DateTimeField()),
                (
                    "premise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="districts",
                        to="accounts.premise",
                    ),
                ),
            ],
            options={
                "db_table_comment": "append-only",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("district", ""), _negated=True),
                        name="premise_district_is_named",
                    )
                ],
            },
        ),
    ]
