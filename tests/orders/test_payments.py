from datetime import timedelta

import pytest
from django.db.models import Sum
from django.utils import timezone

from livecommerce.errors import DomainError
from livecommerce.notifications.models import Notification
from orders import personal
from orders.domain import disputes, holds, payers, payments, refunds
from orders.models import (
    Difference,
    Entry,
    Hold,
    LimitCounter,
    Order,
    Payment,
    Refund,
    Settlement,
)
from orders.payments import provider
from orders.payments.errors import ProviderUnavailable
from orders.payments.protocol import Method, OrderFacts, QrCode, Redirect
from products.models import StockPool
from tests.factories import make_deal, make_user

pytestmark = pytest.mark.django_db


def expire(order):
    Order.objects.filter(pk=order.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    holds.release_expired()
    order.refresh_from_db()


def level(deal):
    pool = StockPool.objects.get(deal=deal)
    return pool.available, pool.held, pool.sold


def test_starting_to_pay_stores_the_intent_and_extends_the_hold_once(shop, settings):
    order = shop.place()
    before = order.expires_at

    started = shop.start(order)
    first = Hold.objects.get(order=order).expires_at
    shop.start(order, Method.ALIPAY)

    payment = order.payments.get()
    assert isinstance(started.next, Redirect)
    assert payment.intent_id == started.intent_id
    assert (payment.state, payment.method) == ("pending", "alipay")
    assert first > before
    assert Hold.objects.get(order=order).expires_at == first
    assert Order.objects.get(pk=order.pk).expires_at == first


def test_wechat_gives_a_code_to_scan(shop):
    order = shop.place()

    started = shop.start(order, Method.WECHAT_PAY)

    assert isinstance(started.next, QrCode)
    assert order.payments.get().next_action["qr"] == started.next.data


def test_a_paid_order_sells_its_stock_and_leaves_rows_for_all_that_follows(shop):
    deal, buyer = make_deal(quantity=10), make_user()
    order = shop.place(deal=deal, quantity=2, buyer=buyer)

    payments.check(shop.pay(order))

    order.refresh_from_db()
    assert order.state == "paid"
    assert order.paid_at is not None
    assert level(deal) == (8, 0, 2)
    assert order.payments.get().state == "succeeded"
    assert Settlement.objects.get(order=order).state == "due"
    assert Notification.objects.get(user=buyer).kind == "order_paid"
    assert [event.to_state for event in order.events.all()] == ["placed", "paid"]


def test_which_card_paid_is_marked_and_goes_with_the_account(shop):
    order = shop.place()

    payments.check(shop.pay(order))

    facts = provider().fetch(order.payments.get().intent_id)
    mark = order.payments.get().payer_mark
    assert mark == payers.mark_of(facts.payer_fingerprint)
    assert personal.collect(order.buyer)["orders-payments"][0]["payer_mark"] == mark
    personal.erase(order.buyer)
    assert order.payments.get().payer_mark is None


def test_learning_twice_changes_nothing(shop):
    deal = make_deal(quantity=10)
    order = shop.place(deal=deal)
    payment = shop.pay(order)

    for _ in range(3):
        payments.check(Payment.objects.get(pk=payment.pk))

    assert level(deal) == (9, 0, 1)
    assert Notification.objects.count() == 1


def test_a_declined_card_can_be_tried_again_with_another(shop):
    order = shop.place()

    payments.check(shop.pay(order, number="4000000000000002"))
    failed = order.payments.get()
    state, why = failed.state, failed.failure_code
    payments.check(shop.pay(order))

    order.refresh_from_db()
    assert (state, bool(why)) == ("failed", True)
    assert order.state == "paid"
    assert order.payments.count() == 1
    assert [e.to_state for e in order.payments.get().events.all()] == [
        "pending",
        "failed",
        "pending",
        "succeeded",
    ]


def test_an_expired_order_cannot_be_paid(shop):
    order = shop.place()
    expire(order)

    with pytest.raises(DomainError) as caught:
        shop.start(order)

    assert caught.value.code == "order_closed"


def test_an_order_whose_time_is_over_cannot_be_paid_before_the_sweep_either(shop):
    order = shop.place()
    Order.objects.filter(pk=order.pk).update(expires_at=timezone.now())

    with pytest.raises(DomainError) as caught:
        shop.start(order)

    assert caught.value.code == "order_closed"
    assert not Payment.objects.exists()


def test_expiry_cancels_the_payment_and_tells_the_buyer(shop):
    deal, buyer = make_deal(quantity=5), make_user()
    order = shop.place(deal=deal, buyer=buyer)
    shop.start(order)

    expire(order)
    payments.cancel_of_closed_orders()

    payment = order.payments.get()
    assert order.state == "expired"
    assert (payment.state, provider().fetch(payment.intent_id).status) == ("cancelled",) * 2
    assert level(deal) == (5, 0, 0)
    assert LimitCounter.objects.get(buyer=buyer).quantity == 0
    assert Notification.objects.get(user=buyer).kind == "order_expired"


def test_a_buyer_may_cancel_before_paying_and_buy_again(shop):
    deal, buyer = make_deal(quantity=5, per_person_limit=1), make_user()
    order = shop.place(deal=deal, buyer=buyer)

    holds.cancel(order=order, actor=buyer)

    assert order.state == "cancelled"
    assert level(deal) == (5, 0, 0)
    assert shop.place(deal=deal, buyer=buyer).state == "placed"


def test_a_paid_order_cannot_be_cancelled_this_way(shop):
    order = shop.paid()

    with pytest.raises(DomainError) as caught:
        holds.cancel(order=order, actor=order.buyer)

    assert caught.value.status == 409


def test_late_money_takes_the_stock_again_if_it_is_there(shop):
    deal = make_deal(quantity=5)
    order = shop.place(deal=deal)
    payment = shop.pay(order)

    expire(order)
    payments.cancel_of_closed_orders()

    order.refresh_from_db()
    assert (order.state, order.closed_at) == ("paid", None)
    assert level(deal) == (4, 0, 1)
    assert LimitCounter.objects.get(buyer=order.buyer).quantity == 1
    assert Hold.objects.get(order=order).state == "sold"
    assert not Refund.objects.exists()
    assert Payment.objects.get(pk=payment.pk).state == "succeeded"


def test_late_money_goes_back_by_itself_when_the_goods_are_gone(shop):
    deal = make_deal(quantity=1)
    order = shop.place(deal=deal)
    payment = shop.pay(order)
    expire(order)
    other = shop.place(deal=deal)

    payments.check(payment)
    refunds.send_due()

    order.refresh_from_db()
    refund = Refund.objects.get()
    assert order.state == "expired"
    assert (refund.amount_fen, refund.requested_by, refund.state) == (order.total_fen, None, "done")
    assert provider().fetch(payment.intent_id).refunded_fen == order.total_fen
    assert other.state == "placed"
    assert level(deal) == (0, 1, 0)


def test_late_money_goes_back_when_it_would_break_the_limit(shop):
    deal, buyer = make_deal(quantity=9, per_person_limit=1), make_user()
    order = shop.place(deal=deal, buyer=buyer)
    payment = shop.pay(order)
    expire(order)
    shop.place(deal=deal, buyer=buyer)

    payments.check(payment)

    assert Refund.objects.get().payment == payment
    assert level(deal) == (8, 1, 0)


def test_money_for_a_cancelled_order_goes_back(shop):
    order = shop.place()
    payment = shop.pay(order)
    holds.cancel(order=order, actor=order.buyer)

    payments.check(payment)

    assert Refund.objects.get().amount_fen == order.total_fen
    assert Order.objects.get().state == "cancelled"


def test_an_intent_of_another_amount_is_set_aside(shop):
    order = shop.place()
    shop.start(order)
    wrong = provider().open(OrderFacts(order.number, 1), idempotency_key="wrong")
    Payment.objects.update(intent_id=wrong.intent_id)

    payments.check(order.payments.get())

    payment = order.payments.get()
    assert "amount_fen" in payment.quarantined_reason
    assert Order.objects.get().state == "placed"


def test_a_lost_webhook_is_made_up_for_by_looking(shop):
    order = shop.place()
    payment = shop.pay(order)
    Payment.objects.update(created_at=timezone.now() - timedelta(minutes=6))

    assert payments.check_open() == 1

    payment.refresh_from_db()
    assert payment.state == "succeeded"
    assert payments.check_open() == 0


def test_a_provider_that_is_away_changes_nothing_and_can_be_asked_again(shop, settings):
    order = shop.place()
    settings.STRIPE_API_BASE = "http://127.0.0.1:1"
    provider.cache_clear()
    with pytest.raises(ProviderUnavailable):
        shop.start(order)

    settings.STRIPE_API_BASE = shop.double.url
    provider.cache_clear()
    shop.start(order)

    assert order.payments.get().state == "pending"


def test_late_money_that_the_bank_took_back_is_in_the_books_and_a_person_is_told(shop):
    """It cannot be given back twice; and it must not keep the sweep from everybody else's."""
    deal = make_deal(quantity=1)
    order = shop.place(deal=deal)
    payment = shop.pay(order, number="4000000000000259")
    expire(order)
    shop.place(deal=deal)
    other = shop.place()
    shop.start(other)
    expire(other)
    disputes.check_open()  # it knows of the dispute before the payment's success

    assert payments.cancel_of_closed_orders() == 2

    payment.refresh_from_db()
    assert (payment.state, payment.refunded_fen) == ("succeeded", 0)
    assert other.payments.get().state == "cancelled"
    difference = Difference.objects.get()
    assert (difference.key, difference.order) == (f"late:{payment.pk}", order)
    waiting = Entry.objects.filter(account__kind="refunds")
    assert waiting.aggregate(n=Sum("amount_fen"))["n"] == 0
    assert Entry.objects.filter(transaction__kind="late").count() == 2


def test_a_payment_that_cannot_be_cancelled_holds_up_no_other(shop):
    first, second = shop.place(), shop.place()
    for order in (first, second):
        shop.start(order)
        expire(order)
    first.payments.update(intent_id="pi_nobody_knows")

    payments.cancel_of_closed_orders(limit=1)
    payments.cancel_of_closed_orders(limit=1)

    assert first.payments.get().state == "pending"
    assert second.payments.get().state == "cancelled"


def test_a_payment_nobody_ever_looked_at_comes_first(shop):
    seen, unseen = shop.place(), shop.place()
    for order in (seen, unseen):
        shop.pay(order)
    ages = timezone.now() - timedelta(hours=1)
    seen.payments.update(checked_at=ages)
    unseen.payments.update(created_at=ages, checked_at=None)

    payments.check_open(limit=1)

    assert unseen.payments.get().state == "succeeded"
    assert seen.payments.get().state != "succeeded"


def test_an_order_closed_at_the_moment_its_payment_begins_leaves_nothing_to_pay(shop):
    """Two devices: one presses pay, the other cancels. The sweep has read the payment before its
    intent was stored."""
    order = shop.place()
    holds.cancel(order=order, actor=order.buyer)
    as_read = Payment.objects.create(
        order=order, method="card", idempotency_key="k", amount_fen=order.total_fen
    )
    opened = provider().open(OrderFacts(order.number, order.total_fen), idempotency_key="k")
    Payment.objects.update(intent_id=opened.intent_id)

    payments._cancel(as_read)

    assert provider().fetch(opened.intent_id).status == "cancelled"
    assert order.payments.get().state == "cancelled"


def test_what_was_set_aside_is_not_paid_into_once_more(shop):
    order = shop.place()
    shop.start(order)
    Payment.objects.update(quarantined_reason="amount_fen: wanted 1, got 2")

    with pytest.raises(DomainError) as caught:
        shop.start(order)

    assert (caught.value.code, caught.value.status) == ("payment_set_aside", 409)


def test_many_holds_that_end_at_once_are_released_in_one_go(shop):
    deal = make_deal(quantity=9)
    for _ in range(5):
        shop.place(deal=deal)
    Order.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert holds.release_expired(limit=2) == 5
    assert level(deal) == (9, 0, 0)


def test_an_order_whose_stock_does_not_add_up_keeps_nobody_elses_goods(shop):
    broken, sound = make_deal(quantity=5), make_deal(quantity=5)
    stuck, free = shop.place(deal=broken), shop.place(deal=sound)
    StockPool.objects.filter(deal=broken).update(held=0, available=5)
    Order.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert holds.release_expired() == 1

    assert Order.objects.get(pk=free.pk).state == "expired"
    assert Order.objects.get(pk=stuck.pk).state == "placed"
    assert level(sound) == (5, 0, 0)
