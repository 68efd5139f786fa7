"""Find an attempt by the gateway's reference: every event of a gateway asks for one.

The table is locked for writing while its index is built: some seconds for a million rows.
"""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0019_refund_by_bank_file")]

    operations = [
        migrations.AddIndex(
            model_name="attemptevent",
            index=models.Index(fields=["reference"], name="attempt_of_reference"),
        ),
    ]
