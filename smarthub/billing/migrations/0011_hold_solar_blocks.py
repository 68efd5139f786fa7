"""Allow a contract fact to count the blocks of a shared solar array an agreement holds.

Choices only; the table stays as it is. Reversing forgets the name.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("billing", "0010_index_once")]
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
                    ("solar_blocks", "Solar Blocks"),
                ],
                max_length=20,
            ),
        ),
    ]
