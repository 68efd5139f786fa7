"""Remember which codes printed on bills were used, so that each opens once.

A new, empty table; reversing drops it, and the newest bill's code opens again.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0003_one_time_codes"),
    ]

    operations = [
        migrations.CreateModel(
            name="SpentCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("subject", models.CharField(max_length=60, unique=True)),
                ("spent_at", models.DateTimeField()),
            ],
        ),
    ]
