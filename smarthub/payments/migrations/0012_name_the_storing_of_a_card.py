"""Keep what a card's network calls the storing of a card, to name it where its holder is not there.

A column that may be empty; no row is touched. Reversing forgets what networks called it.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0011_charge_fees_for_paying"),
    ]

    operations = [
        migrations.AddField(
            model_name="storedmethod",
            name="network_reference",
            field=models.CharField(blank=True, db_default="", max_length=80),
        ),
    ]
