"""Who watched a show, for how long, and what they looked at: rows that reports are counted from."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("products", "0006_flash_sales"), ("streams", "0015_show_approvals")]

    operations = [
        migrations.CreateModel(
            name="ShowWatch",
            fields=[
                (
                    "broadcast",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="watch",
                        serialize=False,
                        to="streams.broadcast",
                    ),
                ),
                ("looked_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="ShowVisitor",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("person", models.BigIntegerField()),
                ("visits", models.PositiveIntegerField(default=1)),
                ("seconds", models.PositiveIntegerField(default=0)),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                (
                    "broadcast",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="visitors",
                        to="streams.broadcast",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("broadcast", "person"), name="one_visitor_a_show"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("last_at__gte", models.F("first_at")), ("visits__gt", 0)
                        ),
                        name="visitor_was_there",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="ShowLook",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("person", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "broadcast",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="looks",
                        to="streams.broadcast",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="products.product",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("broadcast", "product", "person"), name="one_look_a_person"
                    )
                ]
            },
        ),
        migrations.CreateModel(
            name="ShowMoment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("viewers", models.PositiveIntegerField()),
                (
                    "broadcast",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="moments",
                        to="streams.broadcast",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("broadcast", "at"), name="one_moment_a_look")
                ]
            },
        ),
    ]
