"""PostgreSQL's own pace: pgbench with the same transaction on one hot row, without foreign keys."""

import re
import subprocess
from pathlib import Path

from livecommerce.embedded.postgres import NAME, Postgres

_TABLES = {
    "bench_pool": "products_stockpool",
    "bench_order": "orders_order",
    "bench_line": "orders_orderline",
    "bench_hold": "orders_hold",
    "bench_event": "orders_orderevent",
    "bench_limit": "orders_limitcounter",
}


def prepare() -> None:
    """Copies of the real tables with their checks and indexes, and one row of stock."""
    from django.db import connection

    with connection.cursor() as cursor:
        for copy, table in _TABLES.items():
            cursor.execute(f"CREATE TABLE {copy} (LIKE {table} INCLUDING ALL)")
        cursor.execute(
            "INSERT INTO bench_pool (id, product_id, total, available, held, sold, version)"
            " OVERRIDING SYSTEM VALUE VALUES (1, 1, 100000000, 100000000, 0, 0, 0)"
        )


def run(postgres: Postgres, *, clients: int, seconds: int, buyers: int) -> float:
    """Transactions a second."""
    told = subprocess.run(
        [
            *(postgres.binaries.command("pgbench"), "-n", "-M", "prepared"),
            *("-c", str(clients), "-j", "2", "-T", str(seconds), "-D", f"buyers={buyers}"),
            *("-f", str(Path(__file__).parent / "hot_row.sql")),
            *("-h", str(postgres.socket_dir), "-p", str(postgres.port), "-U", NAME, NAME),
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    found = re.search(r"tps = ([0-9.]+)", told)
    assert found, told
    return float(found[1])
