"""Checkout's one call, and a ledger and limits that the database itself keeps.

The SQL stands in `sql/`, one file a subject.
"""

from pathlib import Path

from django.db import migrations

_FOLDER = Path(__file__).parent / "sql"


def _sql(name: str, undo: str) -> migrations.RunSQL:
    return migrations.RunSQL((_FOLDER / name).read_text(), undo)


class Migration(migrations.Migration):
    dependencies = [("orders", "0002_snapshots_and_due_times")]

    operations = [
        _sql("place_batch_of_0003.sql", "DROP FUNCTION orders_place_batch"),
        _sql(
            "ledger.sql",
            "DROP FUNCTION orders_ledger_balances CASCADE;"
            " DROP FUNCTION orders_ledger_stays CASCADE",
        ),
        _sql(
            "limits.sql",
            "DROP FUNCTION orders_limit_is_kept CASCADE;"
            " DROP FUNCTION orders_limit_is_kept_later CASCADE",
        ),
    ]
