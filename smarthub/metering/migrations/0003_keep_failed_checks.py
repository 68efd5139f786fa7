"""Keep failed checks and decisions, what is usual for a channel, and files given at the desk.

New tables; reversing drops them.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("metering", "0002_pack_intervals"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReadImport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField(unique=True)),
                ("name", models.CharField(max_length=200)),
                ("path", models.CharField(max_length=300)),
                ("profile", models.CharField(max_length=40)),
                ("on_error", models.CharField(max_length=20)),
                ("given_by", models.CharField(max_length=150)),
                ("given_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("preview", "Preview"),
                            ("waiting", "Waiting"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("refused", "Refused"),
                            ("failed", "Failed"),
                            ("dropped", "Dropped"),
                        ],
                        default="preview",
                        max_length=10,
                    ),
                ),
                ("bytes_done", models.PositiveBigIntegerField(default=0)),
                ("bytes_total", models.PositiveBigIntegerField(default=0)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("report", models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name="UsualUse",
            fields=[
                (
                    "channel",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="metering.channel",
                    ),
                ),
                ("total", models.BigIntegerField()),
                ("peak", models.IntegerField()),
                ("days", models.PositiveSmallIntegerField()),
                ("until", models.DateField()),
            ],
        ),
        migrations.CreateModel(
            name="FailedCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("code", models.CharField(max_length=12)),
                ("values", models.JSONField(default=dict)),
                ("found_at", models.DateTimeField()),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="metering.channel",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="metering.readfile",
                    ),
                ),
            ],
            options={
                "db_table_comment": "append-only",
            },
        ),
        migrations.CreateModel(
            name="CheckDecision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "action",
                    models.CharField(
                        choices=[("accept", "Accept"), ("estimate", "Estimate"), ("edit", "Edit")],
                        max_length=8,
                    ),
                ),
                ("decided_by", models.CharField(max_length=150)),
                ("decided_at", models.DateTimeField()),
                ("note", models.CharField(blank=True, max_length=300)),
                (
                    "file",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="metering.readfile",
                    ),
                ),
                (
                    "check_failed",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decision",
                        to="metering.failedcheck",
                    ),
                ),
            ],
            options={
                "db_table_comment": "append-only",
            },
        ),
        migrations.AddIndex(
            model_name="failedcheck",
            index=models.Index(fields=["day"], name="metering_fa_day_0b4cd3_idx"),
        ),
        migrations.AddConstraint(
            model_name="failedcheck",
            constraint=models.UniqueConstraint(
                fields=("channel", "day", "code", "file"),
                name="failed_check_once",
                nulls_distinct=False,
            ),
        ),
    ]
