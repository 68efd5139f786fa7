"""Allow one agreement at a service point on any day (domain rule 4).

An exclusion constraint; it needs no extension because the point's id is a one-value range.
About 1.5 rows per account. Reversing drops the constraint.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

EXCLUDE = """
ALTER TABLE accounts_serviceagreement ADD CONSTRAINT service_agreement_no_overlap
  EXCLUDE USING gist (
    int8range(service_point_id, service_point_id, '[]') WITH &&,
    daterange(starts_on, ends_on) WITH &&
  )
"""


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("accounts", "0001_initial"),
    ]
    operations: ClassVar[list[migrations.RunSQL]] = [
        migrations.RunSQL(
            sql=EXCLUDE,
            reverse_sql="""
            ALTER TABLE accounts_serviceagreement DROP CONSTRAINT service_agreement_no_overlap
            """,
        ),
    ]
