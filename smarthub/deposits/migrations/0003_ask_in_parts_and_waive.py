"""Let a deposit be asked for in parts, be waived with Auto Pay, and keep what it is asked for.

Columns with a constant default of the database: no row is rewritten. Old deposits have no first due
day and no parts: all of them was asked for at once. Reversing forgets parts and waivers.
"""

import django.db.models.deletion
from django.db import migrations, models

GROUNDS = [
    ("no_history", "No History"),
    ("paid_late", "Paid Late"),
    ("returned", "Returned"),
    ("disconnected", "Disconnected"),
]
ENDS = [
    ("refunded", "Refunded"),
    ("applied", "Applied"),
    ("taken_back", "Taken Back"),
    ("waived", "Waived"),
]
WAIVERS_END = [
    ("asked_again", "Asked Again"),
    ("good_months", "Good Months"),
    ("no_service", "No Service"),
]


class Migration(migrations.Migration):
    dependencies = [("deposits", "0002_hold_deposits")]

    operations = [
        migrations.AddField(
            model_name="deposit",
            name="ground",
            field=models.CharField(
                blank=True, choices=GROUNDS, db_default="", default="", max_length=12
            ),
        ),
        migrations.AddField(
            model_name="deposit",
            name="event_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="deposit",
            name="expected_year_cents",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="deposit",
            name="instalments",
            field=models.PositiveSmallIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name="deposit",
            name="first_due_on",
            field=models.DateField(null=True),
        ),
        migrations.AlterField(
            model_name="depositclosing",
            name="how",
            field=models.CharField(choices=ENDS, max_length=10),
        ),
        migrations.CreateModel(
            name="DepositPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("amount_cents", models.BigIntegerField()),
                ("due_on", models.DateField()),
                ("asked_on", models.DateField()),
                ("asked_at", models.DateTimeField()),
                (
                    "deposit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="deposits.deposit",
                    ),
                ),
            ],
            options={
                "db_table_comment": "append-only",
                "constraints": [
                    models.UniqueConstraint(fields=("deposit", "number"), name="deposit_part_once"),
                    models.CheckConstraint(
                        condition=models.Q(("amount_cents__gt", 0)), name="deposit_part_positive"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WaiverEnd",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("how", models.CharField(choices=WAIVERS_END, max_length=12)),
                ("on", models.DateField()),
                ("ended_at", models.DateTimeField()),
                (
                    "asked_again",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="asked_before",
                        to="deposits.deposit",
                    ),
                ),
                (
                    "deposit",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="waiver_end",
                        to="deposits.deposit",
                    ),
                ),
            ],
            options={
                "db_table_comment": "append-only",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("asked_again__isnull", False), ("how", "asked_again"))
                        | (~models.Q(("how", "asked_again")) & models.Q(("asked_again", None))),
                        name="waiver_asked_again_by_one",
                    )
                ],
            },
        ),
    ]
