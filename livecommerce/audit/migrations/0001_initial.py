from pathlib import Path

import django.core.serializers.json
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    initial = True

    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="when"),
                ),
                (
                    "actor_label",
                    models.CharField(blank=True, max_length=80, verbose_name="who"),
                ),
                ("action", models.CharField(max_length=60, verbose_name="what")),
                ("is_refused", models.BooleanField(default=False, verbose_name="refused")),
                (
                    "subject_type",
                    models.CharField(blank=True, max_length=60, verbose_name="kind of thing"),
                ),
                ("subject_pk", models.CharField(blank=True, max_length=64)),
                ("subject_label", models.CharField(max_length=200, verbose_name="on what")),
                (
                    "before",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        verbose_name="before",
                    ),
                ),
                (
                    "after",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        verbose_name="after",
                    ),
                ),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                (
                    "network",
                    models.CharField(blank=True, max_length=45, verbose_name="network"),
                ),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
            ],
            options={
                "verbose_name": "record",
                "verbose_name_plural": "records of what staff did",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(
                        fields=["subject_type", "subject_pk", "-id"], name="audit_subject"
                    ),
                    models.Index(fields=["actor", "-id"], name="audit_actor"),
                    models.Index(fields=["action", "-id"], name="audit_action"),
                    models.Index(fields=["at"], name="audit_at"),
                ],
            },
        ),
        migrations.RunSQL(
            (SQL / "audit_entries_stay.sql").read_text("utf-8"),
            "DROP FUNCTION audit_entries_stay CASCADE",
        ),
    ]
