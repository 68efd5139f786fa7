"""Keep who says an account is theirs, and the alarms when somebody asks for many.

Two new, empty tables. Reversing drops them; whoever is registering begins again.
"""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_one_agreement_at_a_time"),
        ("members", "0003_one_time_codes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Claim",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("number_asked", models.CharField(max_length=40)),
                ("name_asked", models.CharField(max_length=120)),
                ("email", models.CharField(blank=True, max_length=254)),
                ("language", models.CharField(max_length=8)),
                ("ip_address", models.GenericIPAddressField()),
                ("asked_at", models.DateTimeField()),
                ("codes_asked", models.PositiveSmallIntegerField(default=0)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("tried_at", models.DateTimeField(blank=True, null=True)),
                (
                    "proof",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("claim-email", "Email"),
                            ("claim-text", "Text"),
                            ("bill", "Bill"),
                            ("letter", "Letter"),
                            ("staff", "Staff"),
                        ],
                        max_length=12,
                    ),
                ),
                ("proved_at", models.DateTimeField(blank=True, null=True)),
                ("email_confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Sweep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ip_address", models.GenericIPAddressField(null=True)),
                ("numbers", models.PositiveIntegerField()),
                ("hits", models.PositiveIntegerField()),
                ("raised_at", models.DateTimeField()),
                ("looked_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name="claim",
            name="account",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="claims",
                to="accounts.account",
            ),
        ),
        migrations.AddField(
            model_name="claim",
            name="user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="sweep",
            name="looked_at_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(fields=["-asked_at"], name="claim_newest_first"),
        ),
        migrations.AddIndex(
            model_name="sweep",
            index=models.Index(fields=["-raised_at"], name="sweep_newest_first"),
        ),
    ]
