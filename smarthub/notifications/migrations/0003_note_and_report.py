"""Note calls with members, and take reports of suspicious ones.

New, empty tables, and an index of messages by person (made while nothing is sent: about twenty
rows per account and year). Reversing drops them.
"""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0006_hold_history"),
        ("notifications", "0002_hold_messages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ContactNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("account_number", models.CharField(max_length=20)),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("call", "Call"),
                            ("visit", "Visit"),
                            ("letter", "Letter"),
                            ("other", "Other"),
                        ],
                        max_length=8,
                    ),
                ),
                ("by_us", models.BooleanField()),
                ("about", models.CharField(max_length=400)),
                ("happened_at", models.DateTimeField()),
                ("noted_at", models.DateTimeField()),
            ],
            options={
                "db_table_comment": "append-only",
            },
        ),
        migrations.CreateModel(
            name="ReportStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("looked_into", "Looked Into"),
                            ("ours", "Ours"),
                            ("fraud", "Fraud"),
                            ("closed", "Closed"),
                        ],
                        max_length=12,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=1000)),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table_comment": "append-only",
            },
        ),
        migrations.CreateModel(
            name="SuspiciousReport",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("call", "Call"),
                            ("email", "Email"),
                            ("text", "Text"),
                            ("letter", "Letter"),
                            ("visit", "Visit"),
                        ],
                        max_length=8,
                    ),
                ),
                ("came_from", models.CharField(blank=True, max_length=254)),
                ("text", models.TextField()),
                ("answer_to", models.CharField(blank=True, max_length=254)),
                ("picture", models.BinaryField(null=True)),
                ("reported_at", models.DateTimeField()),
            ],
            options={
                "db_table_comment": "append-only",
            },
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["person", "-queued_at"], name="message_of_person"),
        ),
        migrations.AddField(
            model_name="contactnote",
            name="noted_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="reportstep",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="suspiciousreport",
            name="person",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reports",
                to="members.person",
            ),
        ),
        migrations.AddField(
            model_name="reportstep",
            name="report",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="steps",
                to="notifications.suspiciousreport",
            ),
        ),
        migrations.AddIndex(
            model_name="contactnote",
            index=models.Index(fields=["account_number", "-happened_at"], name="note_of_account"),
        ),
        migrations.AddIndex(
            model_name="suspiciousreport",
            index=models.Index(fields=["-reported_at"], name="report_newest_first"),
        ),
    ]
