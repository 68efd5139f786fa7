"""Let wrong codes of payments by phone be counted by an index of their own, which is tiny."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0017_hold_phone_payments")]

    operations = [
        migrations.AddIndex(
            model_name="phoneevent",
            index=models.Index(
                condition=models.Q(("kind", "wrong_code")),
                fields=["told_at"],
                name="phone_wrong_codes",
            ),
        ),
    ]
