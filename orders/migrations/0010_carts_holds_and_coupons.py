"""A cart's one call, coupons that count themselves, and holds that are extended once.

The SQL stands in `sql/`, one file a subject.
"""

from pathlib import Path

from django.db import migrations, models

_FOLDER = Path(__file__).parent / "sql"


def _sql(name: str, undo: str) -> migrations.RunSQL:
    return migrations.RunSQL((_FOLDER / name).read_text(), undo)


class Migration(migrations.Migration):
    dependencies = [("orders", "0009_payouts_and_differences")]

    operations = [
        migrations.RemoveConstraint("coupon", "coupon_amount_or_percent"),
        migrations.AddConstraint(
            "coupon",
            models.CheckConstraint(
                condition=models.Q(amount_fen__isnull=False, amount_fen__gt=0, percent_bps=None)
                | models.Q(
                    amount_fen=None,
                    percent_bps__isnull=False,
                    percent_bps__gt=0,
                    percent_bps__lte=10_000,
                ),
                name="coupon_amount_or_percent",
            ),
        ),
        _sql(
            "coupons.sql",
            "DROP FUNCTION orders_coupon_is_counted CASCADE;"
            " DROP FUNCTION orders_coupon_use_stays CASCADE",
        ),
        _sql(
            "holds.sql",
            "DROP FUNCTION orders_hold_extends_once CASCADE;"
            " DROP FUNCTION orders_order_ends_with_its_holds CASCADE",
        ),
        _sql("place_cart.sql", "DROP FUNCTION orders_place_cart"),
    ]
