"""Everyone at once. Each race has a twin that shows it without the guard."""

import threading
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from livecommerce.errors import DomainError
from orders.domain import checkout
from orders.domain.checkout import place_order
from orders.domain.combiner import Combiner
from orders.models import Hold, LimitCounter, Order
from products.domain.offers import current_offer
from products.domain.sheets.deal_book import DealBook
from products.domain.sheets.product_book import ProductBook
from products.models import StockPool
from tests.factories import make_deal, make_user

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = {
    "recipient": "覃小满",
    "phone": "13800138000",
    "province": "广西壮族自治区",
    "city": "河池市",
    "street": "幸福路 1 号",
}


def buy(buyer, offer, quantity=1, key=None):
    return place_order(
        buyer=buyer,
        offer=offer,
        quantity=quantity,
        expected_price_fen=offer.price_fen,
        address=ADDRESS,
        key=key or uuid4(),
    )


def codes(results):
    return [result.code if isinstance(result, DomainError) else "placed" for result in results]


def make_buyers(n):
    return [make_user() for _ in range(n)]


def test_two_hundred_buyers_for_one_item(at_once):
    offer = current_offer(make_deal(quantity=1).product)
    buyers = make_buyers(200)

    results = codes(at_once(200, lambda i: buy(buyers[i], offer)))

    assert sorted(results) == ["placed"] + ["sold_out"] * 199
    pool = StockPool.objects.get(pk=offer.pool.pk)
    assert (pool.available, pool.held) == (0, 1)
    assert Order.objects.count() == 1


def test_twin_without_the_lock_one_item_is_promised_to_everyone(at_once):
    """Read, decide, write: what the tutorials do, with a stock row that nobody locked."""
    offer = current_offer(make_deal(quantity=1).product)
    everyone_has_read = threading.Barrier(10)

    def buy_unguarded(i):
        pool = StockPool.objects.get(pk=offer.pool.pk)
        everyone_has_read.wait()
        if pool.available < 1:
            return False
        pool.available, pool.held = 0, 1
        pool.save()
        return True

    assert sum(at_once(10, buy_unguarded)) == 10


def test_twin_the_constraint_alone_stops_what_the_unguarded_code_would_do(at_once):
    offer = current_offer(make_deal(quantity=1).product)

    def take_one(_):
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE products_stockpool SET available = available - 1, held = held + 1"
                " WHERE id = %s",
                [offer.pool.pk],
            )

    results = at_once(10, take_one)

    assert [type(result) for result in results].count(IntegrityError) == 9


def test_one_person_on_many_devices_stays_within_the_limit(at_once):
    offer = current_offer(make_deal(quantity=100, per_person_limit=2).product)
    buyer = make_user()

    results = codes(at_once(40, lambda _: buy(buyer, offer)))

    assert results.count("placed") == 2
    assert results.count("limit_reached") == 38
    assert LimitCounter.objects.get().quantity == 2


def test_twin_counting_orders_first_breaks_the_limit(at_once):
    """The tutorial's way: count what the buyer has, then insert. The guard is the counter row."""
    buyer = make_user()
    everyone_has_counted = threading.Barrier(10)

    def buy_unguarded(i):
        had = Order.objects.filter(buyer=buyer).count()
        everyone_has_counted.wait()
        if had >= 2:
            return False
        now = timezone.now()
        facts = {"items_fen": 1, "total_fen": 1, "placed_at": now, "expires_at": now}
        Order.objects.create(number=f"unguarded-{i}", buyer=buyer, key=uuid4(), **facts)
        return True

    assert sum(at_once(10, buy_unguarded)) == 10


def test_one_click_sent_many_times_is_one_order(at_once):
    offer = current_offer(make_deal(quantity=100).product)
    buyer, key = make_user(), uuid4()

    results = at_once(30, lambda _: buy(buyer, offer, key=key))

    assert len({result.number for result in results}) == 1
    assert [result.is_new for result in results].count(True) == 1
    assert Order.objects.count() == 1


def test_one_key_for_two_wishes_at_once_gives_one_order_and_a_conflict(at_once):
    offers = [current_offer(make_deal().product), current_offer(make_deal().product)]
    buyer, key = make_user(), uuid4()

    results = codes(at_once(2, lambda i: buy(buyer, offers[i], key=key)))

    assert sorted(results) == ["key_conflict", "placed"]


def test_stock_that_does_not_fit_one_wish_goes_to_the_next(at_once):
    offer = current_offer(make_deal(quantity=5, per_person_limit=9).product)
    buyers = make_buyers(60)

    results = at_once(60, lambda i: buy(buyers[i], offer, quantity=2 if i % 2 else 1))

    pool = StockPool.objects.get(pk=offer.pool.pk)
    assert pool.available == 0
    assert sum(hold.quantity for hold in Hold.objects.all()) == pool.held == 5
    assert codes(results).count("placed") == Order.objects.count()


def test_many_products_at_once_each_keep_their_own_stock(at_once):
    offers = [current_offer(make_deal(quantity=7).product) for _ in range(5)]
    buyers = make_buyers(100)

    results = codes(at_once(100, lambda i: buy(buyers[i], offers[i % 5])))

    assert results.count("placed") == 35
    for offer in offers:
        pool = StockPool.objects.get(pk=offer.pool.pk)
        assert (pool.available, pool.held, pool.total) == (0, 7, 7)


@pytest.mark.parametrize("book", [ProductBook, DealBook])
def test_buying_goes_on_while_a_spreadsheet_is_applied(at_once, book):
    """Thousands of rows take their time, and all of their goods are on sale meanwhile. Seen with
    the rows locked whole: each purchase waited for five seconds and was refused."""
    deal = make_deal()
    offer, buyer = current_offer(deal.product), make_user()
    rows = [{"sku": deal.product.sku, "number": str(deal.pk)}]

    with transaction.atomic():
        book(actor=make_user(is_superuser=True), codes=None, rows=rows, is_locked=True)
        results = at_once(1, lambda _: buy(buyer, offer))

    assert codes(results) == ["placed"]


def test_one_key_used_for_two_products_at_once_by_two_processes(at_once):
    """Different pools, so that nobody waits for the other's lock: the key itself decides."""
    offers = [current_offer(make_deal().product) for _ in range(2)]
    buyer = make_user()
    combiners = [Combiner(checkout.commit_batch, key_of=lambda wish: wish.key) for _ in offers]

    for _round in range(10):
        key = uuid4()
        wishes = [
            checkout.make_wish(
                buyer_id=buyer.pk,
                offer=offer,
                quantity=1,
                expected_price_fen=offer.price_fen,
                address=ADDRESS,
                key=key,
                broadcast=None,
                perishable_accepted=False,
            )
            for offer in offers
        ]
        answers = at_once(2, lambda i, wishes=wishes: combiners[i].submit(wishes[i]).verdict)
        assert sorted(answers) == ["conflict", "placed"]
        Order.objects.update(state="cancelled")
        LimitCounter.objects.update(quantity=0)

    for combiner in combiners:
        combiner.stop()
