"""The group commit takes freight, writes each line's show, and keeps to the open orders of one buyer.

Lines from before get their show from their orders. `place_batch.sql` is the call as it is now.
"""

from pathlib import Path

from django.db import migrations

_FOLDER = Path(__file__).parent / "sql"
_UNDO = """
    DROP FUNCTION orders_place_batch(
        bigint[], bigint[], integer[], integer[], uuid[], text[], text[], bigint[], jsonb[],
        boolean[], integer[], integer, integer, integer);
    DROP FUNCTION orders_place_batch(
        bigint[], bigint[], integer[], integer[], uuid[], text[], text[], bigint[], jsonb[],
        boolean[], integer, integer);
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0010_carts_holds_and_coupons")]

    operations = [
        migrations.RunSQL(
            (_FOLDER / "place_batch.sql").read_text(),
            _UNDO + (_FOLDER / "place_batch_of_0003.sql").read_text(),
        ),
        migrations.RunSQL(
            """
            UPDATE orders_orderline line SET broadcast_id = bought.broadcast_id
            FROM orders_order bought
            WHERE bought.id = line.order_id AND line.broadcast_id IS NULL
              AND bought.broadcast_id IS NOT NULL
            """,
            migrations.RunSQL.noop,
        ),
    ]
