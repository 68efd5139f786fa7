"""Keep what each bill was priced from, and make room for drafts, holds and cancellations.

New tables, and columns with a default of the database: no row is rewritten. Reversing drops them.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_one_agreement_at_a_time"),
        ("billing", "0002_hold_bills"),
    ]

    operations = [
        migrations.AddField(
            model_name="bill",
            name="edition",
            field=models.PositiveSmallIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name="billrun",
            name="approved_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="billrun",
            name="reviewed",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="billrunchunk",
            name="drafted_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="billsegment",
            name="after",
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.AddField(
            model_name="billsegment",
            name="estimated",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="billsegment",
            name="inputs",
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.CreateModel(
            name="BillCancellation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(max_length=20)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("cancelled_by", models.CharField(max_length=80)),
                ("cancelled_on", models.DateField()),
                ("cancelled_at", models.DateTimeField()),
                (
                    "bill",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cancellation",
                        to="billing.bill",
                    ),
                ),
            ],
            options={
                "db_table_comment": "append-only",
            },
        ),
        migrations.CreateModel(
            name="BillDifference",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=30)),
                ("found_at", models.DateTimeField()),
                ("billed_cents", models.BigIntegerField()),
                ("would_be_cents", models.BigIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("settled_at", models.DateTimeField(null=True)),
                ("settled_by", models.CharField(blank=True, max_length=80)),
                ("settled_as", models.CharField(blank=True, max_length=20)),
                (
                    "bill",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="differences",
                        to="billing.bill",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("bill", "digest"), name="bill_difference_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="BillDraft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("charges_cents", models.BigIntegerField()),
                ("asked_cents", models.BigIntegerField()),
                (
                    "services",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=10), size=None
                    ),
                ),
                ("last_year_cents", models.BigIntegerField(null=True)),
                ("last_cents", models.BigIntegerField(null=True)),
                ("digest", models.CharField(max_length=64)),
                ("held_code", models.CharField(blank=True, max_length=40)),
                ("held_values", models.JSONField(default=dict)),
                ("released_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.account",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="drafts",
                        to="billing.billrun",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("run", "account"), name="bill_draft_once_per_run"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BillHold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(max_length=200)),
                ("held_by", models.CharField(max_length=80)),
                ("held_at", models.DateTimeField()),
                ("released_by", models.CharField(blank=True, max_length=80)),
                ("released_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bill_holds",
                        to="accounts.account",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("released_at", None)),
                        fields=("account",),
                        name="bill_hold_one_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ContractFact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        choices=[
                            ("horsepower", "Horsepower"),
                            ("kva", "Kva"),
                            ("lamps", "Lamps"),
                            ("power_factor", "Power Factor"),
                            ("winter_average", "Winter Average"),
                        ],
                        max_length=20,
                    ),
                ),
                ("value", models.DecimalField(decimal_places=3, max_digits=12)),
                ("effective_from", models.DateField()),
                ("author", models.CharField(max_length=80)),
                ("recorded_at", models.DateTimeField()),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contract_facts",
                        to="accounts.serviceagreement",
                    ),
                ),
            ],
            options={
                "db_table_comment": "append-only",
                "indexes": [
                    models.Index(
                        fields=["agreement", "name", "effective_from"],
                        name="billing_con_agreeme_50680d_idx",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("value__gte", 0)), name="contract_fact_positive"
                    )
                ],
            },
        ),
    ]
