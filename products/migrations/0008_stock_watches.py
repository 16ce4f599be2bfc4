import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("products", "0007_search"),
    ]

    operations = [
        migrations.CreateModel(
            name="StockWatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
                ("told_at", models.DateTimeField(blank=True, null=True)),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="watches",
                        to="products.product",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stock_watches",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.AddIndex(
            model_name="stockwatch",
            index=models.Index(
                condition=models.Q(("told_at", None)),
                fields=["product", "id"],
                name="watch_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="stockwatch",
            index=models.Index(
                condition=models.Q(("told_at__isnull", False)),
                fields=["product", "-told_at"],
                name="watch_told",
            ),
        ),
        migrations.AddConstraint(
            model_name="stockwatch",
            constraint=models.UniqueConstraint(
                condition=models.Q(("told_at", None)),
                fields=("user", "product"),
                name="one_open_watch",
            ),
        ),
    ]
