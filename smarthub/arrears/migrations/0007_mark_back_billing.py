"""Say of an arrangement that it is of what was billed back.

A column with a default, so no row is rewritten. Reversing drops it with what it said.
"""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("arrears", "0006_hold_pledges")]

    operations = [
        migrations.AddField(
            model_name="arrangement",
            name="back_billed",
            field=models.BooleanField(default=False, db_default=False),
        ),
    ]
