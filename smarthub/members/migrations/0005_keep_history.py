"""Keep people, logins, contacts and mailing addresses as they were before each change.

History tables and triggers, a table of mailing addresses, and three columns that a row already
there fills by itself: contacts get a random reference, which writes their table anew (about two
rows per member). Reversing drops them, and the history with them.
"""

import django.contrib.postgres.functions
import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0004_spent_codes"),
    ]

    operations = [
        migrations.CreateModel(
            name="ContactEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("source_system", models.CharField(default="smarthub", max_length=40)),
                ("source_id", models.CharField(blank=True, max_length=80)),
                (
                    "reference",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(), editable=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("email", "Email"), ("phone", "Phone")], max_length=8
                    ),
                ),
                ("value", models.CharField(max_length=254)),
                ("normalised", models.CharField(max_length=254)),
                ("verified_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "db_table_comment": "append-only",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="MailingAddress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source_system", models.CharField(default="smarthub", max_length=40)),
                ("source_id", models.CharField(blank=True, max_length=80)),
                ("street", models.CharField(max_length=120)),
                ("unit", models.CharField(blank=True, max_length=60)),
                ("city", models.CharField(max_length=60)),
                ("state", models.CharField(max_length=2)),
                ("postal_code", models.CharField(max_length=10)),
                ("starts_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="MailingAddressEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("source_system", models.CharField(default="smarthub", max_length=40)),
                ("source_id", models.CharField(blank=True, max_length=80)),
                ("street", models.CharField(max_length=120)),
                ("unit", models.CharField(blank=True, max_length=60)),
                ("city", models.CharField(max_length=60)),
                ("state", models.CharField(max_length=2)),
                ("postal_code", models.CharField(max_length=10)),
                ("starts_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "db_table_comment": "append-only",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PersonEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("source_system", models.CharField(default="smarthub", max_length=40)),
                ("source_id", models.CharField(blank=True, max_length=80)),
                (
                    "kind",
                    models.CharField(
                        choices=[("individual", "Individual"), ("organisation", "Organisation")],
                        default="individual",
                        max_length=12,
                    ),
                ),
                ("given_name", models.CharField(blank=True, max_length=120)),
                ("family_name", models.CharField(blank=True, max_length=120)),
                ("organisation_name", models.CharField(blank=True, max_length=120)),
                ("called", models.CharField(blank=True, max_length=120)),
                ("language", models.CharField(default="en", max_length=8)),
                (
                    "bill_format",
                    models.CharField(
                        choices=[("standard", "Standard"), ("large_print", "Large Print")],
                        db_default="standard",
                        default="standard",
                        max_length=12,
                    ),
                ),
            ],
            options={
                "db_table_comment": "append-only",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="UserEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("email", models.EmailField(blank=True, max_length=254, null=True)),
                ("is_active", models.BooleanField(default=True)),
                ("is_staff", models.BooleanField(default=False)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "db_table_comment": "append-only",
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="contact",
            name="reference",
            field=models.UUIDField(
                db_default=django.contrib.postgres.functions.RandomUUID(),
                editable=False,
                unique=True,
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="bill_format",
            field=models.CharField(
                choices=[("standard", "Standard"), ("large_print", "Large Print")],
                db_default="standard",
                default="standard",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="closed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="contact",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "members_contactevent" ("ended_at", "id", "kind", "normalised", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "source_id", "source_system", "value", "verified_at") VALUES (OLD."ended_at", OLD."id", OLD."kind", OLD."normalised", OLD."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', OLD."id", OLD."reference", OLD."source_id", OLD."source_system", OLD."value", OLD."verified_at"); RETURN NULL;',
                    hash="340f9b5868922bfd2160c65a4596f7d2d0a220d8",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_7798f",
                    table="members_contact",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="contact",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "members_contactevent" ("ended_at", "id", "kind", "normalised", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "source_id", "source_system", "value", "verified_at") VALUES (OLD."ended_at", OLD."id", OLD."kind", OLD."normalised", OLD."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."reference", OLD."source_id", OLD."source_system", OLD."value", OLD."verified_at"); RETURN NULL;',
                    hash="8fa06de405412d63475aad87c16984f73aca127e",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_aff54",
                    table="members_contact",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="person",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."bill_format" IS DISTINCT FROM (NEW."bill_format") OR OLD."called" IS DISTINCT FROM (NEW."called") OR OLD."family_name" IS DISTINCT FROM (NEW."family_name") OR OLD."given_name" IS DISTINCT FROM (NEW."given_name") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."organisation_name" IS DISTINCT FROM (NEW."organisation_name") OR OLD."source_id" IS DISTINCT FROM (NEW."source_id") OR OLD."source_system" IS DISTINCT FROM (NEW."source_system"))',
                    func='INSERT INTO "members_personevent" ("bill_format", "called", "family_name", "given_name", "id", "kind", "language", "organisation_name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source_id", "source_system") VALUES (OLD."bill_format", OLD."called", OLD."family_name", OLD."given_name", OLD."id", OLD."kind", OLD."language", OLD."organisation_name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', OLD."id", OLD."source_id", OLD."source_system"); RETURN NULL;',
                    hash="144399477ee1b509fe39efda26b5a1534179a07b",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_a133a",
                    table="members_person",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="person",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "members_personevent" ("bill_format", "called", "family_name", "given_name", "id", "kind", "language", "organisation_name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source_id", "source_system") VALUES (OLD."bill_format", OLD."called", OLD."family_name", OLD."given_name", OLD."id", OLD."kind", OLD."language", OLD."organisation_name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."source_id", OLD."source_system"); RETURN NULL;',
                    hash="a884c651af1b7d5081ea16f44ab749f24223e7ed",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_b4a8d",
                    table="members_person",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="user",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."closed_at" IS DISTINCT FROM (NEW."closed_at") OR OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."is_staff" IS DISTINCT FROM (NEW."is_staff") OR OLD."person_id" IS DISTINCT FROM (NEW."person_id"))',
                    func='INSERT INTO "members_userevent" ("closed_at", "email", "id", "is_active", "is_staff", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."closed_at", OLD."email", OLD."id", OLD."is_active", OLD."is_staff", OLD."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', OLD."id"); RETURN NULL;',
                    hash="ac8a6c13009d6a5a4fc8d6ed4df2c17b42e76467",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_3d12e",
                    table="members_user",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="user",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "members_userevent" ("closed_at", "email", "id", "is_active", "is_staff", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."closed_at", OLD."email", OLD."id", OLD."is_active", OLD."is_staff", OLD."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id"); RETURN NULL;',
                    hash="0f7d8f51faff125bda4abba45739c1e599aa68b7",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_d335d",
                    table="members_user",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="contactevent",
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
            model_name="contactevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="members.contact",
            ),
        ),
        migrations.AddField(
            model_name="mailingaddress",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="mailing_addresses",
                to="members.person",
            ),
        ),
        migrations.AddField(
            model_name="mailingaddressevent",
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
            model_name="mailingaddressevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="members.mailingaddress",
            ),
        ),
        migrations.AddField(
            model_name="personevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="members.person",
            ),
        ),
        migrations.AddField(
            model_name="userevent",
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
            model_name="userevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="mailingaddress",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)),
                fields=("person",),
                name="mailing_address_one_in_use",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="mailingaddress",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "members_mailingaddressevent" ("city", "ended_at", "id", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "postal_code", "source_id", "source_system", "starts_at", "state", "street", "unit") VALUES (OLD."city", OLD."ended_at", OLD."id", OLD."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', OLD."id", OLD."postal_code", OLD."source_id", OLD."source_system", OLD."starts_at", OLD."state", OLD."street", OLD."unit"); RETURN NULL;',
                    hash="01f954783d464da1c868226154330bfbf339cc3f",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_f2e87",
                    table="members_mailingaddress",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="mailingaddress",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "members_mailingaddressevent" ("city", "ended_at", "id", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "postal_code", "source_id", "source_system", "starts_at", "state", "street", "unit") VALUES (OLD."city", OLD."ended_at", OLD."id", OLD."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."postal_code", OLD."source_id", OLD."source_system", OLD."starts_at", OLD."state", OLD."street", OLD."unit"); RETURN NULL;',
                    hash="5fda32e132812f6999e9a1efe12146ffc40d275e",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_037a4",
                    table="members_mailingaddress",
                    when="AFTER",
                ),
            ),
        ),
    ]
