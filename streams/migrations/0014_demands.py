import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("officials", "0002_words"),
        ("products", "0008_stock_watches"),
        ("streams", "0013_cockpit_advice"),
    ]

    operations = [
        migrations.CreateModel(
            name="Demand",
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
                            ("suggested", "suggested"),
                            ("published", "waiting for an office"),
                            ("assigned", "waiting for an answer"),
                            ("answered", "has an answer"),
                            ("told", "answered, and read in a show"),
                            ("declined", "declined"),
                            ("merged", "merged"),
                        ],
                        default="suggested",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("freight", "Freight"),
                                ("price", "Price"),
                                ("quality", "Quality"),
                                ("variety", "Variety"),
                                ("supply", "In stock"),
                                ("packing", "Packing"),
                                ("roads", "Roads and logistics"),
                                ("service", "Service"),
                                ("other", "Something else"),
                            ],
                            max_length=8,
                        ),
                        default=list,
                        size=None,
                        verbose_name="tags",
                    ),
                ),
                ("gist", models.CharField(max_length=200, verbose_name="what came in")),
                (
                    "title_zh",
                    models.CharField(blank=True, max_length=60, verbose_name="wording (Chinese)"),
                ),
                (
                    "title_en",
                    models.CharField(blank=True, max_length=120, verbose_name="wording (English)"),
                ),
                (
                    "details_zh",
                    models.CharField(blank=True, max_length=300, verbose_name="more (Chinese)"),
                ),
                (
                    "details_en",
                    models.CharField(blank=True, max_length=500, verbose_name="more (English)"),
                ),
                ("votes", models.PositiveIntegerField(default=0, verbose_name="votes")),
                ("voices", models.PositiveIntegerField(default=0, verbose_name="voices")),
                (
                    "due_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="to be answered by"),
                ),
                ("remind_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "answer_zh",
                    models.CharField(blank=True, max_length=500, verbose_name="answer (Chinese)"),
                ),
                (
                    "answer_en",
                    models.CharField(blank=True, max_length=800, verbose_name="answer (English)"),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="why it was declined"
                    ),
                ),
                ("is_demo", models.BooleanField(default=False, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="came in")),
                (
                    "published_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="published"),
                ),
                (
                    "assigned_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="office named"),
                ),
                (
                    "answered_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="answered"),
                ),
                (
                    "told_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="read in a show"),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="streams.demand",
                        verbose_name="merged into",
                    ),
                ),
                (
                    "official",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="demands",
                        to="officials.official",
                        verbose_name="office in charge",
                    ),
                ),
                (
                    "prefecture",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="officials.region",
                        verbose_name="prefecture",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="products.product",
                        verbose_name="product",
                    ),
                ),
            ],
            options={
                "verbose_name": "demand",
                "verbose_name_plural": "demands",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="DemandEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("from_state", models.CharField(blank=True, max_length=9)),
                ("to_state", models.CharField(max_length=9)),
                ("note", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "demand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="streams.demand",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="DemandReading",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("began_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("is_slip", models.BooleanField(default=False)),
                ("media_start_ms", models.BigIntegerField(blank=True, null=True)),
                ("media_end_ms", models.BigIntegerField(blank=True, null=True)),
                (
                    "broadcast",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="demand_readings",
                        to="streams.broadcast",
                    ),
                ),
                (
                    "demand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="readings",
                        to="streams.demand",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="DemandVoice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("question", "question in a show"),
                            ("wish", "wish"),
                            ("search", "missed search"),
                            ("watch", "waiting for stock"),
                            ("refund", "refund reason"),
                        ],
                        max_length=8,
                    ),
                ),
                ("key", models.CharField(max_length=120, unique=True)),
                ("text", models.CharField(blank=True, max_length=300)),
                ("times", models.PositiveIntegerField(default=1)),
                ("heard_at", models.DateTimeField(auto_now_add=True)),
                (
                    "demand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="heard",
                        to="streams.demand",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-times", "pk"],
            },
        ),
        migrations.CreateModel(
            name="DemandVote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("voted_at", models.DateTimeField(auto_now_add=True)),
                ("told_at", models.DateTimeField(blank=True, null=True)),
                (
                    "demand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="voters",
                        to="streams.demand",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="demand",
            index=models.Index(fields=["state", "-votes", "-id"], name="demand_by_votes"),
        ),
        migrations.AddIndex(
            model_name="demand",
            index=models.Index(fields=["prefecture", "state"], name="demand_of_prefecture"),
        ),
        migrations.AddIndex(
            model_name="demand",
            index=models.Index(
                condition=models.Q(("state", "assigned")),
                fields=["remind_at"],
                name="demand_to_remind",
            ),
        ),
        migrations.AddIndex(
            model_name="demand",
            index=django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="demand_tags"),
        ),
        migrations.AddConstraint(
            model_name="demand",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state__in", ["published", "assigned", "answered", "told"]), _negated=True
                    ),
                    models.Q(
                        models.Q(("title_zh", ""), _negated=True), ("published_at__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="demand_public_in_words",
            ),
        ),
        migrations.AddConstraint(
            model_name="demand",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["assigned", "answered", "told"]), _negated=True),
                    models.Q(
                        ("assigned_at__isnull", False),
                        ("due_at__isnull", False),
                        ("official__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="demand_assigned_to_office",
            ),
        ),
        migrations.AddConstraint(
            model_name="demand",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["answered", "told"]), _negated=True),
                    models.Q(
                        models.Q(("answer_zh", ""), _negated=True), ("answered_at__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="demand_answered_in_words",
            ),
        ),
        migrations.AddConstraint(
            model_name="demand",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "declined"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="demand_declined_for_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="demand",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("merged_into__isnull", False), ("state", "merged")),
                    models.Q(models.Q(("state", "merged"), _negated=True), ("merged_into", None)),
                    _connector="OR",
                ),
                name="demand_merged_into_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="demand",
            constraint=models.CheckConstraint(
                condition=models.Q(("merged_into", models.F("id")), _negated=True),
                name="demand_not_into_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="demandreading",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)),
                fields=("broadcast",),
                name="one_answer_read_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="demandreading",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_slip", False)), fields=("demand",), name="answer_read_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="demandreading",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_slip", False), ("ended_at__isnull", False), _connector="OR"
                ),
                name="slip_is_over",
            ),
        ),
        migrations.AddConstraint(
            model_name="demandvoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("source__in", ["refund", "search", "watch"]), _negated=True),
                    ("user", None),
                    _connector="OR",
                ),
                name="demand_voice_of_nobody",
            ),
        ),
        migrations.AddConstraint(
            model_name="demandvoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("source", "refund"), _negated=True), ("text", ""), _connector="OR"
                ),
                name="demand_refund_without_words",
            ),
        ),
        migrations.AddIndex(
            model_name="demandvote",
            index=models.Index(
                condition=models.Q(("told_at", None)), fields=["demand"], name="demand_vote_untold"
            ),
        ),
        migrations.AddConstraint(
            model_name="demandvote",
            constraint=models.UniqueConstraint(fields=("demand", "user"), name="one_demand_vote"),
        ),
    ]
