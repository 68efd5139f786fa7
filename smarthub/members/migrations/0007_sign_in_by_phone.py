"""Let a login be opened by a phone, and keep its history with the rest.

One empty column on logins, about 1 row a member; no rows are written. Reversing drops the phones,
and with them the sign-ins that have no e-mail address.
"""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0006_hold_history"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="user",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="user",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="user",
            name="phone",
            field=models.CharField(blank=True, max_length=20, null=True, unique=True),
        ),
        migrations.AddField(
            model_name="userevent",
            name="phone",
            field=models.CharField(blank=True, max_length=20, null=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="user",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."closed_at" IS DISTINCT FROM (NEW."closed_at") OR OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."is_staff" IS DISTINCT FROM (NEW."is_staff") OR OLD."person_id" IS DISTINCT FROM (NEW."person_id") OR OLD."phone" IS DISTINCT FROM (NEW."phone"))',
                    func='INSERT INTO "members_userevent" ("closed_at", "email", "id", "is_active", "is_staff", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone") VALUES (OLD."closed_at", OLD."email", OLD."id", OLD."is_active", OLD."is_staff", OLD."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', OLD."id", OLD."phone"); RETURN NULL;',
                    hash="d56b90d334937ad68c646654650006d2afb5b646",
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
                    func='INSERT INTO "members_userevent" ("closed_at", "email", "id", "is_active", "is_staff", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone") VALUES (OLD."closed_at", OLD."email", OLD."id", OLD."is_active", OLD."is_staff", OLD."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."phone"); RETURN NULL;',
                    hash="a7f8777cc35af2952fe75b073bc0ec831194535b",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_d335d",
                    table="members_user",
                    when="AFTER",
                ),
            ),
        ),
    ]
