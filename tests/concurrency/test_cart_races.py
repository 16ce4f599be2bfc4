"""Carts, coupons and single buyers at the same moment. Each race has a twin without the guard."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from livecommerce.errors import DomainError
from orders.domain import cart, holds
from orders.domain.checkout import place_order
from orders.models import Coupon, CouponUse, Hold, LimitCounter, Order
from products.domain.offers import current_offer
from products.models import StockPool
from tests.concurrency.test_checkout_races import ADDRESS, buy, codes, make_buyers
from tests.factories import make_coupon, make_deal, make_product, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def buy_all(buyer, offers, quantity=1, coupon_codes=(), off=0, key=None):
    wanted = [cart.Wanted(offer, quantity, offer.price_fen) for offer in offers]
    return cart.place_cart(
        buyer=buyer,
        wanted=wanted,
        expected_total_fen=sum(one.price_fen * one.quantity for one in wanted) - off,
        address=ADDRESS,
        key=key or uuid4(),
        codes=coupon_codes,
    )


def test_carts_and_single_buyers_for_the_same_goods_never_wait_in_a_circle(at_once):
    offers = [current_offer(make_deal(quantity=20, per_person_limit=9).product) for _ in range(3)]
    buyers = make_buyers(60)

    def work(i):
        if i % 3 == 0:
            return buy(buyers[i], offers[i % 2])
        return buy_all(buyers[i], offers if i % 3 == 1 else offers[::-1])

    results = codes(at_once(60, work))

    assert set(results) <= {"placed", "sold_out", "cart_lines"}
    for offer in offers:
        pool = StockPool.objects.get(pk=offer.pool.pk)
        held = sum(Hold.objects.filter(pool=pool).values_list("quantity", flat=True))
        assert pool.available + pool.held == 20
        assert pool.held == held
    for order in Order.objects.prefetch_related("lines"):
        assert order.total_fen == sum(line.amount_fen for line in order.lines.all())
        assert len(order.lines.all()) in (1, 3)


def test_one_person_with_many_carts_stays_within_the_limit(at_once):
    offers = [
        current_offer(make_deal(quantity=100, per_person_limit=3).product),
        current_offer(make_product()),
    ]
    buyer = make_user()

    results = codes(
        at_once(30, lambda i: buy_all(buyer, offers) if i % 2 else buy(buyer, offers[0]))
    )

    assert results.count("placed") == 3
    assert LimitCounter.objects.get().quantity == 3


def test_one_click_sent_many_times_is_one_order(at_once):
    offers = [current_offer(make_product()), current_offer(make_product())]
    buyer, key = make_user(), uuid4()

    results = at_once(20, lambda _: buy_all(buyer, offers, key=key))

    assert len({result.number for result in results}) == 1
    assert Order.objects.count() == 1


def test_a_coupon_is_not_raced_past_its_total(at_once):
    coupon = make_coupon(code="TEN", total_limit=5)
    offers = [current_offer(make_product()) for _ in range(4)]
    buyers = make_buyers(40)

    results = codes(
        at_once(40, lambda i: buy_all(buyers[i], [offers[i % 4]], 1, ["TEN"], off=1000))
    )

    assert results.count("placed") == 5
    assert results.count("coupon_used_up") == 35
    coupon.refresh_from_db()
    assert coupon.used == CouponUse.objects.exclude(state="released").count() == 5
    assert Order.objects.filter(discount_fen=1000).count() == Order.objects.count() == 5


def test_a_coupon_is_not_raced_past_what_a_person_may(at_once):
    make_coupon(code="TWICE", per_person_limit=2)
    offers = [current_offer(make_product()) for _ in range(3)]
    buyer = make_user()

    results = codes(at_once(20, lambda i: buy_all(buyer, [offers[i % 3]], 1, ["TWICE"], off=1000)))

    assert results.count("placed") == 2
    assert results.count("coupon_person") == 18


def make_order(buyer, number):
    now = timezone.now()
    sums = {"items_fen": 1000, "discount_fen": 100, "total_fen": 900}
    return Order.objects.create(
        number=number, buyer=buyer, key=uuid4(), placed_at=now, expires_at=now, **sums
    )


def test_twin_counting_uses_first_goes_past_the_total(at_once):
    """Count, then insert, with the trigger taken away: what a form's own check would do."""
    coupon = make_coupon(total_limit=5, per_person_limit=1)
    buyers = make_buyers(12)
    orders = [make_order(buyer, f"twin-{i}") for i, buyer in enumerate(buyers)]
    everyone_has_counted = threading.Barrier(12)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE orders_couponuse DISABLE TRIGGER orders_coupon_is_counted")

    def use_unguarded(i):
        used = CouponUse.objects.filter(coupon=coupon).count()
        everyone_has_counted.wait()
        if used >= coupon.total_limit:
            return False
        facts = {"coupon": coupon, "buyer": buyers[i], "order": orders[i], "discount_fen": 100}
        CouponUse.objects.create(**facts)
        return True

    try:
        assert sum(at_once(12, use_unguarded)) == 12
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE orders_couponuse ENABLE TRIGGER orders_coupon_is_counted")


def test_the_trigger_alone_stops_what_the_unguarded_code_would_do(at_once):
    coupon = make_coupon(total_limit=5, per_person_limit=1)
    buyers = make_buyers(12)
    orders = [make_order(buyer, f"guarded-{i}") for i, buyer in enumerate(buyers)]

    def use(i):
        facts = {"coupon": coupon, "buyer": buyers[i], "order": orders[i], "discount_fen": 100}
        CouponUse.objects.create(**facts)
        return True

    results = at_once(12, use)

    assert results.count(True) == 5
    assert Coupon.objects.get().used == 5


def test_buying_and_expiring_at_once_leaves_every_count_right(at_once):
    coupon = make_coupon(code="TEN", total_limit=100, per_person_limit=100)
    deal = make_deal(quantity=50, per_person_limit=50)
    offers = [current_offer(deal.product), current_offer(make_product(stock=50))]
    buyers = make_buyers(10)
    for buyer in buyers:
        buy_all(buyer, offers, 1, ["TEN"], off=1000)
    Order.objects.update(expires_at=timezone.now())

    def work(i):
        if i % 3 == 0:
            return holds.release_expired(limit=4)
        return buy_all(buyers[i % 10], offers[:: 1 if i % 2 else -1], 1, ["TEN"], off=1000)

    results = at_once(24, work)
    while holds.release_expired():
        pass

    assert not [result for result in results if isinstance(result, Exception)]
    live = Order.objects.filter(state="placed").count()
    assert live == 16
    coupon.refresh_from_db()
    assert coupon.used == live
    for offer in offers:
        pool = StockPool.objects.get(pk=offer.pool.pk)
        assert (pool.held, pool.available) == (live, 50 - live)
    assert sum(LimitCounter.objects.values_list("quantity", flat=True)) == live


def test_a_thousand_holds_by_one_account_are_refused(at_once):
    """By carts and single orders, of goods without a limit a person."""
    offers = [current_offer(make_product(stock=2000)) for _ in range(2)]
    buyer = make_user()

    def work(i):
        codes_of = []
        for n in range(25):
            try:
                if (i + n) % 2:
                    buy_all(buyer, offers)
                else:
                    buy(buyer, offers[0])
                codes_of.append("placed")
            except DomainError as error:
                codes_of.append(error.code)
        return codes_of

    results = [code for many in at_once(40, work) for code in many]

    assert len(results) == 1000
    assert results.count("placed") == holds.MOST_OPEN
    assert results.count("too_many_open") == 1000 - holds.MOST_OPEN
    assert StockPool.objects.get(pk=offers[0].pool.pk).held == holds.MOST_OPEN


def test_paying_starts_at_once_on_many_devices_and_extends_once(at_once):
    placed = place_order(
        buyer=make_user(),
        offer=(offer := current_offer(make_product())),
        quantity=1,
        expected_price_fen=offer.price_fen,
        address=ADDRESS,
        key=uuid4(),
    )
    later = timezone.now() + timedelta(hours=1)

    def extend(i):
        with transaction.atomic():
            rows = Hold.objects.filter(order=placed.order_id, extended_at=None)
            return rows.update(expires_at=later, extended_at=timezone.now())

    assert sum(at_once(10, extend)) == 1
