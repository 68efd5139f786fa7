"""Add the messages staff write for bills; a new table, no rows. Reversing drops it with its rows."""

from __future__ import annotations

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0004_hold_cancellations"),
    ]

    operations = [
        migrations.CreateModel(
            name="PrintedMessage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.JSONField()),
                ("text", models.JSONField()),
                ("more", models.JSONField(null=True)),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("all", "All"),
                            ("rate", "Rate"),
                            ("service", "Service"),
                            ("list", "List"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "audience_values",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("author", models.CharField(max_length=80)),
                ("recorded_at", models.DateTimeField()),
                (
                    "supersedes",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="billing.printedmessage",
                    ),
                ),
            ],
            options={
                "db_table_comment": "append-only",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                        name="printed_message_ends_after_it_starts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("audience", "all"),
                            models.Q(("audience_values", []), _negated=True),
                            _connector="OR",
                        ),
                        name="printed_message_names_its_readers",
                    ),
                ],
            },
        ),
    ]
