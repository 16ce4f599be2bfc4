"""The office of the place answers reviews, too, and says which office it is."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("officials", "0003_identity_checks"),
        ("orders", "0016_open_orders_of_a_buyer"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReviewReply",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("post_zh", models.CharField(max_length=200, verbose_name="post (Chinese)")),
                ("post_en", models.CharField(max_length=260, verbose_name="post (English)")),
                ("text", models.TextField(verbose_name="text")),
                (
                    "replied_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="answered"
                    ),
                ),
                (
                    "official",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="review_replies",
                        to="officials.official",
                        verbose_name="official",
                    ),
                ),
                (
                    "review",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="office_reply",
                        to="orders.review",
                        verbose_name="review",
                    ),
                ),
            ],
            options={
                "verbose_name": "answer of an office to a review",
                "verbose_name_plural": "answers of offices to reviews",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True),
                        name="office_reply_says_something",
                    )
                ],
            },
        ),
    ]
