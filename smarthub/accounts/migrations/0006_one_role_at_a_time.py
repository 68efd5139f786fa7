"""Allow a person one role on an account on any day, and hold the history of roles append-only.

An exclusion constraint, which needs no extension because each id is a one-value range, and
triggers. About one role per account. Reversing drops them.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

EXCLUDE = """
ALTER TABLE accounts_accountrole ADD CONSTRAINT account_role_no_overlap
  EXCLUDE USING gist (
    int8range(account_id, account_id, '[]') WITH &&,
    int8range(person_id, person_id, '[]') WITH &&,
    daterange(starts_on, ends_on) WITH &&
  )
"""


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("accounts", "0005_share_accounts"),
        ("cooperative", "0002_refuse_change"),
    ]
    operations: ClassVar[list[migrations.RunSQL]] = [
        migrations.RunSQL(
            sql=EXCLUDE,
            reverse_sql="ALTER TABLE accounts_accountrole DROP CONSTRAINT account_role_no_overlap",
        ),
        migrations.RunSQL(
            sql="SELECT make_append_only('accounts_accountroleevent')",
            reverse_sql="SELECT make_changeable('accounts_accountroleevent')",
        ),
    ]
