"""Let a gateway's event be about a stored method, such as a card's new number.

A column that may be empty; no row is touched. Reversing forgets which methods events were about.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0014_hold_presented_again"),
    ]

    operations = [
        migrations.AddField(
            model_name="inboxevent",
            name="method_token",
            field=models.CharField(blank=True, db_default="", max_length=120),
        ),
    ]
