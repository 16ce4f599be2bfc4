"""Webhooks that come twice, late, in any order or never: all ends as if they had come well.

The double sends them over HTTP to the shop's own pages; the same story is told twice, once calm and
once in chaos, and must end the same. The twin shows that chaos really loses something.
"""

from collections import Counter
from datetime import timedelta

import pytest
from django.db.models import F, Sum
from django.utils import timezone

from orders.domain import holds, payments, refunds, settlement, webhooks
from orders.models import Entry, LimitCounter, Order, Payment, Refund, WebhookEvent
from orders.payments import provider
from orders.payments.protocol import Method
from products.models import StockPool
from tests.factories import make_deal, make_user
from tests.orders.conftest import RETURN_URL, Shop
from tests.stripe_server import SECRET_KEY, WEBHOOK_SECRET, StripeServer, wait_until

pytestmark = pytest.mark.django_db(transaction=True)
CHAOS = {"drop": 0.3, "duplicate": 0.5, "delay": [0, 0.3], "shuffle": 0.6}
STORY = ("pays", "fails then pays", "alipay", "refuses", "leaves", "comes late", "gets all back")


@pytest.fixture
def shop(live_server, tmp_path, settings):
    """The double tells these very pages; nothing else tells them anything."""
    server = StripeServer(
        tmp_path,
        webhook_secret=WEBHOOK_SECRET,
        hook_url=f"{live_server.url}/hooks/stripe",
        retry_seconds=(0.2,),
    )
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = SECRET_KEY, WEBHOOK_SECRET
    settings.STRIPE_API_BASE = server.url
    provider.cache_clear()
    yield Shop(server)
    provider.cache_clear()
    server.stop()


def tell(shop, deal, staff):
    """Seven buyers; what the shop knows of their payments afterwards, it knows by webhooks."""
    orders = {}
    for name in STORY:
        order = orders[name] = shop.place(deal=deal, buyer=make_user())
        if name == "leaves":
            payments.start(order=order, method=Method.CARD, return_url=RETURN_URL)
        elif name in ("alipay", "refuses"):
            started = payments.start(order=order, method=Method.ALIPAY, return_url=RETURN_URL)
            shop.post(started.next.url, decision="refuse" if name == "refuses" else "approve")
        else:
            if name == "fails then pays":
                shop.pay(order, number="4000000000000002")
            started = payments.start(order=order, method=Method.CARD, return_url=RETURN_URL)
            if name == "comes late":
                expire([order])
            shop.post(started.next.url, number="4242424242424242", expiry="12/34", cvc="123")
    return orders


def expire(orders):
    then = timezone.now() - timedelta(seconds=1)
    Order.objects.filter(pk__in=[order.pk for order in orders]).update(expires_at=then)
    holds.release_expired()


def work_off(shop, *, sweeps):
    """Handle what comes until the double has sent all; then, if wanted, what beat's sweeps find."""
    wait_until(lambda: webhooks.handle_due() >= 0 and shop.double.deliveries()["pending"] == 0)
    WebhookEvent.objects.filter(handled_at=None).update(due_at=timezone.now())
    webhooks.handle_due()
    if sweeps:
        long_ago = timezone.now() - timedelta(hours=1)
        Payment.objects.update(created_at=long_ago, checked_at=None)
        payments.check_open()
    settlement.settle_due()


def tell_the_rest(shop, orders, staff, *, sweeps):
    """Money back, told by webhooks again, and those who never paid expire."""
    back = orders["gets all back"]
    payment = back.payments.filter(state="succeeded").first()
    if payment is not None:
        refunds.refund(
            payment=payment, amount_fen=4800, reason="x", actor=staff, key=f"all:{back.number}"
        )
    wait_until(
        lambda: Refund.objects.update(due_at=timezone.now()) >= 0 and refunds.send_due() == 0
    )
    expire([orders["leaves"], orders["refuses"]])
    payments.cancel_of_closed_orders()
    work_off(shop, sweeps=sweeps)


def state_of(orders, deal):
    pool = StockPool.objects.get(deal=deal)
    books = Entry.objects.filter(transaction__order__in=list(orders.values()))
    sums = books.values_list("account__kind").annotate(fen=Sum("amount_fen"))
    return {
        "orders": {name: Order.objects.get(pk=one.pk).state for name, one in orders.items()},
        "payments": {
            name: one.payments.values_list("state", "refunded_fen").get()
            for name, one in orders.items()
        },
        "refunds": Counter(
            Refund.objects.filter(payment__order__in=list(orders.values())).values_list(
                "state", "amount_fen"
            )
        ),
        "books": dict(sums.order_by("account__kind")),
        "stock": (pool.available, pool.held, pool.sold),
        "limits": sum(LimitCounter.objects.filter(deal=deal).values_list("quantity", flat=True)),
    }


def run(shop, chaos, *, sweeps=True):
    shop.double.chaos(**chaos)
    deal, staff = make_deal(), make_user(is_staff=True, is_superuser=True)
    orders = tell(shop, deal, staff)
    work_off(shop, sweeps=sweeps)
    tell_the_rest(shop, orders, staff, sweeps=sweeps)
    shop.double.chaos()
    return state_of(orders, deal)


def test_chaos_ends_in_the_same_state_as_order(shop):
    calm = run(shop, {})
    assert calm["orders"] == {
        "pays": "paid",
        "fails then pays": "paid",
        "alipay": "paid",
        "refuses": "expired",
        "leaves": "expired",
        "comes late": "paid",
        "gets all back": "cancelled",
    }
    assert sum(calm["books"].values()) == 0

    for seed in (1, 2):
        assert run(shop, CHAOS | {"seed": seed}) == calm

    assert not WebhookEvent.objects.exclude(quarantined_at=None).exists()


def test_every_message_dropped_ends_in_the_same_state_as_well(shop):
    assert run(shop, {"drop": 1.0}) == run(shop, {})
    assert WebhookEvent.objects.filter(handled_at=None).count() == 0


def test_the_same_message_told_a_hundred_times_counts_once(shop, client):
    run(shop, {})
    events = WebhookEvent.objects.count()
    before = Entry.objects.count()

    WebhookEvent.objects.update(handled_at=None, due_at=timezone.now(), attempts=F("attempts"))
    webhooks.handle_due()
    settlement.settle_due()

    assert (WebhookEvent.objects.count(), Entry.objects.count()) == (events, before)


def test_twin_without_the_sweeps_what_is_dropped_stays_unknown(shop):
    lost = run(shop, {"drop": 1.0}, sweeps=False)

    assert (lost["orders"]["pays"], lost["orders"]["alipay"]) == ("placed", "placed")
