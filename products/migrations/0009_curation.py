"""The workspace of the curators, and the way of goods through the offices.

What is approved or listed counts as approved; what was submitted to nobody by name is a draft
again. Producers so far have half a year to have their identity checked.
"""

from datetime import timedelta
from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

SQL = (Path(__file__).parent / "sql" / "submissions.sql").read_text()
UNDO = "DROP FUNCTION products_submission_is_judged_by_others() CASCADE;"
GRACE = timedelta(days=180)


def give_time(apps, schema_editor):
    until = timezone.localdate() + GRACE
    apps.get_model("products", "Producer").objects.update(identity_until=until)
    apps.get_model("products", "Product").objects.filter(state="submitted").update(state="draft")


class Migration(migrations.Migration):
    dependencies = [
        ("officials", "0003_identity_checks"),
        ("products", "0008_stock_watches"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SpecialtyList",
            fields=[
                (
                    "prefecture",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="specialty_list",
                        serialize=False,
                        to="officials.region",
                        verbose_name="prefecture",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "verbose_name": "list of specialties",
                "verbose_name_plural": "lists of specialties",
            },
        ),
        migrations.AddField(
            model_name="producer",
            name="identity_until",
            field=models.DateField(
                blank=True, editable=False, null=True, verbose_name="identity checked until"
            ),
        ),
        migrations.AddField(
            model_name="specialty",
            name="season_months",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.PositiveSmallIntegerField(),
                blank=True,
                default=list,
                help_text="when the prefecture shows it first; empty: as the product's own season",
                size=None,
                verbose_name="months to show it",
            ),
        ),
        migrations.AddField(
            model_name="specialty",
            name="version",
            field=models.PositiveIntegerField(default=1, editable=False),
        ),
        migrations.CreateModel(
            name="ProducerCheck",
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
                    "producer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="checks",
                        to="products.producer",
                        verbose_name="producer",
                    ),
                ),
            ],
            options={
                "verbose_name": "identity check of a producer",
                "verbose_name_plural": "identity checks of producers",
                "ordering": ["-pk"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Submission",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("new", "new product"),
                            ("change", "change wished by the producer"),
                            ("correction", "correction by staff"),
                        ],
                        default="new",
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("county", "county checks"),
                            ("prefecture", "prefecture decides"),
                            ("approved", "approved"),
                            ("returned", "sent back"),
                            ("withdrawn", "taken back"),
                        ],
                        default="county",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("changes", models.JSONField(blank=True, default=dict, verbose_name="changes")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                ("submitted_at", models.DateTimeField(auto_now_add=True, verbose_name="submitted")),
                ("checked_at", models.DateTimeField(blank=True, null=True, verbose_name="checked")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                ("due_at", models.DateTimeField(verbose_name="due")),
                ("reminders", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("reminded_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "checked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="checked by",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="submissions",
                        to="products.product",
                        verbose_name="product",
                    ),
                ),
                (
                    "submitted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="submitted by",
                    ),
                ),
            ],
            options={
                "verbose_name": "submission",
                "verbose_name_plural": "submissions",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="SubmissionStep",
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
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="products.submission",
                    ),
                ),
            ],
            options={
                "verbose_name": "step of a submission",
                "verbose_name_plural": "steps of submissions",
                "ordering": ["pk"],
                "abstract": False,
            },
        ),
        migrations.AddIndex(
            model_name="submission",
            index=models.Index(
                condition=models.Q(("state__in", ["county", "prefecture"])),
                fields=["due_at"],
                name="submission_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["county", "prefecture"])),
                fields=("product",),
                name="one_open_submission",
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("checked_by", None),
                    models.Q(("checked_by", models.F("submitted_by")), _negated=True),
                    _connector="OR",
                ),
                name="submission_not_checked_by_its_own",
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "approved"), _negated=True),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        models.Q(("decided_by", models.F("submitted_by")), _negated=True),
                        models.Q(
                            ("checked_by", None),
                            models.Q(("decided_by", models.F("checked_by")), _negated=True),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="submission_approved_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "returned"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="submission_returned_for_a_reason",
            ),
        ),
        migrations.RunSQL(SQL, UNDO),
        migrations.RunPython(give_time, migrations.RunPython.noop),
    ]
