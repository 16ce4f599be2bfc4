"""Two assistants, a clock and buyers, all at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from livecommerce.errors import DomainError
from orders.domain import checkout
from orders.models import Hold
from products.domain.offers import current_offer
from products.models import Deal, StockPool
from streams.domain.flash_sales import (
    _lock_show,
    cancel_flash_sale,
    run_due,
    start_flash_sale,
    stop_flash_sale,
)
from streams.models import FlashSale
from tests.factories import make_address, make_assistant, make_user
from tests.streams.flash import begin, make_flash_sale
from tests.streams.shows import make_show

pytestmark = pytest.mark.django_db(transaction=True)


def units(product):
    pools = StockPool.objects.filter(product=product)
    return sum(pool.total for pool in pools)


def test_start_pressed_by_two_assistants_at_once(at_once):
    sale = make_flash_sale()
    people = [make_assistant(sale.broadcast.host).user for _ in range(6)]

    def press(number):
        start_flash_sale(sale=FlashSale.objects.get(pk=sale.pk), by=people[number])

    assert at_once(6, press) == [None] * 6
    assert Deal.objects.filter(product=sale.product).count() == 1
    assert StockPool.objects.get(product=sale.product, deal=None).available == 980
    assert units(sale.product) == 1000


def test_two_sales_of_a_show_started_at_once(at_once):
    show = make_show(state="live", items=2)
    sales = [make_flash_sale(show, product=item.product) for item in show.shelf.all()]

    def press(number):
        start_flash_sale(sale=FlashSale.objects.get(pk=sales[number].pk), by=show.host.user)

    answers = at_once(2, press)
    refused = [answer for answer in answers if isinstance(answer, DomainError)]
    assert [refusal.code for refusal in refused] == ["flash_other_on"]
    assert FlashSale.objects.filter(state="countdown").count() == 1


def test_one_product_started_in_two_rooms_at_once(at_once):
    """The show's lock does not help here: the database's exclusion does."""
    first = make_flash_sale(make_show(state="live", items=1))
    other = make_show(state="live")
    other.shelf.create(product=first.product, position=1)
    sales = [first, make_flash_sale(other)]

    def press(number):
        sale = FlashSale.objects.get(pk=sales[number].pk)
        start_flash_sale(sale=sale, by=sale.broadcast.host.user)

    answers = at_once(2, press)
    assert sum(answer is None for answer in answers) == 1
    assert {answer.code for answer in answers if answer} <= {"flash_no_overlap", "deal_no_overlap"}
    assert StockPool.objects.get(product=first.product, deal=None).available == 980
    assert units(first.product) == 1000


def test_two_rooms_start_at_once_without_the_exclusion(at_once):
    """The twin: with the exclusion away, both are started and the price is promised twice."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE products_deal DROP CONSTRAINT flash_no_overlap")
    try:
        sale = make_flash_sale(make_show(state="live", items=1))
        now = timezone.now()

        def promise(number):
            Deal.objects.create(
                festival=sale.festival,
                product=sale.product,
                price_fen=4800 - 2400 * number,
                quantity=1,
                is_flash=True,
                starts_at=now + timedelta(seconds=30),
                ends_at=now + timedelta(seconds=90),
                state="approved",
                approved_by=sale.approved_by,
                approved_at=now,
            )

        assert at_once(2, promise) == [None, None]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE products_deal CASCADE")
            cursor.execute(
                "ALTER TABLE products_deal ADD CONSTRAINT flash_no_overlap EXCLUDE USING gist"
                " (product_id WITH =, tstzrange(starts_at, ends_at) WITH &&)"
                " WHERE (is_flash AND state = 'approved')"
            )


def test_called_off_by_one_while_another_starts_it(at_once):
    sale = make_flash_sale()
    host = sale.broadcast.host.user
    start_flash_sale(sale=sale, by=host)

    def press(number):
        fresh = FlashSale.objects.get(pk=sale.pk)
        (cancel_flash_sale if number % 2 else start_flash_sale)(sale=fresh, by=host)

    assert at_once(6, press) == [None] * 6
    sale.refresh_from_db()
    assert sale.state in ("countdown", "cancelled")
    on_offer = 20 if sale.state == "countdown" else 0
    assert StockPool.objects.get(product=sale.product, deal=None).available == 1000 - on_offer
    assert units(sale.product) == 1000


def test_bought_out_while_it_is_stopped_and_swept(at_once):
    """Twelve buyers of two, 20 units, somebody presses stop and the sweep runs: what was
    acknowledged is held, nothing is sold twice, and what is left is at home."""
    sale = make_flash_sale()
    host = sale.broadcast.host.user
    start_flash_sale(sale=sale, by=host)
    begin(sale)
    run_due()
    offer = current_offer(sale.product)
    buyers = [make_user() for _ in range(12)]
    addresses = [make_address(buyer).snapshot() for buyer in buyers]

    def act(number):
        if number == 12:
            return stop_flash_sale(sale=FlashSale.objects.get(pk=sale.pk), by=host)
        if number == 13:
            return run_due()
        return checkout.place_order(
            buyer=buyers[number],
            offer=offer,
            quantity=2,
            expected_price_fen=4800,
            address=addresses[number],
            key=uuid4(),
        )

    answers = at_once(14, act)
    placed = [answer for answer in answers[:12] if isinstance(answer, checkout.Placed)]
    refused = [answer for answer in answers[:12] if not isinstance(answer, checkout.Placed)]
    assert {refusal.code for refusal in refused} <= {"sold_out", "sale_over"}
    pool = StockPool.objects.get(deal=sale.deal)
    assert Hold.objects.filter(pool=pool, state="held").count() == len(placed) <= 10
    assert (pool.available, pool.held) == (0, 2 * len(placed))
    everyday = StockPool.objects.get(product=sale.product, deal=None)
    assert everyday.available == 1000 - 2 * len(placed)
    sale.refresh_from_db()
    assert (sale.state, sale.reason) == ("ended", "stopped")


def test_who_buys_in_the_room_and_who_ends_the_sale_never_wait_in_a_circle():
    """The end of a sale holds the show when it wants the pool; a buyer holds the pool when the
    database asks whether the show is there. Seen with the show locked whole: five seconds of
    waiting, and everybody who pressed in a sale's last moment was told to press again."""
    sale = make_flash_sale()
    start_flash_sale(sale=sale, by=sale.broadcast.host.user)
    begin(sale)
    offer, buyer = current_offer(sale.product), make_user()
    wish = {
        "buyer": buyer,
        "offer": offer,
        "quantity": 1,
        "expected_price_fen": offer.price_fen,
        "address": make_address(buyer).snapshot(),
        "key": uuid4(),
        "broadcast": sale.broadcast,
    }

    with transaction.atomic():
        _lock_show(sale)
        with ThreadPoolExecutor(1) as thread:
            placed = thread.submit(_in_a_thread, lambda: checkout.place_order(**wish)).result()

    assert placed.is_new


def _in_a_thread(work):
    try:
        return work()
    finally:
        connection.close()
