"""Several lines, producers and shows in one order: all or none, exact to the fen to the end."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from livecommerce.errors import DomainError
from orders.domain import (
    cart,
    freight,
    holds,
    ledger,
    payments,
    queries,
    refunds,
    settlement,
)
from orders.domain.cart import Wanted, place_cart
from orders.models import (
    CouponUse,
    Entry,
    Hold,
    LimitCounter,
    Order,
    OrderLine,
    Settlement,
)
from products.domain.offers import current_offer
from products.models import Deal, Product, StockPool
from streams.models import Broadcast
from tests.factories import (
    make_address,
    make_coupon,
    make_deal,
    make_freight,
    make_official,
    make_producer,
    make_product,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forget():
    freight.forget()
    yield
    freight.forget()


def want(product, quantity=1, show=None, **fields):
    offer = current_offer(product)
    return Wanted(offer, quantity, offer.price_fen, show.pk if show else None, **fields)


def goods_total(wanted):
    return sum(one.price_fen * one.quantity for one in wanted)


def place(buyer, wanted, total=None, **fields):
    values = {
        "buyer": buyer,
        "wanted": wanted,
        "expected_total_fen": goods_total(wanted) if total is None else total,
        "address": make_address(buyer).snapshot(),
        "key": uuid4(),
    }
    placed = place_cart(**values | fields)
    return Order.objects.get(pk=placed.order_id)


def refused(code, *args, **fields):
    before = Order.objects.count()
    with pytest.raises(DomainError) as caught:
        place(*args, **fields)
    assert caught.value.code == code
    assert caught.value.message
    assert Order.objects.count() == before
    return caught.value


def make_show(title="山货专场"):
    host = make_official()
    return Broadcast.objects.create(
        title_zh=title,
        host=host,
        region=host.region,
        state="live",
        scheduled_at=timezone.now(),
        started_at=timezone.now(),
    )


def level(product, deal=None):
    pool = StockPool.objects.get(product=product, deal=deal)
    return pool.available, pool.held, pool.sold


def test_lines_of_several_producers_and_shows_become_one_order():
    deal, product = make_deal(quantity=10), make_product(list_price_fen=5000, stock=7)
    one, two = make_show(), make_show("另一场")
    buyer = make_user()

    order = place(buyer, [want(deal.product, 2, one), want(product, 3, two)])

    assert (order.items_fen, order.total_fen, order.broadcast) == (24_600, 24_600, None)
    lines = {line.product_id: line for line in order.lines.all()}
    assert [lines[deal.product_id].broadcast, lines[product.pk].broadcast] == [one, two]
    assert (lines[product.pk].producer, lines[product.pk].amount_fen) == (product.producer, 15_000)
    assert level(deal.product, deal) == (8, 2, 0)
    assert level(product) == (4, 3, 0)
    assert order.holds.count() == 2
    assert LimitCounter.objects.get(deal=deal, buyer=buyer).quantity == 2
    assert [event.to_state for event in order.events.all()] == ["placed"]


def test_an_order_of_one_show_is_that_shows():
    show = make_show()

    order = place(make_user(), [want(make_product(), 1, show), want(make_product(), 1, show)])

    assert order.broadcast == show


def test_one_bad_line_and_nothing_is_bought():
    good, gone, few = make_product(), make_deal(), make_product(stock=2)
    wanted = [want(good), want(gone.product), want(few, 3)]
    Deal.objects.filter(pk=gone.pk).update(state="ended")

    error = refused("cart_lines", make_user(), wanted)

    assert error.facts["lines"] == {
        gone.product.sku: {"code": "sale_over"},
        few.sku: {"code": "sold_out", "spare": 2},
    }
    assert good.sku not in error.facts["lines"]
    assert few.name_zh in error.message
    assert level(good) == (1000, 0, 0)
    assert not Hold.objects.exists()


def test_a_single_line_is_refused_as_it_would_be_alone():
    deal, buyer = make_deal(per_person_limit=2), make_user()
    place(buyer, [want(deal.product, 2)])

    assert refused("limit_reached", buyer, [want(deal.product)]).facts == {"spare": 0, "most": 2}


def test_a_price_that_moved_is_told_line_by_line():
    product, other = make_product(), make_product()
    wanted = [want(product), want(other)]
    Product.objects.filter(pk=product.pk).update(list_price_fen=9700)

    error = refused("cart_lines", make_user(), wanted)

    assert error.facts["lines"] == {product.sku: {"code": "price_changed", "price_fen": 9700}}


def test_a_sum_the_buyer_did_not_see_is_not_charged():
    refused("total_changed", make_user(), [want(make_product())], total=1)


def test_the_same_key_gives_the_same_order_even_after_prices_moved():
    product, buyer, key = make_product(), make_user(), uuid4()
    wanted = [want(product)]
    address = make_address(buyer).snapshot()
    first = place(buyer, wanted, key=key, address=address)
    Product.objects.filter(pk=product.pk).update(list_price_fen=1)

    again = place(buyer, wanted, key=key, address=address)
    with pytest.raises(DomainError) as more:
        place(buyer, [want(make_product())], key=key)

    assert again == first
    assert more.value.code == "key_conflict"
    assert Order.objects.count() == 1


def test_the_database_itself_knows_a_key_again():
    product, buyer, key = make_product(), make_user(), uuid4()
    wanted, address = [want(product)], make_address(buyer).snapshot()
    place(buyer, wanted, key=key, address=address)
    bill = cart.make_bill(goods=[(wanted[0].offer, 1)])
    asked = cart._hash(wanted, bill.total_fen, address, [])

    same = cart._call([*cart._arguments(buyer, wanted, bill, key, asked, address, False), None])
    other = cart._call([*cart._arguments(buyer, wanted, bill, key, "else", address, False), None])

    assert (same[0][3], other[0][3]) == ("duplicate", "conflict")


@pytest.mark.parametrize("quantity", [0, -1, 1000, 1.0, True])
def test_quantities_are_small_whole_numbers(quantity):
    product = make_product()
    wanted = [Wanted(current_offer(product), quantity, product.list_price_fen)]

    assert refused("quantity", make_user(), wanted, total=1).status == 422


def test_what_else_has_to_be_said():
    product = make_product(seven_day_return=False)
    buyer = make_user()

    refused("empty", buyer, [])
    refused("form", buyer, [want(product), want(product)])
    refused("address", buyer, [want(product)], address={})
    refused("perishable", buyer, [want(product)])
    assert place(buyer, [want(product)], perishable_accepted=True).perishable_accepted_at


def test_a_flash_line_makes_the_hold_short(settings):
    flash = make_deal(is_flash=True)

    order = place(make_user(), [want(flash.product), want(make_product())])

    kept = {hold.expires_at - order.placed_at for hold in order.holds.all()}
    assert kept == {timedelta(seconds=settings.FLASH_HOLD_SECONDS)}


def test_so_many_orders_may_wait_for_payment_and_no_more(monkeypatch):
    buyer, product = make_user(), make_product()
    monkeypatch.setattr(holds, "MOST_OPEN", 3)
    first = place(buyer, [want(product)])
    for _ in range(2):
        place(buyer, [want(product)])

    error = refused("too_many_open", buyer, [want(product)])
    assert (error.status, "3" in error.message) == (409, True)
    assert place(make_user(), [want(product)])
    holds.cancel(order=first, actor=buyer)
    assert place(buyer, [want(product)])


# --- Coupons and freight -----------------------------------------------------------------------


def test_coupons_and_freight_are_in_the_sum_and_on_the_lines():
    one, two = make_product(list_price_fen=1000), make_product(list_price_fen=2000)
    make_freight(zones=[{"first_kg_fen": 500, "further_kg_fen": 100}])
    row = make_coupon(code="TEN", amount_fen=1000)
    wanted = [want(one), want(two)]

    order = place(make_user(), wanted, 3000 - 1000 + 2 * 600, codes=["ten"])

    assert (order.items_fen, order.discount_fen, order.freight_fen) == (3000, 1000, 1200)
    assert order.total_fen == 3200
    assert sorted(line.discount_fen for line in order.lines.all()) == [333, 667]
    use = order.coupon_uses.get()
    assert (use.coupon, use.discount_fen, use.state) == (row, 1000, "held")
    row.refresh_from_db()
    assert row.used == 1


def test_stacked_coupons_are_each_written_down():
    product = make_product(list_price_fen=10_000)
    make_coupon(code="AMOUNT", amount_fen=1000, is_stackable=True)
    make_coupon(code="SHARE", percent_bps=1000, is_stackable=True)

    order = place(make_user(), [want(product)], 8100, codes=["SHARE", "AMOUNT"])

    assert {use.coupon.code: use.discount_fen for use in order.coupon_uses.all()} == {
        "AMOUNT": 1000,
        "SHARE": 900,
    }


def test_coupons_are_refused_with_words():
    now = timezone.now()
    buyer, product = make_user(), make_product()
    make_coupon(code="OVER", ends_at=now - timedelta(seconds=1))
    make_coupon(code="LONER")
    make_coupon(code="FRIEND", is_stackable=True)
    make_coupon(code="FOREIGN", producer=make_producer())
    make_coupon(code="THEIRS", holder=make_user())
    make_coupon(code="RICH", minimum_fen=1_000_000)

    for code, codes in {
        "coupon_over": ["OVER"],
        "coupon_stack": ["LONER", "FRIEND"],
        "coupon_foreign": ["FOREIGN"],
        "coupon_unknown": ["THEIRS"],
        "coupon_minimum": ["RICH"],
    }.items():
        refused(code, buyer, [want(product)], codes=codes)
    assert not CouponUse.objects.exists()


def test_a_person_uses_it_as_often_as_allowed():
    buyer, product = make_user(), make_product()
    make_coupon(code="ONCE")
    place(buyer, [want(product)], 8600, codes=["ONCE"])

    refused("coupon_person", buyer, [want(product)], 8600, codes=["ONCE"])
    assert place(make_user(), [want(product)], 8600, codes=["ONCE"])


def test_a_total_limit_is_for_all():
    product = make_product()
    make_coupon(code="FIRST", total_limit=1)
    place(make_user(), [want(product)], 8600, codes=["FIRST"])

    refused("coupon_used_up", make_user(), [want(product)], 8600, codes=["FIRST"])


def call(buyer, wanted, coupon_row, discount):
    """The call itself, with whatever discount somebody computed."""
    bill = cart.make_bill(goods=[(one.offer, one.quantity) for one in wanted])
    arguments = cart._arguments(buyer, wanted, bill, uuid4(), "hash", {}, False)
    arguments[11:13] = [[coupon_row.pk], discount]
    return cart._call([*arguments, None])[0][3]


def test_the_database_believes_no_computed_discount():
    buyer, product, other = make_user(), make_product(), make_product()
    row = make_coupon(amount_fen=1000, producer=product.producer)
    wanted = [want(product), want(other)]

    for wrong in ([999, 0], [1001, 0], [0, 1000], [2000, -1000], [1000, None], [0, 0]):
        assert call(buyer, wanted, row, wrong) == "coupon_changed"
    assert call(buyer, wanted, row, [1000, 0]) == "placed"


def test_the_database_judges_the_coupon_itself():
    buyer, wanted, now = make_user(), [want(make_product())], timezone.now()
    over = make_coupon(ends_at=now - timedelta(seconds=1))
    theirs = make_coupon(holder=make_user())
    stopped = make_coupon(is_stopped=True)
    poor = make_coupon(minimum_fen=1_000_000)
    elsewhere = make_coupon(producer=make_producer())

    found = [call(buyer, wanted, row, [1000]) for row in (over, theirs, stopped)]
    assert found == ["coupon_over"] * 3
    assert call(buyer, wanted, poor, [1000]) == "coupon_minimum"
    assert call(buyer, wanted, elsewhere, [0]) == "coupon_minimum"
    assert not Order.objects.exists()


def test_what_cannot_be_sent_there_is_refused_before_anything_is_held():
    frozen = make_product(cold_chain="frozen")
    make_freight(zones=[{"takes_cold": False}])

    error = refused("not_sent_there", make_user(), [want(make_product()), want(frozen)])

    assert error.facts == {"positions": [1]}
    assert not Hold.objects.exists()


amounts_off = st.builds(
    lambda fen, least: {"amount_fen": fen, "minimum_fen": least},
    st.integers(1, 40_000),
    st.integers(0, 30_000),
)
shares_off = st.builds(
    lambda bps, most: {"percent_bps": bps, "most_fen": most},
    st.integers(1, 10_000),
    st.one_of(st.none(), st.integers(1, 9_000)),
)
quantities = st.lists(st.integers(1, 40), min_size=3, max_size=3)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    prices=st.lists(st.integers(1, 12_345), min_size=3, max_size=3),
    units=quantities,
    terms=st.lists(st.one_of(amounts_off, shares_off), min_size=1, max_size=4),
    scopes=st.lists(st.integers(0, 2), min_size=4, max_size=4),
)
def test_the_database_computes_the_same_discounts_to_the_fen(prices, units, terms, scopes):
    farms = [make_producer(), make_producer()]
    goods = [
        make_product(list_price_fen=fen, producer=farms[number % 2], stock=50, history_days=0)
        for number, fen in enumerate(prices)
    ]
    rows = [
        make_coupon(is_stackable=True, producer=[None, *farms][scope], **one)
        for one, scope in zip(terms, scopes, strict=False)
    ]
    wanted = [want(one, n) for one, n in zip(goods, units, strict=True)]
    pairs = [(one.offer, one.quantity) for one in wanted]
    try:
        applied = cart.apply_coupons(chosen=rows, goods=pairs)
    except DomainError:
        return  # in words before the database is asked

    total = goods_total(wanted) - applied.total_fen
    order = place(make_user(), wanted, total, codes=[row.code for row in rows])

    assert (order.total_fen, order.discount_fen) == (total, applied.total_fen)
    lines = order.lines.order_by("pk")
    assert [line.discount_fen for line in lines] == [
        sum(off) for off in zip(*applied.by_coupon, strict=True)
    ]
    assert sum(use.discount_fen for use in order.coupon_uses.all()) == applied.total_fen
    assert all(line.amount_fen >= line.discount_fen for line in lines)
    shares = ledger.shares_of(order)
    assert sum(shares.parts.values()) == order.total_fen + shares.subsidy_fen


# --- What becomes of such an order ---------------------------------------------------------------


def make_cart_order(buyer=None):
    """Two producers, one below cost, a coupon, freight: everything at once."""
    one = make_deal(make_product(list_price_fen=6000, producer_cost_fen=3200), quantity=10)
    two = make_product(list_price_fen=9600, stock=10)
    make_freight(zones=[{"first_kg_fen": 500}])
    make_coupon(code="TEN", amount_fen=1000)
    freight.forget()
    order = place(
        buyer or make_user(),
        [want(one.product, 2), want(two)],
        6000 + 9600 + 500 + 500 - 1000,
        codes=["TEN"],
    )
    return order, one, two


def test_expiry_gives_everything_back():
    order, one, two = make_cart_order()
    Order.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert holds.release_expired() == 1

    order.refresh_from_db()
    assert order.state == "expired"
    assert (level(one.product, one), level(two)) == ((10, 0, 0), (10, 0, 0))
    assert LimitCounter.objects.get(deal=one).quantity == 0
    use = order.coupon_uses.get()
    use.coupon.refresh_from_db()
    assert (use.state, use.coupon.used) == ("released", 0)


def test_cancelling_gives_everything_back():
    buyer = make_user()
    order, one, two = make_cart_order(buyer)

    holds.cancel(order=order, actor=buyer)

    assert (level(one.product, one), level(two)) == ((10, 0, 0), (10, 0, 0))
    assert order.coupon_uses.get().state == "released"


def balance(order):
    entries = Entry.objects.filter(transaction__order=order)
    return {
        (entry.account.kind, entry.account.producer_id): 0
        for entry in entries.select_related("account")
    } | _sums(entries)


def _sums(entries):
    found = {}
    for entry in entries.select_related("account"):
        key = (entry.account.kind, entry.account.producer_id or entry.account.payer or None)
        found[key] = found.get(key, 0) + entry.amount_fen
    return found


def test_payment_sells_every_line_and_the_books_say_who_paid_for_what(shop):
    order, one, two = make_cart_order()

    payments.check(shop.pay(order))
    settlement.settle_due()

    order.refresh_from_db()
    assert order.state == "paid"
    assert (level(one.product, one), level(two)) == ((8, 0, 2), (9, 0, 1))
    assert order.coupon_uses.get().state == "used"
    books = _sums(Entry.objects.filter(transaction__order=order, transaction__kind="paid"))
    payment = order.payments.get()
    assert sum(books.values()) == 0
    assert books["clearing", None] == order.total_fen == 15_600
    # Two units at 30.00 cost 41.00 each: 22.00 short, and the coupon's 10.00.
    assert books["subsidy", one.subsidy_payer_zh] == 2200
    assert books["subsidy", "自治区商务厅"] == 1000
    assert books["producer", one.product.producer_id] == -2 * 3200
    assert books["producer", two.producer_id] == -(9600 - 300 - 600 - 768)
    assert books["freight", None] == -(3 * 600 + 1000)
    assert books["packing", None] == -3 * 300
    assert books["platform", None] == -768 + payment.fee_fen
    assert Settlement.objects.get(order=order).state == "posted"


def test_where_the_money_went_names_the_payer_of_the_coupon():
    order, one, _two = make_cart_order()

    trail = queries.where_the_money_went(order, queries.lines_of(order))

    assert sum(part.fen for part in trail.parts) == (
        order.total_fen + trail.subsidy_fen + sum(part.fen for part in trail.coupons)
    )
    assert [(part.label, part.fen) for part in trail.subsidies] == [(one.subsidy_payer_zh, 2200)]
    assert [(part.label, part.fen) for part in trail.coupons] == [("自治区商务厅", 1000)]


def test_a_full_refund_before_sending_restocks_all_lines_and_the_coupon(shop):
    order, one, two = make_cart_order()
    payment = shop.pay(order)
    payments.check(payment)
    settlement.settle_due()
    payment.refresh_from_db()

    made = refunds.refund(
        payment=payment,
        amount_fen=payment.amount_fen,
        reason="买错了",
        actor=make_user(is_staff=True),
        key="all",
    )
    refunds.finish(made, provider_id="re_1")

    order.refresh_from_db()
    assert order.state == "cancelled"
    assert (level(one.product, one), level(two)) == ((10, 0, 0), (10, 0, 0))
    assert LimitCounter.objects.get(deal=one).quantity == 0
    assert order.coupon_uses.get().state == "released"
    left = {
        key: fen
        for key, fen in _sums(Entry.objects.filter(transaction__order=order)).items()
        if fen
    }
    assert left == {("payment_fee", None): -payment.fee_fen, ("platform", None): payment.fee_fen}


def test_late_money_takes_all_lines_and_the_coupon_again(shop):
    order, one, two = make_cart_order()
    payment = shop.pay(order)
    Order.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    holds.release_expired()

    payments.check(payment)

    order.refresh_from_db()
    assert order.state == "paid"
    assert (level(one.product, one), level(two)) == ((8, 0, 2), (9, 0, 1))
    assert order.coupon_uses.get().state == "used"
    assert LimitCounter.objects.get(deal=one).quantity == 2


def test_late_money_for_a_used_up_coupon_goes_back(shop):
    order, one, two = make_cart_order()
    coupon = order.coupon_uses.get().coupon
    payment = shop.pay(order)
    Order.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    holds.release_expired()
    type(coupon).objects.filter(pk=coupon.pk).update(total_limit=1, used=1)

    payments.check(payment)

    order.refresh_from_db()
    assert order.state == "expired"
    assert (level(one.product, one), level(two)) == ((10, 0, 0), (10, 0, 0))
    assert payment.refunds.get().amount_fen == payment.amount_fen


def test_a_shows_figures_count_its_lines(shop):
    one, two = make_show(), make_show("另一场")
    cheap, dear = make_product(list_price_fen=1000), make_product(list_price_fen=9000)
    make_coupon(code="TEN", amount_fen=1000)
    order = place(make_user(), [want(cheap, 1, one), want(dear, 2, two)], 18_000, codes=["TEN"])
    payments.check(shop.pay(order))

    figures = queries.figures_of(one)

    line = order.lines.get(product=cheap)
    assert figures["paid_fen"] == figures["created_fen"] == 1000 - line.discount_fen
    assert (figures["orders"], figures["paid_orders"], figures["units"]) == (1, 1, 1)
    assert [row["units"] for row in queries.products_of(two)] == [2]
    assert queries.products_of(two)[0]["fen"] == 18_000 - order.lines.get(product=dear).discount_fen
    newest = queries.newest_orders(two)
    assert [row.number for row in newest] == [order.number]
    assert [line.product for line in newest[0].show_lines] == [dear]


# --- Holds -----------------------------------------------------------------------------------


def test_a_hold_is_extended_once_whoever_writes_it():
    order, *_ = make_cart_order()
    later = timezone.now() + timedelta(hours=1)

    for update in (
        {"expires_at": later},
        {"expires_at": later, "extended_at": None},
    ):
        with pytest.raises(IntegrityError, match="extended once"), transaction.atomic():
            Hold.objects.filter(order=order).update(**update)
    Hold.objects.filter(order=order).update(expires_at=later, extended_at=timezone.now())
    with pytest.raises(IntegrityError, match="extended once"), transaction.atomic():
        Hold.objects.filter(order=order).update(
            expires_at=later + timedelta(minutes=1), extended_at=timezone.now()
        )
    with pytest.raises(IntegrityError, match="extended once"), transaction.atomic():
        Hold.objects.filter(order=order).update(extended_at=None)


def test_an_order_is_not_kept_longer_than_its_goods():
    order, *_ = make_cart_order()

    with pytest.raises(IntegrityError, match="longer than its goods"), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(expires_at=order.expires_at + timedelta(hours=1))


def test_starting_to_pay_extends_every_hold_of_the_order_once(shop):
    order, *_ = make_cart_order()
    placed = order.expires_at
    shop.start(order)
    first = Order.objects.get().expires_at
    shop.start(order)

    assert Order.objects.get().expires_at == first > placed
    assert {hold.expires_at for hold in order.holds.all()} == {first}


def test_the_database_refuses_a_line_below_zero():
    make_cart_order()

    with pytest.raises(IntegrityError, match="line_not_below_zero"), transaction.atomic():
        OrderLine.objects.update(discount_fen=F("amount_fen") + 1)
