"""From which network an order came (a number, no address), and what people say who were told to
buy (no account, no address, only the day)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0014_festival_screens"),
        ("streams", "0013_cockpit_advice"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="NetworkSalt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField(unique=True)),
                ("salt", models.BinaryField()),
                ("made_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="OrderNetwork",
            fields=[
                (
                    "order",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="network",
                        serialize=False,
                        to="orders.order",
                    ),
                ),
                ("number", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="ToldReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "pressure",
                    models.CharField(
                        choices=[
                            ("quota", "A number to buy was given out"),
                            ("ordered", "A superior said that one has to buy"),
                            ("wages", "It is taken off wages, or counts for marks"),
                            ("other", "Something else"),
                        ],
                        max_length=8,
                        verbose_name="what",
                    ),
                ),
                (
                    "text",
                    models.CharField(blank=True, max_length=1000, verbose_name="in their words"),
                ),
                ("day", models.DateField(verbose_name="day")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "received"),
                            ("looking", "being looked into"),
                            ("confirmed", "confirmed and stopped"),
                            ("unfounded", "nothing found"),
                        ],
                        default="received",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                (
                    "broadcast",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="told_reports",
                        to="streams.broadcast",
                        verbose_name="show",
                    ),
                ),
            ],
            options={
                "verbose_name": "report of pressure to buy",
                "verbose_name_plural": "reports of pressure to buy",
                "ordering": ["-pk"],
                "permissions": [("handle_told", "may handle reports of pressure to buy")],
                "indexes": [
                    models.Index(fields=["broadcast", "state"], name="told_of_a_show")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("pressure", "other"), _negated=True),
                            models.Q(("text", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="told_other_in_words",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ToldStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("from_state", models.CharField(blank=True, max_length=12, verbose_name="from")),
                ("to_state", models.CharField(max_length=12, verbose_name="to")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="when")),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by whom",
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="orders.toldreport",
                    ),
                ),
            ],
            options={
                "verbose_name": "step of a report of pressure",
                "verbose_name_plural": "steps of reports of pressure",
                "ordering": ["pk"],
                "abstract": False,
            },
        ),
    ]
