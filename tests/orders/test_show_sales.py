"""What the shows sold, counted by a sweep and pushed into their cockpits."""

import pytest
from django.core.cache import cache

from orders.domain import show_sales
from orders.domain.queries import figures_of, products_of
from orders.models import Order
from streams.domain.cockpit_figures import NOTHING_SOLD
from streams.models import ShowFigures
from tests.factories import make_deal, make_user
from tests.streams.shows import add_item, make_show

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clean_cache")]


def test_the_sweep_counts_what_the_money_page_counts(shop):
    show, other = make_show(state="live"), make_show(state="live")
    deal, buyer = make_deal(), make_user()
    add_item(show, product=deal.product)
    shop.paid(broadcast=show, deal=deal, buyer=buyer)
    shop.place(broadcast=show, deal=deal, buyer=buyer)
    lapsed = shop.place(broadcast=show)
    Order.objects.filter(pk=lapsed.pk).update(state="expired")
    shop.paid(broadcast=other)
    shop.paid()

    sales = show_sales.count_sales([show, other])

    page = figures_of(show)
    assert {name: getattr(sales[show.pk].total, name) for name in page} == page
    mine = sales[show.pk].products[deal.product_id]
    assert (mine.orders, mine.paid_orders, mine.waiting_orders, mine.units) == (2, 1, 1, 1)
    assert mine.paid_fen == products_of(show)[0]["fen"]
    assert sales[other.pk].total.orders == 1


def test_a_show_without_sales_is_left_out():
    show = make_show(state="live")
    assert show_sales.count_sales([show]) == {}
    assert NOTHING_SOLD.orders == 0


def test_the_sweep_tells_and_then_rests(shop):
    show = make_show(state="live")
    shop.paid(broadcast=show)
    assert show_sales.tell_cockpits() == 1
    assert ShowFigures.objects.get().paid_orders == 1
    shop.paid(broadcast=show)
    assert show_sales.tell_cockpits() == 0  # it rests: nothing was asked
    assert ShowFigures.objects.get().paid_orders == 1
    cache.clear()
    assert show_sales.tell_cockpits() == 1
    assert ShowFigures.objects.get().paid_orders == 2


@pytest.mark.parametrize("length", [1, 20])
def test_counting_asks_as_often_for_one_order_as_for_many(shop, django_assert_num_queries, length):
    show, deal = make_show(state="live"), make_deal(quantity=40)
    for _ in range(length):
        shop.place(broadcast=show, deal=deal)
    with django_assert_num_queries(2):
        sales = show_sales.count_sales([show])
    assert sales[show.pk].total.orders == length


def test_nothing_is_asked_while_no_show_is_on(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert show_sales.tell_cockpits() == 0
