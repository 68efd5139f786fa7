"""Keep which orders present a returned payment once more, once for its number and its day.

A new table. Reversing forgets which payments were presented again.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0012_name_the_storing_of_a_card")]

    operations = [
        migrations.CreateModel(
            name="PresentedAgain",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("present_on", models.DateField()),
                ("ordered_at", models.DateTimeField()),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="presented_again",
                        to="payments.payment",
                    ),
                ),
                (
                    "scheduled",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="presents",
                        to="payments.scheduledpayment",
                    ),
                ),
            ],
            options={
                "db_table_comment": "append-only",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("payment", "number"), name="presented_again_once"
                    ),
                    models.UniqueConstraint(
                        fields=("payment", "present_on"), name="presented_again_once_a_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 1), ("number__lte", 2)),
                        name="presented_again_twice",
                    ),
                ],
            },
        ),
    ]
