import hashlib
import hmac
import json
import time
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from orders.domain import webhooks
from orders.models import Order, Payment, Settlement, WebhookEvent
from orders.payments import provider
from orders.payments.protocol import OrderFacts
from products.models import StockPool
from tests.factories import make_deal
from tests.stripe_server import WEBHOOK_SECRET

pytestmark = pytest.mark.django_db


def event(intent_id, type="payment_intent.succeeded", id="evt_1"):
    return {
        "id": id,
        "object": "event",
        "type": type,
        "created": int(time.time()),
        "data": {"object": {"id": intent_id, "object": "payment_intent"}},
    }


def send(client, facts, secret=WEBHOOK_SECRET, at=None, body=None):
    body = body or json.dumps(facts).encode()
    at = at or int(time.time())
    signed = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return client.post(
        reverse("orders:stripe_webhook"),
        body,
        content_type="application/json",
        headers={"Stripe-Signature": f"t={at},v1={signed}"},
    )


def again_now():
    WebhookEvent.objects.update(due_at=timezone.now() - timedelta(seconds=1))


def test_a_webhook_is_stored_and_answered_before_it_is_handled(client, shop):
    order = shop.place()
    payment = shop.pay(order)

    answer = send(client, event(payment.intent_id))

    assert answer.status_code == 200
    assert WebhookEvent.objects.get().handled_at is None
    assert Order.objects.get().state == "placed"
    assert webhooks.handle_due() == 1
    assert Order.objects.get().state == "paid"


def test_a_webhook_sent_many_times_is_one(client, shop):
    deal = make_deal(quantity=5)
    payment = shop.pay(shop.place(deal=deal))

    for _ in range(4):
        assert send(client, event(payment.intent_id)).status_code == 200
        webhooks.handle_due()

    assert WebhookEvent.objects.count() == Settlement.objects.count() == 1
    assert StockPool.objects.get(deal=deal).sold == 1


def test_webhooks_in_any_order_end_in_the_same_state(client, shop):
    payment = shop.pay(shop.place())
    kinds = ["succeeded", "created", "payment_failed", "processing"]

    for i, kind in enumerate(kinds):
        send(client, event(payment.intent_id, f"payment_intent.{kind}", f"evt_{i}"))
        webhooks.handle_due()

    payment.refresh_from_db()
    assert (payment.state, Order.objects.get().state) == ("succeeded", "paid")
    assert not WebhookEvent.objects.filter(handled_at=None).exists()


def test_what_a_webhook_claims_is_not_believed(client, shop):
    order = shop.place()
    shop.start(order)

    send(client, event(order.payments.get().intent_id))
    webhooks.handle_due()

    assert Order.objects.get().state == "placed"


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret": "whsec_of_somebody_else"},
        {"at": int(time.time()) - 3600},
        {"body": b"not json"},
        {"body": b"[]"},
    ],
)
def test_a_forged_old_or_foreign_webhook_changes_nothing(client, shop, wrong):
    payment = shop.pay(shop.place())

    assert send(client, event(payment.intent_id), **wrong).status_code == 400
    assert not WebhookEvent.objects.exists()


def test_a_webhook_without_signature_is_refused(client, shop):
    assert (
        client.post(reverse("orders:stripe_webhook"), b"{}", "application/json").status_code == 400
    )


def test_an_unknown_payment_is_kept_tried_again_and_then_set_aside(client, shop):
    stranger = provider().open(OrderFacts("somewhere-else", 100), idempotency_key="stranger")
    send(client, event(stranger.intent_id))

    for attempt in range(webhooks.MOST_ATTEMPTS):
        row = WebhookEvent.objects.get()
        assert (row.attempts, row.quarantined_at) == (attempt, None)
        again_now()
        assert webhooks.handle_due() == 0

    row = WebhookEvent.objects.get()
    assert row.quarantined_at is not None
    assert row.handled_at is None
    again_now()
    assert webhooks.handle_due() == 0


def test_a_webhook_that_came_before_we_knew_the_intent_is_handled_later(client, shop):
    order = shop.place()
    payment = shop.pay(order)
    intent, payment.intent_id = payment.intent_id, None
    payment.save()
    send(client, event(intent))
    webhooks.handle_due()

    Payment.objects.update(intent_id=intent)
    again_now()
    webhooks.handle_due()

    assert Order.objects.get().state == "paid"


def test_a_payment_of_another_amount_is_set_aside_with_its_webhook(client, shop):
    order = shop.place()
    payment = shop.pay(order)
    Payment.objects.update(amount_fen=1)
    send(client, event(payment.intent_id))

    webhooks.handle_due()

    assert WebhookEvent.objects.get().quarantined_at is not None
    assert Payment.objects.get().quarantined_reason != ""
    assert Order.objects.get().state == "placed"


def test_an_event_in_another_workers_hands_is_left_alone(client, shop):
    payment = shop.pay(shop.place())
    send(client, event(payment.intent_id))
    WebhookEvent.objects.update(due_at=timezone.now() + webhooks.LEASE)

    assert webhooks.handle_due() == 0


def test_events_about_other_things_are_just_kept(client, shop):
    other = event("acct_1", "account.updated")
    other["data"]["object"] = {"id": "acct_1", "object": "account"}
    send(client, other)

    assert webhooks.handle_due() == 1


def test_an_event_that_cannot_be_handled_holds_up_no_other(client, shop):
    broken = make_deal(quantity=5)
    bad, good = shop.pay(shop.place(deal=broken)), shop.pay(shop.place())
    StockPool.objects.filter(deal=broken).update(held=0, available=5)
    send(client, event(bad.intent_id, id="evt_bad"))
    send(client, event(good.intent_id, id="evt_good"))

    assert webhooks.handle_due() == 1

    good.refresh_from_db()
    kept = WebhookEvent.objects.get(event_id="evt_bad")
    assert good.state == "succeeded"
    assert (kept.handled_at, kept.attempts) == (None, 1)
    assert "stock_short" in kept.last_error


def test_events_wait_for_a_provider_that_is_away_however_long_it_is(client, shop, settings):
    payment = shop.pay(shop.place())
    send(client, event(payment.intent_id))
    WebhookEvent.objects.update(attempts=50)
    settings.STRIPE_API_BASE = "http://127.0.0.1:1"
    provider.cache_clear()

    assert webhooks.handle_due() == 0

    kept = WebhookEvent.objects.get()
    assert (kept.handled_at, kept.quarantined_at) == (None, None)
    assert kept.due_at > timezone.now() + timedelta(minutes=4)
