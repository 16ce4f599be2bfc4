import django.db.models.deletion
from django.db import migrations, models

import orders.models.screens


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0013_nothing_of_a_rehearsal"),
        ("products", "0006_flash_sales"),
    ]

    operations = [
        migrations.CreateModel(
            name="FestivalScreen",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "access",
                    models.CharField(
                        choices=[
                            ("open", "everyone"),
                            ("key", "whoever has the key"),
                            ("off", "nobody"),
                        ],
                        default="open",
                        max_length=4,
                        verbose_name="who may look",
                    ),
                ),
                (
                    "key",
                    models.CharField(
                        default=orders.models.screens.new_screen_key,
                        editable=False,
                        max_length=24,
                        verbose_name="key",
                    ),
                ),
                ("changed_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                (
                    "festival",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="screen",
                        to="products.festival",
                        verbose_name="festival",
                    ),
                ),
            ],
            options={
                "verbose_name": "festival screen",
                "verbose_name_plural": "festival screens",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("key", ""), _negated=True),
                        name="festival_screen_has_key",
                    )
                ],
            },
        ),
    ]
