"""Keep payments ordered for a day, and how an order ended that became none.

New tables, empty. Reversing drops them with their orders.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_one_role_at_a_time"),
        ("members", "0006_hold_history"),
        ("payments", "0005_name_more_channels"),
    ]

    operations = [
        migrations.CreateModel(
            name="ScheduledPayment",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("pay_on", models.DateField()),
                ("keeps_amount", models.BooleanField()),
                ("request_digest", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
                (
                    "method",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.storedmethod",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.person",
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="payments.scheduledpayment",
                    ),
                ),
            ],
            options={
                "db_table_comment": "append-only",
            },
        ),
        migrations.CreateModel(
            name="ScheduledEnd",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("cancelled", "Cancelled"),
                            ("nothing_due", "Nothing Due"),
                            ("refused", "Refused"),
                        ],
                        max_length=12,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=60)),
                ("ended_at", models.DateTimeField()),
                (
                    "scheduled",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="end",
                        to="payments.scheduledpayment",
                    ),
                ),
            ],
            options={
                "db_table_comment": "append-only",
            },
        ),
        migrations.CreateModel(
            name="ScheduledPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("amount_cents", models.BigIntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.account",
                    ),
                ),
                (
                    "scheduled",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="payments.scheduledpayment",
                    ),
                ),
            ],
            options={
                "db_table_comment": "append-only",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("scheduled", "account"), name="scheduled_part_once_per_account"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_cents__gt", 0)),
                        name="scheduled_part_is_positive",
                    ),
                ],
            },
        ),
    ]
