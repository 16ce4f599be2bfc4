"""One person's open orders are counted among that person's orders.

Where few orders were unpaid when PostgreSQL last looked, it walked through everybody's unpaid
orders for each press of a flash sale: thousands of rows an order. And an order is entered into
two indexes fewer: buyer and show are the first columns of others.
"""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_FOLDER = Path(__file__).parent / "sql"


def _anew(name: str) -> migrations.RunSQL:
    call = (_FOLDER / name).read_text().replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
    return migrations.RunSQL(call, migrations.RunSQL.noop)


class Migration(migrations.Migration):
    dependencies = [("orders", "0015_integrity")]

    operations = [
        _anew("place_batch.sql"),
        _anew("place_cart.sql"),
        migrations.AlterField(
            "order",
            "buyer",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="orders",
                to=settings.AUTH_USER_MODEL,
                verbose_name="buyer",
            ),
        ),
        migrations.AlterField(
            "order",
            "broadcast",
            models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="orders",
                to="streams.broadcast",
                verbose_name="show",
            ),
        ),
    ]
