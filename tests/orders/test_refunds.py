from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone

from livecommerce.errors import DomainError
from livecommerce.notifications.models import Notification
from orders.domain import payments, refunds, settlement
from orders.models import Entry, Order, Payment, Refund, RefundLine
from orders.payments import provider
from orders.payments.protocol import Method
from products.models import StockPool
from tests.factories import make_deal, make_producer, make_product, make_user
from tests.orders.farms import make_paid_order
from tests.stripe_server import wait_until

pytestmark = pytest.mark.django_db


def give_back(payment, fen, key=None):
    return refunds.refund(
        payment=payment,
        amount_fen=fen,
        reason="坏果",
        actor=make_user(is_staff=True),
        key=key or str(uuid4()),
    )


@pytest.fixture
def paid(shop):
    order = shop.paid(deal=make_deal(quantity=10), quantity=2)
    settlement.settle_due()
    return order.payments.get()


def test_a_part_goes_back_and_everyone_gives_their_share(paid):
    give_back(paid, 1000)

    assert refunds.send_due() == 1

    paid.refresh_from_db()
    assert (Refund.objects.get().state, paid.refunded_fen) == ("done", 1000)
    assert provider().fetch(paid.intent_id).refunded_fen == 1000
    clearing = Entry.objects.filter(account__kind="clearing").aggregate(n=Sum("amount_fen"))["n"]
    assert clearing == 9600 - 1000
    assert Entry.objects.aggregate(n=Sum("amount_fen"))["n"] == 0
    assert Order.objects.get().state == "paid"
    assert Notification.objects.filter(kind="order_refunded").count() == 1


def test_all_of_it_before_sending_cancels_the_order_and_restocks(paid):
    give_back(paid, 4000)
    give_back(paid, 5600)
    refunds.send_due()

    order = Order.objects.get()
    pool = StockPool.objects.get(deal__isnull=False)
    assert order.state == "cancelled"
    assert (pool.available, pool.held, pool.sold) == (10, 0, 0)
    left = Entry.objects.values("account__kind").annotate(n=Sum("amount_fen")).exclude(n=0)
    assert {row["account__kind"] for row in left} == {"platform", "payment_fee"}


def test_no_more_goes_back_than_was_paid(paid):
    give_back(paid, 9000)

    with pytest.raises(DomainError) as caught:
        give_back(paid, 601)

    assert caught.value.code == "refund_too_large"


def test_the_database_refuses_more_than_was_paid(paid):
    with pytest.raises(IntegrityError, match="refunds_within_payment"), transaction.atomic():
        Payment.objects.update(refunded_fen=9601)


def test_the_same_key_is_one_refund(paid):
    first = give_back(paid, 100, key="once")

    assert give_back(paid, 100, key="once") == first
    assert Payment.objects.get().refunded_fen == 100


@pytest.mark.parametrize("fen", [0, -5])
def test_a_refund_is_more_than_nothing(paid, fen):
    with pytest.raises(DomainError) as caught:
        give_back(paid, fen)
    assert caught.value.status == 422


def test_what_was_not_paid_cannot_go_back(shop):
    order = shop.place()
    shop.start(order)

    with pytest.raises(DomainError):
        give_back(order.payments.get(), 1)


def test_a_wallet_takes_its_time_and_is_followed(shop):
    order = shop.place()
    shop.post(shop.start(order, Method.ALIPAY).next.url, decision="approve")
    payments.check(order.payments.get())
    give_back(order.payments.get(), 500)

    refunds.send_due()
    states = [Refund.objects.get().state]
    wait_until(
        lambda: provider().fetch_refund(Refund.objects.get().provider_id).status == "succeeded"
    )
    Refund.objects.update(due_at=order.placed_at)
    refunds.send_due()

    assert [*states, Refund.objects.get().state] == ["in_transit", "done"]


def test_a_worker_that_died_after_the_provider_did_it_sends_no_money_twice(paid):
    made = give_back(paid, 800)
    provider().refund(
        paid.intent_id, amount_fen=800, idempotency_key=made.try_key, reason=made.reason
    )  # and there it was killed: our row knows nothing

    refunds.send_due()

    assert Refund.objects.get().state == "done"
    assert provider().fetch(paid.intent_id).refunded_fen == 800
    booked = Entry.objects.filter(transaction__kind="refund", account__kind="clearing")
    assert booked.aggregate(n=Sum("amount_fen"))["n"] == -800


@pytest.mark.parametrize("known", [{"attempts": 3}, {"due_at": timezone.now() - timedelta(days=2)}])
def test_a_lost_answer_is_found_again_when_the_provider_has_forgotten_the_key(paid, known):
    made = give_back(paid, 800)
    provider()._client.v1.refunds.create(
        {"payment_intent": paid.intent_id, "amount": 800, "metadata": {"key": made.try_key}},
        {"idempotency_key": uuid4().hex},  # ours, which it no longer knows
    )
    Refund.objects.update(**{"due_at": timezone.now()} | known)

    refunds.send_due()

    assert Refund.objects.get().state == "done"
    assert provider().fetch(paid.intent_id).refunded_fen == 800


def test_another_refund_of_the_same_sum_is_not_taken_for_it(paid):
    give_back(paid, 800)
    refunds.send_due()
    other = give_back(paid, 800)
    Refund.objects.filter(pk=other.pk).update(attempts=1)

    refunds.send_due()

    assert provider().fetch(paid.intent_id).refunded_fen == 1600


def test_a_refund_in_parts_and_then_the_rest_leaves_nobody_a_fen(paid):
    """By line or as a whole, odd sums included: in the end every share went back."""
    for fen in (1, 333, 4999):
        give_back(paid, fen)
    give_back(paid, 9600 - 5333)
    refunds.send_due()

    left = Entry.objects.values("account__kind").annotate(n=Sum("amount_fen")).exclude(n=0)
    kinds = {row["account__kind"] for row in left}
    assert kinds <= {"platform", "payment_fee"}
    lines = RefundLine.objects.aggregate(n=Sum("amount_fen"))["n"]
    assert lines == 9600


@pytest.mark.parametrize("fen", [99, 101])
def test_the_same_key_for_another_sum_is_a_conflict(paid, fen):
    give_back(paid, 100, key="once")

    with pytest.raises(DomainError) as caught:
        give_back(paid, fen, key="once")

    assert (caught.value.code, caught.value.status) == ("key_conflict", 409)
    assert Payment.objects.get().refunded_fen == 100


def test_what_failed_is_not_sent_again_for_goods_that_were_paid_for_otherwise_meanwhile():
    """The payment has room for it, the line has none: its farm would give back more than it got."""
    farm = make_producer()
    goods = [make_product(producer=farm, history_days=0) for _ in range(2)]
    order = make_paid_order((goods[0], 1), (goods[1], 1))
    first = order.lines.order_by("pk").first()
    actor = make_user(is_staff=True)

    def make(key):
        return refunds.make(
            payment=order.payments.get(),
            order=order,
            amount_fen=first.amount_fen,
            lines={first.pk: first.amount_fen},
            key=key,
            origin=Refund.Origin.STAFF,
            actor=actor,
        )

    failed = make("a")
    Refund.objects.filter(pk=failed.pk).update(state="failed")
    refunds.approve_row(make("b"), actor=actor)

    with pytest.raises(DomainError) as caught:
        refunds.retry(one=Refund.objects.get(pk=failed.pk), actor=actor)

    assert caught.value.code == "refund_too_large"
    assert Refund.objects.get(pk=failed.pk).state == "failed"
