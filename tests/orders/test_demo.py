"""The demo's past is as true as a present: stock, limits, money and states agree."""

import pytest
from django.db.models import F, Sum
from django.utils import timezone

from orders import demo
from orders.models import Entry, Hold, Order, Payment, Settlement
from products.models import StockPool
from tests.factories import make_product, make_user

pytestmark = pytest.mark.django_db


def test_seeded_orders_agree_with_stock_and_ledger():
    viewer = make_user(demo.VIEWER)
    for _ in range(8):
        make_product(stock=500)
    told = []

    counts = demo.seed(told.append)

    assert counts == {"orders": Order.objects.count()}
    states = set(Order.objects.filter(buyer=viewer).values_list("state", flat=True))
    assert states == set(demo.VIEWERS_ORDERS)
    for pool in StockPool.objects.all():
        sold = Hold.objects.filter(pool=pool, state="sold").aggregate(n=Sum("quantity", default=0))
        assert (pool.sold, pool.held) == (sold["n"], 0)
    assert not Settlement.objects.exclude(state="posted").exists()
    assert Settlement.objects.count() == Payment.objects.count()
    assert Entry.objects.aggregate(n=Sum("amount_fen"))["n"] == 0
    clearing = Entry.objects.filter(account__kind="clearing").aggregate(n=Sum("amount_fen"))["n"]
    kept = Payment.objects.aggregate(n=Sum(F("amount_fen") - F("refunded_fen")))["n"]
    assert clearing == kept
    assert not Order.objects.filter(placed_at__gt=timezone.now()).exists()


def test_a_second_seed_changes_nothing():
    make_user(demo.VIEWER)
    for _ in range(8):
        make_product(stock=500)
    demo.seed(lambda _: None)
    before = Order.objects.count()

    assert demo.seed(lambda _: None) == {"orders": 0}
    assert Order.objects.count() == before


def test_without_the_demos_people_there_is_no_past():
    make_product()

    assert demo.seed(lambda _: None) == {"orders": 0}
