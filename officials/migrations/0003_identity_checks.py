"""Identity checks with an end. Officials verified so far have half a year to be checked anew."""

from datetime import timedelta

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

GRACE = timedelta(days=180)


def give_time(apps, schema_editor):
    Official = apps.get_model("officials", "Official")
    until = timezone.localdate() + GRACE
    Official.objects.filter(state="verified").update(identity_until=until)


class Migration(migrations.Migration):
    dependencies = [
        ("officials", "0002_words"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="official",
            name="identity_until",
            field=models.DateField(
                blank=True, editable=False, null=True, verbose_name="identity checked until"
            ),
        ),
        migrations.CreateModel(
            name="OfficialCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "paper",
                    models.CharField(
                        choices=[
                            ("identity_card", "identity card"),
                            ("appointment", "letter of appointment"),
                            ("licence", "business licence"),
                            ("cooperative", "registration of the cooperative"),
                        ],
                        max_length=16,
                        verbose_name="paper",
                    ),
                ),
                ("number_end", models.CharField(max_length=4, verbose_name="end of its number")),
                ("expires_on", models.DateField(verbose_name="counts until")),
                ("checked_at", models.DateTimeField(auto_now_add=True, verbose_name="checked")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                (
                    "checked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="checked by",
                    ),
                ),
                (
                    "official",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="checks",
                        to="officials.official",
                        verbose_name="official",
                    ),
                ),
            ],
            options={
                "verbose_name": "identity check of an official",
                "verbose_name_plural": "identity checks of officials",
                "ordering": ["-pk"],
                "abstract": False,
            },
        ),
        migrations.RunPython(give_time, migrations.RunPython.noop),
    ]
