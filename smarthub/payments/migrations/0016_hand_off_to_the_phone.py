"""Keep payments handed to the phone company's system, and what it told of them.

Two new tables, and one more channel. Reversing forgets the hand-offs; the payments stay.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_hold_tax_districts"),
        ("members", "0008_give_board_districts"),
        ("payments", "0015_hear_of_methods"),
    ]

    operations = [
        migrations.AlterField(
            model_name="payment",
            name="channel",
            field=models.CharField(
                choices=[
                    ("web", "Web"),
                    ("office", "Office"),
                    ("mail", "Mail"),
                    ("phone", "Phone"),
                    ("auto_pay", "Auto Pay"),
                    ("guest", "Guest"),
                    ("suspense", "Suspense"),
                    ("store", "Store"),
                    ("agency", "Agency"),
                    ("ivr", "Ivr"),
                ],
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="PhoneHandOff",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("amount_cents", models.BigIntegerField()),
                ("language", models.CharField(max_length=2)),
                ("code", models.CharField(max_length=8)),
                ("started_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.account",
                    ),
                ),
                (
                    "started_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.person",
                    ),
                ),
            ],
            options={
                "db_table_comment": "append-only",
            },
        ),
        migrations.CreateModel(
            name="PhoneEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=10)),
                ("reference", models.CharField(blank=True, max_length=40)),
                ("amount_cents", models.BigIntegerField(default=0)),
                ("reason", models.CharField(blank=True, max_length=40)),
                ("told_at", models.DateTimeField()),
                (
                    "payment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.payment",
                    ),
                ),
                (
                    "hand_off",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="payments.phonehandoff",
                    ),
                ),
            ],
            options={
                "db_table_comment": "append-only",
            },
        ),
        migrations.AddIndex(
            model_name="phonehandoff",
            index=models.Index(fields=["code", "expires_at"], name="payments_ph_code_4b84a9_idx"),
        ),
        migrations.AddConstraint(
            model_name="phonehandoff",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_cents__gt", 0)), name="phone_hand_off_is_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="phoneevent",
            constraint=models.UniqueConstraint(
                condition=models.Q(("reference", ""), _negated=True),
                fields=("reference",),
                name="phone_reference_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="phoneevent",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "looked_up")),
                fields=("hand_off",),
                name="phone_looked_up_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="phoneevent",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "paid")), fields=("hand_off",), name="phone_paid_once"
            ),
        ),
    ]
