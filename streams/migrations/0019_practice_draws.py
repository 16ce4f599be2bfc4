from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("streams", "0018_rehearsed_flash_sales")]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE streams_practice_draw_id INCREMENT BY -1",
            "DROP SEQUENCE streams_practice_draw_id",
        ),
        migrations.AlterModelOptions(
            name="draw",
            options={
                "ordering": ["planned_at", "pk"],
                "verbose_name": "lucky draw",
                "verbose_name_plural": "lucky draws",
            },
        ),
        migrations.AlterField(
            model_name="drawwinner",
            name="state",
            field=models.CharField(
                choices=[
                    ("told", "has 48 hours to give an address"),
                    ("claimed", "gave an address"),
                    ("sent", "prize sent"),
                    ("lapsed", "did not take the prize"),
                    ("practice", "drawn in a rehearsal, no prize"),
                ],
                default="told",
                max_length=8,
            ),
        ),
        migrations.AddConstraint(
            model_name="draw",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("broadcast__gt", 0),
                        ("pk__gt", 0),
                        models.Q(("public_id__startswith", "0"), _negated=True),
                    ),
                    models.Q(("broadcast__lt", 0), ("pk__lt", 0), ("public_id__startswith", "0")),
                    _connector="OR",
                ),
                name="practice_draw_is_a_rehearsals",
            ),
        ),
        migrations.AddConstraint(
            model_name="drawwinner",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("deadline__isnull", False),
                        ("draw__gt", 0),
                        models.Q(("state", "practice"), _negated=True),
                    ),
                    models.Q(
                        ("address", {}),
                        ("claimed_at__isnull", True),
                        ("deadline__isnull", True),
                        ("declined_at__isnull", True),
                        ("draw__lt", 0),
                        ("sent_at__isnull", True),
                        ("sent_note", ""),
                        ("state", "practice"),
                    ),
                    _connector="OR",
                ),
                name="no_prize_in_a_rehearsal",
            ),
        ),
        # The same functions with one more case; backwards they may stay: without such draws there
        # is no case for it.
        migrations.RunSQL((SQL / "practice_draws.sql").read_text(), migrations.RunSQL.noop),
    ]
