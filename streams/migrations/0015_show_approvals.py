"""A show is approved before it goes live. Those planned so far have no row and need none."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SQL = (Path(__file__).parent / "sql" / "show_approvals.sql").read_text()
UNDO = """
DROP FUNCTION streams_show_is_approved() CASCADE;
DROP FUNCTION streams_show_approval_is_fair() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("products", "0009_curation"),
        ("streams", "0014_demands"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ShowApproval",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "being planned"),
                            ("proposed", "prefecture decides"),
                            ("approved", "approved"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=300, verbose_name="note")),
                (
                    "proposed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="proposed"),
                ),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="due")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                ("fingerprint", models.CharField(blank=True, editable=False, max_length=64)),
                ("reminders", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("reminded_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "broadcast",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="approval",
                        to="streams.broadcast",
                        verbose_name="show",
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
                    "proposed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="proposed by",
                    ),
                ),
            ],
            options={
                "verbose_name": "approval of a show",
                "verbose_name_plural": "approvals of shows",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="ShowApprovalStep",
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
                    "approval",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="streams.showapproval",
                    ),
                ),
            ],
            options={
                "verbose_name": "step of a show's approval",
                "verbose_name_plural": "steps of shows' approvals",
                "ordering": ["pk"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Declaration",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("is_related", models.BooleanField(verbose_name="related")),
                ("words", models.CharField(blank=True, max_length=200, verbose_name="how")),
                ("declared_at", models.DateTimeField(auto_now=True, verbose_name="declared")),
                (
                    "broadcast",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="declarations",
                        to="streams.broadcast",
                        verbose_name="show",
                    ),
                ),
                (
                    "declared_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="declared by",
                    ),
                ),
                (
                    "producer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="declarations",
                        to="products.producer",
                        verbose_name="producer",
                    ),
                ),
            ],
            options={
                "verbose_name": "declaration of interest",
                "verbose_name_plural": "declarations of interest",
                "ordering": ["producer_id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("broadcast", "producer"), name="one_declaration"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_related", False),
                            models.Q(("words", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="declared_with_words",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="showapproval",
            index=models.Index(
                condition=models.Q(("state", "proposed")),
                fields=["due_at"],
                name="show_approval_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="showapproval",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "proposed"), _negated=True),
                    models.Q(
                        ("due_at__isnull", False),
                        ("proposed_at__isnull", False),
                        ("proposed_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="show_proposed_by_someone",
            ),
        ),
        migrations.AddConstraint(
            model_name="showapproval",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "approved"), _negated=True),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        models.Q(("fingerprint", ""), _negated=True),
                        models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="show_approved_by_another",
            ),
        ),
        migrations.RunSQL(SQL, UNDO),
    ]
