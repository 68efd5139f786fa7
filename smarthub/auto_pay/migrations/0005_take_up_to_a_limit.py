"""Let a plan say that a bill above its limit is taken up to it.

A column with a default; no row is touched. Reversing forgets which plans were agreed to so.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("auto_pay", "0004_hold_credits"),
    ]

    operations = [
        migrations.AddField(
            model_name="autopayplan",
            name="takes_up_to_cap",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
