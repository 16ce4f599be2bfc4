"""Called off before it is sent: nothing charged or all of it back, and on sale again."""

import pytest
from django.db.models import Sum
from django.urls import reverse

from livecommerce.errors import DomainError
from livecommerce.notifications.models import Notification
from orders.domain import cancelling, fulfilment, parcels, payments, refunds, settlement
from orders.models import Entry, LimitCounter, Order, Payment, Refund
from orders.payments import provider
from products.models import StockPool
from tests.factories import make_deal, make_producer, make_product, make_user
from tests.orders.journeys import deliver, send

pytestmark = pytest.mark.django_db


def pool_of(deal):
    pool = StockPool.objects.get(deal=deal)
    return pool.available, pool.held, pool.sold


def cancel(order):
    return cancelling.cancel(order=order, actor=order.buyer)


def test_before_payment_the_hold_is_released_and_the_intent_cancelled(shop):
    deal = make_deal(quantity=5)
    order = shop.place(deal=deal, quantity=2)
    shop.start(order)

    assert cancel(order) is None
    payments.cancel_of_closed_orders()

    payment = order.payments.get()
    assert (order.state, payment.state, pool_of(deal)) == ("cancelled", "cancelled", (5, 0, 0))
    assert provider().fetch(payment.intent_id).status == "cancelled"


def test_after_payment_all_of_it_goes_back_and_the_goods_are_on_sale_again(shop):
    deal = make_deal(quantity=5)
    order = shop.paid(deal=deal, quantity=2)
    settlement.settle_due()

    made = cancel(order)
    refunds.send_due()

    made.refresh_from_db()
    assert (order.state, made.state, made.amount_fen) == ("cancelled", "done", 9600)
    assert provider().fetch(order.payments.get().intent_id).refunded_fen == 9600
    assert pool_of(deal) == (5, 0, 0)
    assert LimitCounter.objects.get(buyer=order.buyer).quantity == 0
    left = Entry.objects.values("account__kind").annotate(n=Sum("amount_fen")).exclude(n=0)
    assert {row["account__kind"] for row in left} == {"platform", "payment_fee"}


def test_cancelling_twice_is_one_refund(shop):
    order = shop.paid()

    first, second = cancel(order), cancel(Order.objects.get())

    assert first == second
    assert Payment.objects.get().refunded_fen == order.total_fen


def test_what_staff_gave_back_before_is_not_given_twice(shop):
    order = shop.paid()
    refunds.refund(
        payment=order.payments.get(),
        amount_fen=1000,
        reason="晚了一天",
        actor=make_user(is_staff=True),
        key="a",
    )

    assert cancel(order).amount_fen == order.total_fen - 1000


@pytest.mark.parametrize("journey", [send, deliver])
def test_after_it_was_sent_it_cannot_be_cancelled(shop, journey):
    order = journey(shop.paid())

    with pytest.raises(DomainError) as caught:
        cancel(order)

    assert (caught.value.code, caught.value.status) == ("cannot_cancel", 409)
    assert not Refund.objects.exists()
    assert not cancelling.may_cancel(order)


def test_of_an_order_sent_in_part_the_rest_can_be_cancelled(shop):
    deal = make_deal(quantity=5)
    order = shop.paid(deal=deal, quantity=2)
    line = order.lines.get()
    parcels.ship(
        order=order,
        producer=line.producer,
        actor=order.buyer,
        carrier="sf",
        tracking_number="SF1234567890123",
        units={line.pk: 1},
    )

    made = cancel(order)

    line.refresh_from_db()
    assert (made.amount_fen, order.state, line.unsent) == (4800, "shipped", 0)
    assert pool_of(deal) == (4, 0, 1)
    assert LimitCounter.objects.get(buyer=order.buyer).quantity == 1
    assert cancelling.may_cancel(order) is False
    assert cancel(order) == made  # a second press


def test_the_farm_is_told_not_to_send(shop):
    owner = make_user()
    product = make_product(producer=make_producer(user=owner))
    order = shop.paid(deal=make_deal(product))
    fulfilment.prepare(order=order, producer=product.producer, actor=owner)

    cancel(order)

    assert Notification.objects.filter(user=owner, title__contains="取消").count() == 1


def test_the_button_cancels_and_says_what_comes_back(client, shop):
    order = shop.paid()
    client.force_login(order.buyer)
    page = client.get(reverse("orders:order", args=[order.number])).text
    assert reverse("orders:cancel", args=[order.number]) in page

    answer = client.post(reverse("orders:cancel", args=[order.number]), follow=True)

    assert "¥48" in answer.text
    assert Order.objects.get().state == "cancelled"


def test_after_sending_the_page_offers_no_cancelling_and_says_why(client, shop):
    order = send(shop.paid())
    client.force_login(order.buyer)

    page = client.get(reverse("orders:order", args=[order.number])).text
    answer = client.post(reverse("orders:cancel", args=[order.number]), follow=True)

    assert reverse("orders:cancel", args=[order.number]) not in page
    assert "在路上" in answer.text or "寄出" in answer.text
    assert Order.objects.get().state == "shipped"


def test_the_farm_is_told_when_staff_gives_all_of_it_back_too(shop):
    owner = make_user()
    product = make_product(producer=make_producer(user=owner))
    order = shop.paid(deal=make_deal(product), quantity=2)
    fulfilment.prepare(order=order, producer=product.producer, actor=owner)

    refunds.refund(
        payment=order.payments.get(),
        amount_fen=order.total_fen,
        reason="缺货",
        actor=make_user(is_staff=True),
        key="all",
    )

    note = Notification.objects.get(user=owner, title__contains="取消")
    assert "2 件" in note.body


def test_of_an_order_sent_in_part_the_farm_hears_what_it_need_not_send(shop):
    owner = make_user()
    product = make_product(producer=make_producer(user=owner))
    order = shop.paid(deal=make_deal(product, per_person_limit=9), quantity=3)
    line = order.lines.get()
    parcels.ship(
        order=order,
        producer=product.producer,
        actor=owner,
        carrier="sf",
        tracking_number="SF1234567890123",
        units={line.pk: 1},
    )

    cancel(order)

    assert "2 件" in Notification.objects.get(user=owner, title__contains="取消").body
