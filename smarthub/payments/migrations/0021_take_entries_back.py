"""Let an entry of a bank file be one that takes an earlier one back, and keep who asked for it.

A new table, a column that is empty in every row, and one more kind of fact; no row is changed. The
check is made for all rows, of which none can fail it. Reversing forgets what was asked for.
"""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0008_give_board_districts"),
        ("payments", "0020_find_by_reference"),
    ]

    operations = [
        migrations.AlterField(
            model_name="chargefact",
            name="kind",
            field=models.CharField(
                choices=[
                    ("returned", "Returned"),
                    ("disputed", "Disputed"),
                    ("dispute_won", "Dispute Won"),
                    ("dispute_lost", "Dispute Lost"),
                    ("taken_back", "Taken Back"),
                ],
                max_length=12,
            ),
        ),
        migrations.CreateModel(
            name="EntryReversal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(max_length=14)),
                ("asked_at", models.DateTimeField()),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.person",
                    ),
                ),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversal",
                        to="payments.sententry",
                    ),
                ),
            ],
            options={"db_table_comment": "append-only"},
        ),
        migrations.AddField(
            model_name="sententry",
            name="undoes",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sent_entry",
                to="payments.entryreversal",
            ),
        ),
        migrations.RemoveConstraint(model_name="sententry", name="sent_entry_of_one_thing"),
        migrations.AddConstraint(
            model_name="sententry",
            constraint=models.CheckConstraint(
                condition=models.Q(("attempt", None), ("refund", None))
                | models.Q(("attempt", None), ("undoes", None))
                | models.Q(("refund", None), ("undoes", None)),
                name="sent_entry_is_of_one_thing",
            ),
        ),
    ]
