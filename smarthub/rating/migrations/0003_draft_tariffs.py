"""Give tariffs drafts, and drafts their previews over last month's bills.

New tables only, empty at first; a preview holds a row for each bill it priced, and goes with its
draft. Reversing drops them, with every draft that was not published.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rating", "0002_hold_tariffs"),
    ]

    operations = [
        migrations.CreateModel(
            name="TariffDraft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=20)),
                ("text", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                ("author", models.CharField(max_length=80)),
                ("author_id", models.BigIntegerField()),
                ("saved_at", models.DateTimeField()),
                ("discarded_at", models.DateTimeField(null=True)),
                (
                    "published",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="drafts",
                        to="rating.tariffversion",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TariffPreview",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                ("compared_with", models.CharField(max_length=20)),
                ("since", models.DateField()),
                ("started_at", models.DateTimeField()),
                ("bills", models.PositiveIntegerField()),
                ("done", models.PositiveIntegerField(default=0)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "draft",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="previews",
                        to="rating.tariffdraft",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PreviewedBill",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("account_number", models.CharField(max_length=20)),
                ("bill_number", models.CharField(max_length=40)),
                ("before_cents", models.BigIntegerField()),
                ("after_cents", models.BigIntegerField(null=True)),
                ("refused", models.CharField(blank=True, max_length=60)),
                (
                    "preview",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="rating.tariffpreview",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="tariffpreview",
            constraint=models.UniqueConstraint(
                fields=("draft", "digest", "compared_with", "since"), name="tariff_preview_once"
            ),
        ),
        migrations.AddIndex(
            model_name="previewedbill",
            index=models.Index(
                fields=["preview", "account_number"], name="rating_prev_preview_acc7b8_idx"
            ),
        ),
    ]
