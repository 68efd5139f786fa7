"""Hold what became of payments append-only in the database itself.

Triggers only; no rows are touched. Reversing drops them.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

TABLES = (
    "payments_chargefact",
    "payments_factpart",
    "payments_fee",
    "payments_refund",
    "payments_refunddecision",
    "payments_refundevent",
    "payments_paymentmove",
    "payments_paymentnote",
    "payments_suspenseitem",
    "payments_suspensematch",
    "payments_inboxevent",
    "payments_inboxresult",
    "payments_settlement",
    "payments_settlementline",
    "payments_moneyexception",
    "payments_explanation",
)


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("payments", "0003_keep_what_became_of_payments"),
    ]
    operations: ClassVar[list[migrations.RunSQL]] = [
        *(
            migrations.RunSQL(
                sql=f"SELECT make_append_only('{table}')",
                reverse_sql=f"SELECT make_changeable('{table}')",
            )
            for table in TABLES
        ),
    ]
