from pathlib import Path

import django.db.models.deletion
import streams.models.draws
from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("streams", "0019_practice_draws")]

    operations = [
        migrations.AlterField(
            model_name="draw",
            name="broadcast",
            field=models.ForeignKey(
                on_delete=streams.models.draws.stays_with_its_show,
                related_name="draws",
                to="streams.broadcast",
            ),
        ),
        migrations.AlterField(
            model_name="drawentry",
            name="draw",
            field=models.ForeignKey(
                on_delete=streams.models.draws.stays_with_its_show,
                related_name="entries",
                to="streams.draw",
            ),
        ),
        migrations.AlterField(
            model_name="drawwinner",
            name="draw",
            field=models.ForeignKey(
                on_delete=streams.models.draws.stays_with_its_show,
                related_name="won",
                to="streams.draw",
            ),
        ),
        migrations.AlterField(
            model_name="drawwinner",
            name="entry",
            field=models.OneToOneField(
                on_delete=streams.models.draws.stays_with_its_show,
                related_name="won",
                to="streams.drawentry",
            ),
        ),
        migrations.AlterField(
            model_name="pin",
            name="item",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="pins",
                to="streams.shelfitem",
            ),
        ),
        migrations.RunSQL(
            (SQL / "practice_draws_go.sql").read_text(),
            (SQL / "practice_draws_stay.sql").read_text(),
        ),
    ]
