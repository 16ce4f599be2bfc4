"""The demo's past is as true as a present: stock, limits, money and states agree."""

from datetime import timedelta

import pytest
from django.db.models import F, Sum
from django.utils import timezone

from orders import demo, demo_farm
from orders.domain import refunds
from orders.models import Entry, Hold, Order, Payment, Refund, Settlement
from orders.payments import provider
from products.models import StockPool
from tests.factories import make_producer, make_product, make_user
from tests.stripe_server import SECRET_KEY, StripeServer

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


def seed_with_a_farm(settings, tmp_path, **told):
    """As `make run` does: the double's folder is there, the double itself starts later."""
    settings.DATA_DIR = tmp_path
    settings.STRIPE_SECRET_KEY = SECRET_KEY
    settings.STRIPE_API_BASE = told.get("api_base", "http://127.0.0.1:1")
    provider.cache_clear()
    make_user(demo.VIEWER)
    make_user(demo_farm.PRODUCER)
    producer = make_producer()
    for _ in range(8):
        make_product(stock=500, producer=producer)
    demo.seed(lambda _: None)


@pytest.fixture
def _forget_provider():
    yield
    provider.cache_clear()


@pytest.mark.usefixtures("_forget_provider")
def test_the_past_is_known_to_the_double_that_starts_after_it(settings, tmp_path):
    seed_with_a_farm(settings, tmp_path)
    double = StripeServer(tmp_path / "stripe")
    settings.STRIPE_API_BASE = double.url
    provider.cache_clear()
    try:
        payments = list(Payment.objects.select_related("order"))
        facts = [provider().fetch(payment.intent_id) for payment in payments]
        first = Payment.objects.filter(refunded_fen=0, asked_fen=0).first()
        staff = make_user(is_staff=True)
        refunds.refund(payment=first, amount_fen=100, reason="x", actor=staff, key="k")
        refunds.send_due()
        booked = [m.net_fen for m in provider().movements(since=first.created_at - timedelta(90))]
    finally:
        double.stop()

    for payment, fact in zip(payments, facts, strict=True):
        assert (fact.status, fact.reference) == ("succeeded", payment.order.number)
        assert (fact.amount_fen, fact.fee_fen) == (payment.amount_fen, payment.fee_fen)
        assert fact.refunded_fen == payment.refunded_fen
        assert abs(fact.created_at - payment.created_at) < timedelta(seconds=2)
    assert Refund.objects.get(key="k").state == "in_transit", "a wallet takes its time"
    assert sum(booked) == sum(
        p.amount_fen - p.refunded_fen - (p.fee_fen or 0) for p in Payment.objects.all()
    )


@pytest.mark.usefixtures("_forget_provider")
def test_a_running_double_is_told_of_the_past(settings, tmp_path):
    double = StripeServer(tmp_path / "stripe")
    try:
        seed_with_a_farm(settings, tmp_path, api_base=double.url)
        provider.cache_clear()
        known = [provider().fetch(p.intent_id).status for p in Payment.objects.all()]
    finally:
        double.stop()

    assert set(known) == {"succeeded"}


def test_some_buyers_of_the_farm_want_money_back():
    make_user(demo.VIEWER)
    make_user(demo_farm.PRODUCER)
    producer = make_producer()
    for _ in range(8):
        make_product(stock=500, producer=producer)

    demo.seed(lambda _: None)

    asked = Refund.objects.filter(origin="request")
    assert set(asked.values_list("state", flat=True)) == {"requested", "refused"}
    assert asked.filter(sent_back_number="SF6020000009001").exists()
