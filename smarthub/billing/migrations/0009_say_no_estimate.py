"""Let an agreement say "no estimate". The names of facts only; no table changes."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("billing", "0008_hold_tax_certificates")]
    operations: ClassVar[list[migrations.AlterField]] = [
        migrations.AlterField(
            model_name="contractfact",
            name="name",
            field=models.CharField(
                choices=[
                    ("horsepower", "Horsepower"),
                    ("kva", "Kva"),
                    ("lamps", "Lamps"),
                    ("power_factor", "Power Factor"),
                    ("winter_average", "Winter Average"),
                    ("no_estimate", "No Estimate"),
                ],
                max_length=20,
            ),
        ),
    ]
