"""Tell me when it is back: once, in the order in which people asked, never more than could buy."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from livecommerce.errors import DomainError
from livecommerce.notifications import domain as notifications
from livecommerce.notifications.models import Delivery, Notification
from products.domain import stock, stock_watch
from products.models import Product, StockWatch
from tests.factories import make_deal, make_product, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def product():
    return make_product(stock=0)


def wait(product, number=1):
    people = [make_user() for _ in range(number)]
    for person in people:
        stock_watch.watch(user=person, product=product)
    return people


def told():
    rows = Notification.objects.filter(kind="back_in_stock").order_by("pk")
    return list(rows.values_list("user", flat=True))


def time_passes():
    StockWatch.objects.exclude(told_at=None).update(
        told_at=timezone.now() - stock_watch.PAUSE - timedelta(seconds=1)
    )


def refused(code, **fields):
    with pytest.raises(DomainError) as error:
        stock_watch.watch(**fields)
    assert error.value.code == code


def test_when_it_is_back_it_is_told_once(product):
    (person,) = wait(product)
    assert stock_watch.tell_of_returned() == 0
    stock.receive_goods(product=product, quantity=5)
    assert [stock_watch.tell_of_returned(), stock_watch.tell_of_returned()] == [1, 0]
    time_passes()
    assert stock_watch.tell_of_returned() == 0
    assert told() == [person.pk]
    assert Notification.objects.get().url == product.get_absolute_url()
    assert Delivery.objects.count() == 2


def test_the_longest_waiting_come_first_and_so_many_as_could_buy(product):
    people = [one.pk for one in wait(product, 8)]
    stock.receive_goods(product=product, quantity=2)
    assert stock_watch.tell_of_returned() == 2 * stock_watch.TOLD_PER_UNIT
    assert told() == people[:6]
    assert stock_watch.tell_of_returned() == 0, "those who were told come first"
    time_passes()
    assert stock_watch.tell_of_returned() == 2
    assert told() == people


def test_what_is_sold_again_before_the_next_batch_is_told_to_nobody(product):
    wait(product, 8)
    level = stock.receive_goods(product=product, quantity=1)
    stock_watch.tell_of_returned()
    time_passes()
    stock.take_units(pool_id=level.pool_id, quantity=1)
    assert stock_watch.tell_of_returned() == 0
    assert len(told()) == 3


def test_who_asks_again_is_told_again(product):
    (person,) = wait(product)
    level = stock.receive_goods(product=product, quantity=1)
    stock_watch.tell_of_returned()
    stock.take_units(pool_id=level.pool_id, quantity=1)
    stock_watch.watch(user=person, product=product)
    time_passes()
    stock.restock_units(pool_id=level.pool_id, quantity=1)
    assert stock_watch.tell_of_returned() == 1
    assert told() == [person.pk, person.pk]


def test_asking_twice_is_once_and_can_be_taken_back(product):
    person = make_user()
    one = stock_watch.watch(user=person, product=product)
    assert stock_watch.watch(user=person, product=product) == one
    with pytest.raises(IntegrityError), transaction.atomic():
        StockWatch.objects.create(user=person, product=product)
    assert stock_watch.is_watching(person, product)
    stock_watch.unwatch(user=person, product=product)
    stock_watch.unwatch(user=person, product=product)
    assert not stock_watch.is_watching(person, product)


def test_what_can_be_bought_or_is_not_sold_is_not_waited_for(product):
    refused("in_stock", user=make_user(), product=make_product())
    refused("not_sold", user=make_user(), product=make_product(state="retired", stock=0))
    person = make_user()
    with_rows = [make_product(stock=0) for _ in range(2)]
    StockWatch.objects.bulk_create(
        StockWatch(user=person, product=make_product(stock=0, history_days=0))
        for _ in range(stock_watch.MOST_OF_ONE)
    )
    refused("watch_enough", user=person, product=with_rows[0])


def test_a_product_that_left_the_shop_is_not_told(product):
    wait(product)
    stock.receive_goods(product=product, quantity=5)
    Product.objects.filter(pk=product.pk).update(state="retired")
    assert stock_watch.tell_of_returned() == 0


def test_a_deals_own_stock_counts_while_it_is_on():
    deal = make_deal(quantity=10)
    pool = deal.pool
    stock.take_units(pool_id=pool.pk, quantity=10)
    wait(deal.product)
    assert stock_watch.tell_of_returned() == 0, "there is everyday stock, but not at this price"
    stock.restock_units(pool_id=pool.pk, quantity=1)
    assert stock_watch.tell_of_returned() == 1


def test_the_watch_and_the_message_are_one_transaction(product, monkeypatch):
    wait(product)
    stock.receive_goods(product=product, quantity=5)

    def broken(messages):
        raise RuntimeError("the database went away")

    monkeypatch.setattr(stock_watch, "notify_all", broken)
    with pytest.raises(RuntimeError), transaction.atomic():
        stock_watch.tell_of_returned()
    monkeypatch.undo()
    assert StockWatch.objects.get().told_at is None
    assert stock_watch.tell_of_returned() == 1


def test_the_message_is_in_the_readers_language(product, mailoutbox):
    person = make_user(language="en")
    stock_watch.watch(user=person, product=product)
    stock.receive_goods(product=product, quantity=1)
    stock_watch.tell_of_returned()
    notifications.send_due()
    (letter,) = mailoutbox
    assert letter.subject == f"{product.name_en} can be bought again"


def test_the_products_page_has_the_button(client, product):
    url = reverse("products:stock_watch", args=[product.sku])
    page = client.get(product.get_absolute_url()).content.decode()
    assert "登录后，到货通知我" in page
    assert client.post(url).status_code == 302
    person = make_user()
    client.force_login(person)
    assert "到货通知我" in client.get(product.get_absolute_url()).content.decode()
    pressed = client.post(url, headers={"HX-Request": "true"}).content.decode()
    assert 'aria-pressed="true"' in pressed
    assert stock_watch.is_watching(person, product)
    assert client.post(url, {"wanted": "no"}).url == product.get_absolute_url()
    assert not stock_watch.is_watching(person, product)
    there = reverse("products:stock_watch", args=[make_product().sku])
    assert client.post(there).status_code == 409
