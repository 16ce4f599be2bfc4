"""A price is lowered while a deal is being approved: whoever is second sees the first.

Each case has a twin in which the lock is taken out of the trigger, to show the race is real.
"""

import threading
import time
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from products.domain.deals import propose_deal
from products.domain.prices import compute_base_price
from products.models import Deal, Product
from tests.factories import make_festival, make_product, make_user

pytestmark = pytest.mark.django_db(transaction=True)

LOCK = "PERFORM 1 FROM products_product WHERE id = NEW.product_id FOR NO KEY UPDATE;"


GUARDED = ("products_deal_is_honest", "products_price_point_is_true")


@pytest.fixture
def without_lock():
    """The triggers as they would be without their lock; put back afterwards."""
    bodies = []
    with connection.cursor() as cursor:
        for name in GUARDED:
            cursor.execute("SELECT pg_get_functiondef(%s::regproc)", [name])
            (body,) = cursor.fetchone()
            assert LOCK in body
            bodies.append(body)
            cursor.execute(body.replace(LOCK, ""))
    yield
    with connection.cursor() as cursor:
        for body in bodies:
            cursor.execute(body)


@pytest.fixture
def deal():
    now = timezone.now()
    return propose_deal(
        festival=make_festival(),
        product=make_product(list_price_fen=9600),
        price_fen=4800,
        quantity=1,
        starts_at=now + timedelta(days=2),
        ends_at=now + timedelta(days=3),
        subsidy_payer_zh="县财政",
    )


class Lowering(threading.Thread):
    """Lowers the list price in a transaction of its own; `refused` tells how it went."""

    refused = False

    def __init__(self, product):
        super().__init__()
        self.product = product

    def run(self):
        try:
            with transaction.atomic():
                Product.objects.filter(pk=self.product.pk).update(list_price_fen=6000)
        except IntegrityError:
            self.refused = True
        finally:
            connection.close()


def wait_until_done_or_blocked(thread):
    while thread.is_alive():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                " AND query LIKE 'UPDATE%products_product%' AND datname = current_database()"
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)


def approve_while_the_price_is_lowered(deal):
    boss = make_user()
    lowering = Lowering(deal.product)
    with transaction.atomic():
        Deal.objects.filter(pk=deal.pk).update(
            state="approved", approved_by=boss, approved_at=timezone.now()
        )
        lowering.start()
        wait_until_done_or_blocked(lowering)
    lowering.join()
    return lowering


def real_base(deal):
    return compute_base_price(product=deal.product, deal=deal, starts_at=deal.starts_at, days=30)


def test_lowering_waits_for_the_approval_and_is_refused(deal):
    lowering = approve_while_the_price_is_lowered(deal)
    deal.refresh_from_db()
    assert lowering.refused
    assert (deal.base_price_fen, real_base(deal)) == (9600, 9600)


def test_twin_without_the_lock_the_deal_ends_up_dishonest(deal, without_lock):
    lowering = approve_while_the_price_is_lowered(deal)
    deal.refresh_from_db()
    assert not lowering.refused
    assert deal.price_fen * 2 > real_base(deal)
