"""`python -m tests.bench.reports`: what a festival's report costs at 100,000 and more rows, and
what its wall's figures and its league cost at 100,000 orders.

Beside it, as a reference, a plain count of the very same rows by the same server: the report's
price is said as a multiple of that, so that figures of different machines can be compared.
"""

import argparse
import json
import os
import secrets
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import django
from django.core.management import call_command

from livecommerce.embedded.postgres import start_postgres

COUNTED = (
    "streams_showvisitor",
    "streams_showlook",
    "streams_showmoment",
    "streams_chatmessage",
    "streams_follow",
    "orders_order",
    "orders_orderline",
    "orders_refund",
    "orders_refundline",
    "orders_settlement",
    "orders_ordernetwork",
)


BOOKS = (
    # Nothing is checked again of what is made up here: the books' own triggers would take minutes.
    "SET LOCAL session_replication_role = replica",
    """
    INSERT INTO orders_account (kind, producer_id, payer)
    SELECT 'producer', producer.id, '' FROM products_producer producer
    UNION ALL SELECT 'clearing', NULL, ''
    """,
    """
    INSERT INTO orders_transaction (key, kind, order_id, posted_at)
    SELECT 'order:' || id || ':paid', 'paid', id, paid_at FROM orders_order
    WHERE paid_at IS NOT NULL
    """,
    """
    INSERT INTO orders_entry (transaction_id, account_id, amount_fen, currency)
    SELECT posted.id, account.id, -sum(line.amount_fen) * 73 / 100, 'cny'
    FROM orders_transaction posted
    JOIN orders_orderline line ON line.order_id = posted.order_id
    JOIN orders_account account ON account.producer_id = line.producer_id
    GROUP BY posted.id, account.id
    """,
    """
    INSERT INTO orders_entry (transaction_id, account_id, amount_fen, currency)
    SELECT posted.id, account.id, sum(line.amount_fen) * 73 / 100, 'cny'
    FROM orders_transaction posted
    JOIN orders_orderline line ON line.order_id = posted.order_id
    JOIN orders_account account ON account.kind = 'clearing'
    GROUP BY posted.id, account.id
    """,
    "UPDATE orders_settlement SET lines_at = payable_at WHERE payable_at < now()",
    """
    INSERT INTO orders_review (line_id, product_id, author_id, stars, text, written_at, reply,
                               hidden_reason)
    SELECT line.id, line.product_id, bought.buyer_id, 1 + line.id % 5, '', bought.paid_at, '', ''
    FROM orders_orderline line
    JOIN orders_order bought ON bought.id = line.order_id AND bought.state = 'completed'
    WHERE line.id % 3 = 0
    """,
    "ANALYZE",
)


def median_ms(work: Callable[[], object], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        times.append((time.perf_counter() - begun) * 1e3)
    return statistics.median(times)


def measure(events: int, rounds: int) -> dict[str, object]:
    from django.db import connection, transaction

    from orders.domain.festival_figures import count_figures
    from orders.domain.festival_league import count_rows
    from orders.domain.integrity.panel import look_at
    from orders.domain.reports.report import make_report
    from orders.domain.reports.scope import scope_of_festival, scope_of_show
    from orders.models import Order
    from tests.orders.reports.crowd import make_crowd

    def count() -> None:
        with connection.cursor() as cursor:
            for table in COUNTED:
                cursor.execute(f"SELECT count(*) FROM {table}")

    with transaction.atomic():
        crowd = make_crowd(events=events, people=events // 25)
        with connection.cursor() as cursor:
            for statement in BOOKS:
                cursor.execute(statement)
        reference = median_ms(count, rounds)
        festival = median_ms(lambda: make_report(scope_of_festival(crowd.festival)), rounds)
        show = median_ms(lambda: make_report(scope_of_show(crowd.shows[-1])), rounds)
        panel = median_ms(lambda: look_at(crowd.shows), rounds)
        wall = median_ms(lambda: count_figures(crowd.festival), rounds)
        league = median_ms(lambda: count_rows(crowd.festival), rounds)
        orders = Order.objects.count()
        transaction.set_rollback(True)
    return {
        "rows": crowd.rows,
        "orders": orders,
        "ms_counting_the_rows": round(reference, 1),
        "ms_festival": round(festival, 1),
        "ms_show": round(show, 1),
        "ms_integrity": round(panel, 1),
        "ms_wall": round(wall, 1),
        "ms_league": round(league, 1),
        "festival_over_counting": round(festival / reference, 1),
        "integrity_over_counting": round(panel / reference, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, nargs="+", default=[100_000, 400_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="livecommerce-bench-reports-"))
    folder.chmod(0o711)  # as root, PostgreSQL runs as a system user who must walk through it
    postgres = start_postgres(folder, durable=False)
    try:
        os.environ |= {
            "DATABASE_URL": postgres.url,
            "REDIS_URL": "redis://127.0.0.1:1/0",
            "DATA_DIR": str(folder),
            "SECRET_KEY": secrets.token_hex(32),
            "MEDIA_HOOK_SECRET": secrets.token_hex(16),
            "LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "livecommerce.settings",
        }
        django.setup()
        call_command("migrate", interactive=False, verbosity=0)
        print(json.dumps([measure(events, options.rounds) for events in options.events]))
    finally:
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
