"""A worker that dies with a settlement in hand: real processes, a real kill -9.

The test holds a lock on the ledger, so that the worker is caught in the middle of its work.
"""

import os
import signal
import subprocess
import sys
import time
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg2
import pytest
from django.db import connection
from django.utils import timezone

from orders.domain import settlement
from orders.models import Entry, Order, Payment, Settlement, Transaction
from tests.factories import make_deal, make_user

pytestmark = pytest.mark.django_db(transaction=True)

SETTLE = "from orders.domain.settlement import settle_due; settle_due()"
NAIVE = """
from orders.domain import ledger
from orders.domain.money_shares import receipt_entries
from orders.models import Settlement
row = Settlement.objects.get()
Settlement.objects.update(state="posted")
entries = receipt_entries(ledger.shares_of(row.order), fee_fen=0)
ledger.post(key="naive", kind="paid", order=row.order, entries=entries)
"""


@pytest.fixture
def due():
    """A paid order whose shares are still to be posted."""
    deal, now = make_deal(), timezone.now()
    order = Order.objects.create(
        number="killed",
        buyer=make_user(),
        key="00000000-0000-4000-8000-000000000000",
        state="paid",
        items_fen=4800,
        total_fen=4800,
        placed_at=now,
        expires_at=now,
        paid_at=now,
    )
    order.lines.create(
        product=deal.product,
        deal=deal,
        name_zh="核桃",
        quantity=1,
        unit_price_fen=4800,
        amount_fen=4800,
        producer=deal.product.producer,
        producer_fen=3200,
    )
    Payment.objects.create(
        order=order,
        method="card",
        idempotency_key="killed",
        state="succeeded",
        amount_fen=4800,
        fee_fen=30,
    )
    return Settlement.objects.create(order=order)


def start(code):
    """A worker of its own on the test's database."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    name = quote(connection.settings_dict["NAME"])
    url = urlunsplit(parts._replace(path=f"/{name}"))
    program = (
        f"import django; django.setup(); {code}"
        if "\n" not in code
        else (f"import django; django.setup()\n{code}")
    )
    return subprocess.Popen([sys.executable, "-c", program], env=os.environ | {"DATABASE_URL": url})


def kill_in_the_middle(code):
    """Start the worker, wait until it stands before the locked ledger, kill it there."""
    params = connection.get_connection_params()
    gate = psycopg2.connect(**{k: v for k, v in params.items() if k != "cursor_factory"})
    try:
        with gate.cursor() as cursor:
            cursor.execute("LOCK TABLE orders_entry IN ACCESS EXCLUSIVE MODE")
        worker = start(code)
        with connection.cursor() as cursor:
            give_up = time.monotonic() + 60
            waiting = 0
            while not waiting and time.monotonic() < give_up:
                cursor.execute(
                    "SELECT count(*) FROM pg_locks WHERE NOT granted"
                    " AND relation = 'orders_entry'::regclass"
                )
                waiting = cursor.fetchone()[0]
                time.sleep(0.05)
        worker.send_signal(signal.SIGKILL)
        assert worker.wait() == -signal.SIGKILL
        assert waiting
    finally:
        gate.close()


def test_a_worker_killed_in_a_settlement_loses_nothing_and_repeats_nothing(due):
    kill_in_the_middle(SETTLE)
    half = Settlement.objects.get().state, Transaction.objects.count()

    done = [settlement.settle_due() for _ in range(2)]

    assert half == ("due", 0)
    assert done == [1, 0]
    assert Transaction.objects.count() == 1
    assert sum(Entry.objects.values_list("amount_fen", flat=True)) == 0


def test_twin_state_and_books_in_two_steps_lose_an_orders_money(due):
    kill_in_the_middle(NAIVE)

    assert settlement.settle_due() == 0
    assert Settlement.objects.get().state == "posted"
    assert not Transaction.objects.exists()
