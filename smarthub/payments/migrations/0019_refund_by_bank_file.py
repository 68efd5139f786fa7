"""Let an entry of a bank file be a refund's. No row is touched; the check holds for all of them."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0018_find_wrong_codes")]

    operations = [
        migrations.AddField(
            model_name="sententry",
            name="refund",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sent_entry",
                to="payments.refund",
            ),
        ),
        migrations.AddConstraint(
            model_name="sententry",
            constraint=models.CheckConstraint(
                condition=models.Q(attempt=None) | models.Q(refund=None),
                name="sent_entry_of_one_thing",
            ),
        ),
    ]
