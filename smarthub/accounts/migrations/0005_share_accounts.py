"""Invite people to an account, and keep roles as they were before each change.

A table of invitations, a history table with its triggers, and a random reference for each role,
which writes that table anew (about one row per account). Reversing drops them.
"""

import django.contrib.postgres.functions
import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_find_bare_numbers"),
        ("members", "0005_keep_history"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccountRoleEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "reference",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(), editable=False
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("holder", "Holder"),
                            ("joint", "Joint"),
                            ("full", "Full"),
                            ("payer", "Payer"),
                            ("viewer", "Viewer"),
                            ("alerts", "Alerts"),
                        ],
                        max_length=10,
                    ),
                ),
                ("nickname", models.CharField(blank=True, max_length=60)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(blank=True, null=True)),
            ],
            options={
                "db_table_comment": "append-only",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=9, unique=True)),
                ("name", models.CharField(max_length=120)),
                (
                    "channel",
                    models.CharField(
                        choices=[("email", "Email"), ("letter", "Letter")], max_length=8
                    ),
                ),
                ("address", models.CharField(max_length=254)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("holder", "Holder"),
                            ("joint", "Joint"),
                            ("full", "Full"),
                            ("payer", "Payer"),
                            ("viewer", "Viewer"),
                            ("alerts", "Alerts"),
                        ],
                        max_length=10,
                    ),
                ),
                ("role_ends_on", models.DateField(blank=True, null=True)),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="accountrole",
            name="account_role_dates_in_order",
        ),
        migrations.RemoveConstraint(
            model_name="accountrole",
            name="account_role_one_open_per_person",
        ),
        migrations.AddField(
            model_name="accountrole",
            name="reference",
            field=models.UUIDField(
                db_default=django.contrib.postgres.functions.RandomUUID(),
                editable=False,
                unique=True,
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="accountrole",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "accounts_accountroleevent" ("account_id", "ends_on", "id", "nickname", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "role", "starts_on") VALUES (OLD."account_id", OLD."ends_on", OLD."id", OLD."nickname", OLD."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', OLD."id", OLD."reference", OLD."role", OLD."starts_on"); RETURN NULL;',
                    hash="b02c9159dbd9f580af9762dba25ce52b7ebed78c",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_c6fff",
                    table="accounts_accountrole",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="accountrole",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "accounts_accountroleevent" ("account_id", "ends_on", "id", "nickname", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "role", "starts_on") VALUES (OLD."account_id", OLD."ends_on", OLD."id", OLD."nickname", OLD."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."reference", OLD."role", OLD."starts_on"); RETURN NULL;',
                    hash="5752ad70910eaf14b6ade3349e8bfc1afeb92cf6",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_e3ac6",
                    table="accounts_accountrole",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="accountrole",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_on", None), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                ),
                name="account_role_ends_after_start",
            ),
        ),
        migrations.AddField(
            model_name="accountroleevent",
            name="account",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="accounts.account",
            ),
        ),
        migrations.AddField(
            model_name="accountroleevent",
            name="person",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="members.person",
            ),
        ),
        migrations.AddField(
            model_name="accountroleevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="accounts.accountrole",
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="accepted_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="members.person",
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="invitations",
                to="accounts.account",
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="invited_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="members.person"
            ),
        ),
        migrations.AddIndex(
            model_name="invitation",
            index=models.Index(fields=["account", "-made_at"], name="invitation_of_account"),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ["holder", "joint"]), _negated=True),
                name="invitation_makes_no_holder",
            ),
        ),
    ]
