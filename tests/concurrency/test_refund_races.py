"""Everyone wants money back at once. Each race has a twin that shows it without the guard."""

import threading
from collections import Counter
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from livecommerce.errors import DomainError
from orders.domain import cancelling, fulfilment, parcels, refund_requests, refunds, stock
from orders.domain.checkout import place_order
from orders.domain.order_states import ORDER
from orders.domain.payment_states import PAYMENT
from orders.models import Order, Payment, Refund, RefundRule
from products.domain.offers import current_offer
from products.models import StockPool
from tests.concurrency.test_checkout_races import ADDRESS
from tests.factories import make_deal, make_producer, make_product, make_user

pytestmark = pytest.mark.django_db(transaction=True)
EVERYBODY = 12


@pytest.fixture(autouse=True)
def rule():
    """Migrations wrote it; tests with real transactions begin without."""
    return RefundRule.objects.get_or_create(prefecture=None)[0]


def make_paid(*, quantity=1, deal=None, buyer=None):
    deal = deal or make_deal(make_product(producer=make_producer(user=make_user())), quantity=50)
    offer = current_offer(deal.product)
    placed = place_order(
        buyer=buyer or make_user(),
        offer=offer,
        quantity=quantity,
        expected_price_fen=offer.price_fen,
        address=ADDRESS,
        key=uuid4(),
    )
    order = Order.objects.get(pk=placed.order_id)
    payment = Payment.objects.create(
        order=order,
        method="card",
        intent_id=f"pi_{uuid4().hex}",
        idempotency_key=uuid4().hex,
        amount_fen=order.total_fen,
        fee_fen=0,
    )
    with transaction.atomic():
        PAYMENT.advance(payment, Payment.State.SUCCEEDED)
        ORDER.advance(order, Order.State.PAID, paid_at=timezone.now())
        stock.sell_holds(order)
    return order


def send(order):
    line = order.lines.get()
    return parcels.ship(
        order=order,
        producer=line.producer,
        actor=order.buyer,
        carrier="sf",
        tracking_number=f"SF{1000000000000 + order.pk}",
        units={line.pk: line.quantity},
    )


def ask(order, fen, key=None, cause="not_as_described"):
    return refund_requests.ask(
        order=order,
        buyer=order.buyer,
        lines={order.lines.get().pk: fen},
        cause=Refund.Cause(cause),
        reason="",
        photos=[],
        key=key or uuid4(),
    )


def outcomes(results):
    return Counter(r.code if isinstance(r, DomainError) else type(r).__name__ for r in results)


def test_raced_requests_never_ask_for_more_than_was_paid(at_once):
    order = make_paid()  # 4,800 fen
    send(order)

    results = outcomes(at_once(EVERYBODY, lambda i: ask(order, 1000)))

    assert results == {"Refund": 4, "amount": EVERYBODY - 4}
    assert Payment.objects.get().asked_fen == 4000


def test_raced_refunds_of_staff_and_buyer_stay_within_what_was_paid(at_once):
    order = make_paid()
    send(order)
    payment, boss = order.payments.get(), make_user(is_staff=True)

    def take(i):
        if i % 2:
            return ask(order, 1000)
        return refunds.refund(
            payment=payment, amount_fen=1000, reason="x", actor=boss, key=f"staff:{i}"
        )

    results = outcomes(at_once(EVERYBODY, take))

    payment.refresh_from_db()
    assert results["Refund"] == 4
    assert payment.asked_fen + payment.refunded_fen == 4000


def test_twin_who_reads_then_writes_promises_more_than_was_paid(at_once):
    """What the trigger and the CHECK are for: without them each reads that there is enough."""
    order = make_paid()
    payment = order.payments.get()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE orders_refund DISABLE TRIGGER orders_refund_counts")
    everyone_has_read = threading.Barrier(EVERYBODY)

    def promise(i):
        asked = sum(Refund.objects.filter(payment=payment).values_list("amount_fen", flat=True))
        everyone_has_read.wait(30)
        if asked + 1000 <= payment.amount_fen:
            Refund.objects.create(payment=payment, key=f"k{i}", amount_fen=1000)

    try:
        at_once(EVERYBODY, promise)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE orders_refund ENABLE TRIGGER orders_refund_counts")

    assert Refund.objects.count() * 1000 > payment.amount_fen


def test_the_database_alone_stops_who_reads_then_writes(at_once):
    order = make_paid()
    payment = order.payments.get()
    everyone_has_read = threading.Barrier(EVERYBODY)

    def promise(i):
        everyone_has_read.wait(30)
        return Refund.objects.create(payment=payment, key=f"k{i}", amount_fen=1000)

    results = outcomes(at_once(EVERYBODY, promise))

    assert results == {"Refund": 4, "IntegrityError": EVERYBODY - 4}


def test_the_same_request_sent_by_many_hands_is_one(at_once):
    order, key = make_paid(), uuid4()
    send(order)

    results = at_once(EVERYBODY, lambda i: ask(order, 1000, key=key))

    assert len({refund.pk for refund in results}) == 1
    assert Payment.objects.get().asked_fen == 1000


def test_small_amounts_asked_at_once_are_granted_no_oftener_than_the_rule_says(at_once, rule):
    rule.causes = ["not_as_described"]
    rule.save()
    buyer = make_user()
    orders = [make_paid(buyer=buyer) for _ in range(6)]
    for order in orders:
        send(order)

    results = at_once(6, lambda i: ask(orders[i], 500))

    assert Counter(refund.state for refund in results) == {"approved": 2, "requested": 4}


def test_a_farm_that_says_yes_and_no_at_once_says_one_of_them(at_once):
    order = make_paid()
    send(order)
    made = ask(order, 3000)
    farmer = made.producer.user

    def decide(i):
        row = Refund.objects.get(pk=made.pk)
        if i % 2:
            return refund_requests.approve(refund=row, actor=farmer)
        return refund_requests.refuse(refund=row, actor=farmer, answer="不")

    results = outcomes(at_once(EVERYBODY, decide))

    assert results == {"NoneType": 1, "refund_decided": EVERYBODY - 1}
    state, payment = Refund.objects.get().state, Payment.objects.get()
    assert (state, payment.refunded_fen) in {("approved", 3000), ("refused", 0)}


def test_sweeps_that_run_together_decide_a_silence_once(at_once):
    order = make_paid()
    send(order)
    ask(order, 3000)
    Refund.objects.update(decide_by=timezone.now())

    assert sum(at_once(6, lambda i: refund_requests.decide_overdue())) == 1
    assert Payment.objects.get().refunded_fen == 3000


def test_cancelling_and_sending_at_once_do_one_of_them(at_once):
    for _ in range(4):
        order = make_paid()

        def act(i, order=order):
            if i % 2:
                return cancelling.cancel(order=Order.objects.get(pk=order.pk), actor=order.buyer)
            return send(Order.objects.get(pk=order.pk))

        at_once(4, act)

        order.refresh_from_db()
        pool = StockPool.objects.get(deal=order.lines.get().deal)
        payment = order.payments.get()
        facts = (order.state, order.parcels.count(), payment.refunded_fen, pool.sold)
        assert facts in {("cancelled", 0, 4800, 0), ("shipped", 1, 0, 1)}


def test_a_cancellation_pressed_many_times_gives_back_once(at_once):
    order = make_paid(quantity=2)

    results = at_once(8, lambda i: cancelling.cancel(order=order, actor=order.buyer))

    assert {type(r).__name__ for r in results} == {"Refund"}
    assert len({refund.pk for refund in results}) == 1
    pool = StockPool.objects.get(deal=order.lines.get().deal)
    assert (Payment.objects.get().refunded_fen, pool.available, pool.sold) == (9600, 50, 0)


def test_the_last_unit_is_sent_or_called_off_never_both(at_once):
    """An order sent in part: the rest is cancelled while the farm packs it."""
    order = make_paid(quantity=2)
    line = order.lines.get()
    fulfilment.prepare(order=order, producer=line.producer, actor=order.buyer)
    sent = {"order": order, "producer": line.producer, "actor": order.buyer, "carrier": "sf"}
    parcels.ship(**sent, tracking_number="SF1000000000001", units={line.pk: 1})

    def act(i):
        if i % 2:
            return cancelling.cancel(order=Order.objects.get(), actor=order.buyer)
        return parcels.ship(**sent, tracking_number="SF1000000000002", units={line.pk: 1})

    at_once(4, act)

    line.refresh_from_db()
    given_back = Payment.objects.get().refunded_fen
    assert (line.shipped_quantity, given_back) in {(2, 0), (1, 4800)}
    assert line.unsent == 0
