"""Find account numbers, new and old, however they are written: an index without hyphens.

Built beside the running system, without a lock: some seconds for a million accounts. Reversing
drops them; numbers are then found more slowly.
"""

import django.db.models.functions.text
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("accounts", "0003_claims")]

    operations = [
        AddIndexConcurrently(
            model_name="account",
            index=models.Index(
                django.db.models.functions.text.Upper(
                    models.Func(
                        models.F("number"),
                        models.Value("[^A-Za-z0-9]"),
                        models.Value(""),
                        models.Value("g"),
                        function="regexp_replace",
                        output_field=models.CharField(),
                    )
                ),
                name="account_bare_number",
            ),
        ),
        AddIndexConcurrently(
            model_name="accountalias",
            index=models.Index(
                django.db.models.functions.text.Upper(
                    models.Func(
                        models.F("number"),
                        models.Value("[^A-Za-z0-9]"),
                        models.Value(""),
                        models.Value("g"),
                        function="regexp_replace",
                        output_field=models.CharField(),
                    )
                ),
                name="account_alias_bare_number",
            ),
        ),
    ]
