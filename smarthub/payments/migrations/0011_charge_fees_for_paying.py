"""Let a payment, and an order to pay, bear a fee beside what is paid for accounts.

Columns with a constant default of the database: no row is rewritten, old ones bear none.
Reversing forgets the fees that were charged.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0010_name_methods_and_allow_guests")]

    operations = [
        migrations.AddField(
            model_name="payment",
            name="fee_cents",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="scheduledpayment",
            name="fee_cents",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
    ]
