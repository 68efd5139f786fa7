"""Add tax certificates and their ends; new tables, no rows. Reversing drops them with their rows."""

from __future__ import annotations

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_one_role_at_a_time"),
        ("billing", "0006_hold_messages"),
    ]

    operations = [
        migrations.CreateModel(
            name="TaxCertificate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("government", "Government"),
                            ("church", "Church"),
                            ("school", "School"),
                            ("resale", "Resale"),
                            ("other", "Other"),
                        ],
                        max_length=20,
                    ),
                ),
                ("number", models.CharField(max_length=60)),
                (
                    "taxes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30), size=None
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("proof", models.BinaryField()),
                ("proof_name", models.CharField(max_length=120)),
                ("author", models.CharField(max_length=80)),
                ("recorded_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tax_certificates",
                        to="accounts.account",
                    ),
                ),
            ],
            options={
                "db_table_comment": "append-only",
            },
        ),
        migrations.CreateModel(
            name="TaxCertificateEnd",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ends_on", models.DateField()),
                ("reason", models.CharField(max_length=200)),
                ("author", models.CharField(max_length=80)),
                ("recorded_at", models.DateTimeField()),
                (
                    "certificate",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ended",
                        to="billing.taxcertificate",
                    ),
                ),
            ],
            options={
                "db_table_comment": "append-only",
            },
        ),
        migrations.AddConstraint(
            model_name="taxcertificate",
            constraint=models.UniqueConstraint(
                fields=("account", "number", "starts_on"), name="tax_certificate_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="taxcertificate",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__gt", models.F("starts_on"))),
                name="tax_certificate_has_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="taxcertificate",
            constraint=models.CheckConstraint(
                condition=models.Q(("taxes", []), _negated=True),
                name="tax_certificate_names_its_taxes",
            ),
        ),
    ]
