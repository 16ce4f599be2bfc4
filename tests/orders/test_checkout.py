from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from livecommerce.errors import DomainError
from orders.domain import checkout, freight, holds
from orders.domain.checkout import MAX_QUANTITY, place_order
from orders.models import Hold, LimitCounter, Order
from products.domain.offers import current_offer
from products.models import Deal, Product, StockPool
from tests.factories import make_address, make_deal, make_freight, make_product, make_user
from tests.streams.shows import make_show

pytestmark = pytest.mark.django_db


def place(buyer, product, quantity=1, price=None, **fields):
    offer = current_offer(product)
    values = {
        "buyer": buyer,
        "offer": offer,
        "quantity": quantity,
        "expected_price_fen": offer.price_fen if price is None else price,
        "address": make_address(buyer).snapshot(),
        "key": uuid4(),
    }
    return place_order(**values | fields)


def refused(code, *args, **fields):
    with pytest.raises(DomainError) as caught:
        place(*args, **fields)
    assert caught.value.code == code
    return caught.value


def test_an_order_keeps_a_snapshot_of_the_deal_and_holds_its_stock():
    deal = make_deal(quantity=10)
    buyer = make_user()

    placed = place(buyer, deal.product, 2)

    order = Order.objects.get(number=placed.number)
    line = order.lines.get()
    assert placed.is_new
    assert (order.state, order.total_fen, order.buyer) == ("placed", 2 * deal.price_fen, buyer)
    assert (line.deal, line.quantity, line.unit_price_fen) == (deal, 2, deal.price_fen)
    assert line.base_price_fen == deal.base_price_fen
    assert (line.name_zh, line.producer) == (deal.product.name_zh, deal.product.producer)
    assert (line.producer_fen, line.packing_fen, line.freight_fen) == (3200, 300, 600)
    assert [event.to_state for event in order.events.all()] == ["placed"]
    assert order.holds.get().state == Hold.State.HELD
    pool = StockPool.objects.get(deal=deal)
    assert (pool.available, pool.held, pool.sold, pool.version) == (8, 2, 0, 1)
    assert LimitCounter.objects.get(deal=deal, buyer=buyer).quantity == 2


def test_a_hold_lasts_as_long_as_its_kind_of_sale(settings):
    usual = Order.objects.get(number=place(make_user(), make_product()).number)
    flash_deal = make_deal(is_flash=True)
    flash = Order.objects.get(number=place(make_user(), flash_deal.product).number)

    assert usual.expires_at - usual.placed_at == timedelta(seconds=settings.HOLD_SECONDS)
    assert flash.expires_at - flash.placed_at == timedelta(seconds=settings.FLASH_HOLD_SECONDS)


def test_the_same_key_gives_the_same_order():
    deal, buyer, key = make_deal(quantity=10), make_user(), uuid4()

    first = place(buyer, deal.product, key=key)
    again = place(buyer, deal.product, key=key)

    assert (again.number, again.is_new) == (first.number, False)
    assert StockPool.objects.get(deal=deal).held == 1


def test_the_same_key_for_another_wish_is_a_conflict():
    deal, buyer, key = make_deal(), make_user(), uuid4()
    place(buyer, deal.product, key=key)

    error = refused("key_conflict", buyer, deal.product, 2, key=key)

    assert error.status == 409
    assert Order.objects.count() == 1


def test_two_people_may_use_the_same_key():
    deal, key = make_deal(), uuid4()

    numbers = {place(make_user(), deal.product, key=key).number for _ in range(2)}

    assert len(numbers) == 2


def test_the_limit_counts_what_was_bought_before():
    deal, buyer = make_deal(per_person_limit=3), make_user()
    place(buyer, deal.product, 2)

    error = refused("limit_reached", buyer, deal.product, 2)

    assert error.facts == {"spare": 1, "most": 3}
    assert place(buyer, deal.product, 1).is_new


def test_the_list_price_has_no_limit():
    buyer, product = make_user(), make_product(stock=30)
    place(buyer, product, 20)

    assert place(buyer, product, 10).is_new
    assert not LimitCounter.objects.exists()


def test_too_few_left_says_how_many():
    deal = make_deal(quantity=3, per_person_limit=9)

    error = refused("sold_out", make_user(), deal.product, 4)

    assert error.facts == {"spare": 3}
    assert not Order.objects.exists()


def test_a_product_without_stock_rows_is_sold_out():
    product = make_product()
    StockPool.objects.filter(product=product).delete()

    assert refused("sold_out", make_user(), product).facts == {"spare": 0}


def test_a_changed_price_is_shown_and_not_charged():
    product = make_product()

    error = refused("price_changed", make_user(), product, price=1)

    assert error.facts == {"price_fen": product.list_price_fen}
    assert not Order.objects.exists()


def test_an_offer_that_ended_meanwhile_is_over():
    deal = make_deal()
    offer = current_offer(deal.product)
    Deal.objects.filter(pk=deal.pk).update(state="ended")

    refused("sale_over", make_user(), deal.product, offer=offer, price=deal.price_fen)


def test_a_product_taken_off_the_list_is_over():
    product = make_product()
    offer = current_offer(product)
    Product.objects.filter(pk=product.pk).update(state="retired")

    refused("sale_over", make_user(), product, offer=offer)


@pytest.mark.parametrize("quantity", [0, -1, MAX_QUANTITY + 1, 10**12, 1.0, True, "1"])
def test_a_quantity_is_a_small_whole_number(quantity):
    assert refused("quantity", make_user(), make_product(), quantity).status == 422


def test_an_address_is_needed():
    refused("address", make_user(), make_product(), address={"recipient": "覃小满"})


def test_fresh_goods_want_their_own_confirmation():
    product = make_product(seven_day_return=False)

    refused("perishable", make_user(), product)
    placed = place(make_user(), product, perishable_accepted=True)

    assert Order.objects.get(number=placed.number).perishable_accepted_at is not None


def test_the_database_refuses_a_counter_past_the_limit():
    deal, buyer = make_deal(per_person_limit=2), make_user()
    with pytest.raises(IntegrityError, match="per-person limit"), transaction.atomic():
        LimitCounter.objects.create(deal=deal, buyer=buyer, quantity=3)

    counter = LimitCounter.objects.create(deal=deal, buyer=buyer, quantity=2)
    with pytest.raises(IntegrityError, match="per-person limit"), transaction.atomic():
        LimitCounter.objects.filter(pk=counter.pk).update(quantity=3)


def test_a_lowered_limit_leaves_old_counters_and_lets_them_shrink():
    deal, buyer = make_deal(per_person_limit=4), make_user()
    counter = LimitCounter.objects.create(deal=deal, buyer=buyer, quantity=4)
    Deal.objects.filter(pk=deal.pk).update(per_person_limit=2)

    LimitCounter.objects.filter(pk=counter.pk).update(quantity=3)

    assert LimitCounter.objects.get().quantity == 3


def test_the_database_refuses_stock_below_zero():
    deal = make_deal(quantity=1)
    with (
        pytest.raises(IntegrityError, match="stock_not_negative"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "UPDATE products_stockpool SET available = -1, held = 2 WHERE deal_id = %s", [deal.pk]
        )


def test_an_order_before_the_deal_begins_is_at_the_list_price():
    soon = timezone.now() + timedelta(hours=1)
    deal = make_deal(starts_at=soon, ends_at=soon + timedelta(hours=1))

    placed = place(make_user(), deal.product)

    assert placed.total_fen == deal.product.list_price_fen


def test_carriage_is_part_of_the_order_and_compared_with_what_was_seen():
    make_freight(zones=[{"first_kg_fen": 500, "further_kg_fen": 100}])
    freight.forget()
    product = make_product(net_weight_g=900)

    error = refused("total_changed", make_user(), product, 2)
    placed = place(make_user(), product, 2, expected_freight_fen=600)

    assert "¥198" in error.message
    order = Order.objects.get(number=placed.number)
    assert placed.total_fen == order.total_fen == 2 * 9600 + 600
    assert (order.items_fen, order.freight_fen) == (19_200, 600)
    freight.forget()


def test_each_line_knows_its_show():
    show = make_show()

    order = Order.objects.get(number=place(make_user(), make_product(), broadcast=show).number)

    assert order.lines.get().broadcast == order.broadcast == show


def test_holds_without_end_are_refused(monkeypatch):
    monkeypatch.setattr(holds, "MOST_OPEN", 3)
    buyer, product = make_user(), make_product()
    first = place(buyer, product)
    place(buyer, product)
    place(buyer, make_product())

    error = refused("too_many_open", buyer, product)

    assert (error.status, "3" in error.message) == (409, True)
    assert place(make_user(), product).is_new
    holds.cancel(order=Order.objects.get(number=first.number), actor=buyer)
    assert place(buyer, product).is_new


def test_one_batch_does_not_let_anybody_hold_more(monkeypatch):
    monkeypatch.setattr(holds, "MOST_OPEN", 3)
    buyer, product = make_user(), make_product()
    wishes = [
        checkout.make_wish(
            buyer_id=buyer.pk,
            offer=current_offer(product),
            quantity=1,
            expected_price_fen=product.list_price_fen,
            address=make_address(buyer).snapshot(),
            key=uuid4(),
            broadcast=None,
            perishable_accepted=False,
        )
        for _ in range(5)
    ]

    verdicts = [verdict.verdict for verdict in checkout.commit_batch(wishes)]

    assert verdicts == ["placed"] * 3 + ["too_many"] * 2
    assert StockPool.objects.get(product=product).held == 3


def test_a_process_of_the_release_before_still_sells():
    buyer, product = make_user(), make_product()
    pool = StockPool.objects.get(product=product)
    arrays = [[pool.pk], [buyer.pk], [1], [product.list_price_fen], [str(uuid4())], ["h"], ["N-1"]]
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT verdict, total_fen FROM orders_place_batch(
                %s::bigint[], %s::bigint[], %s::integer[], %s::integer[], %s::uuid[], %s::text[],
                %s::text[], %s::bigint[], %s::text[]::jsonb[], %s::boolean[], %s, %s)""",
            [*arrays, [None], ["{}"], [False], 900, 300],
        )
        assert cursor.fetchall() == [("placed", product.list_price_fen)]


def test_a_press_does_not_read_everybody_elses_unpaid_orders():
    """In a flash sale they are thousands, and few when PostgreSQL last looked."""
    buyer, others = make_user(), make_user()
    product = make_product(stock=10)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO orders_order (
                number, buyer_id, key, request_hash, state, currency, items_fen, freight_fen,
                discount_fen, total_fen, address, placed_at, expires_at)
            SELECT 'T' || n, %s, gen_random_uuid(), '', 'placed', 'cny', 1, 0, 0, 1, '{}',
                   now(), now() + interval '1 hour'
            FROM generate_series(1, 600) n
            """,
            [others.pk],
        )
        read = _rows_read(cursor)

        place(buyer, product)

        assert _rows_read(cursor) - read < 30


def _rows_read(cursor) -> int:
    """Orders that this transaction has looked at so far."""
    cursor.execute(
        "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables"
        " WHERE relname = 'orders_order'"
    )
    return cursor.fetchone()[0]


def test_more_than_can_be_paid_at_once_is_refused_in_words():
    product = make_product(list_price_fen=3_000_000, stock=2000)

    error = refused("too_much", make_user(), product, 999)

    assert error.status == 422
    assert "999,999.99" in error.message
    assert not Order.objects.exists()
