"""A rehearsal tries out the show's flash sales, with units that are no stock."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("streams", "0017_picture_source"),
    ]

    operations = [
        migrations.CreateModel(
            name="RehearsalFlash",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quantity", models.PositiveIntegerField()),
                ("base_price_fen", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "waits for approval"),
                            ("scheduled", "ready to start"),
                            ("countdown", "counting down"),
                            ("running", "on sale now"),
                            ("ended", "ended"),
                            ("cancelled", "called off"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="scheduled",
                        max_length=10,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("time", "its time was over"),
                            ("sold_out", "sold out"),
                            ("stopped", "stopped by the host"),
                            ("show_over", "the show ended"),
                            ("withdrawn", "taken back by the curator"),
                        ],
                        max_length=10,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=0)),
                ("taken", models.PositiveIntegerField(default=0)),
                ("stock_version", models.PositiveIntegerField(default=0)),
                ("started_at", models.DateTimeField(null=True)),
                ("starts_at", models.DateTimeField(null=True)),
                ("ends_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.AddField(
            model_name="rehearsalflash",
            name="broadcast",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rehearsal_flashes",
                to="streams.broadcast",
            ),
        ),
        migrations.AddField(
            model_name="rehearsalflash",
            name="plan",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rehearsals",
                to="streams.flashsale",
            ),
        ),
        migrations.AddField(
            model_name="rehearsalorder",
            name="flash",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="orders",
                to="streams.rehearsalflash",
            ),
        ),
        migrations.AddConstraint(
            model_name="rehearsalflash",
            constraint=models.CheckConstraint(
                condition=models.Q(("broadcast__lt", 0)), name="rehearsal_flash_is_none"
            ),
        ),
        migrations.AddConstraint(
            model_name="rehearsalflash",
            constraint=models.CheckConstraint(
                condition=models.Q(("taken__lte", models.F("quantity"))),
                name="rehearsal_flash_units",
            ),
        ),
        migrations.AddConstraint(
            model_name="rehearsalflash",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["countdown", "running", "ended"]), _negated=True),
                    models.Q(("started_at__isnull", False), ("starts_at__lt", models.F("ends_at"))),
                    _connector="OR",
                ),
                name="rehearsal_flash_has_times",
            ),
        ),
        migrations.AddConstraint(
            model_name="rehearsalflash",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["countdown", "running"])),
                fields=("broadcast",),
                name="one_open_rehearsal_flash",
            ),
        ),
    ]
