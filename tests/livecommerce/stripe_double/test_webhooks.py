"""Webhooks: signed, retried until taken, kept over a restart, and as unruly as a test asks for."""

import json
from collections import Counter

import pytest
import stripe

from tests.stripe_server import SECRET_KEY, WEBHOOK_SECRET, StripeServer, wait_until

FAST = {"webhook_secret": WEBHOOK_SECRET, "retry_seconds": (0.05, 0.1, 0.2)}


@pytest.fixture
def double(tmp_path, receiver):
    """A double of its own, whose shop is the receiver."""
    server = StripeServer(tmp_path, hook_url=receiver.url, **FAST)
    yield server
    server.stop()


def pay(double, amount=1000):
    intents = double.client().v1.payment_intents
    intent = intents.create({"amount": amount, "currency": "cny"})
    return intents.confirm(
        intent.id, {"payment_method": "pm_card_visa", "return_url": "http://localhost/x"}
    )


def settled(double):
    wait_until(lambda: double.deliveries()["pending"] == 0)


def test_webhook_is_signed_as_the_library_expects(double, receiver):
    paid = pay(double)
    settled(double)

    events = [
        stripe.Webhook.construct_event(body, signature, WEBHOOK_SECRET)
        for body, signature in receiver.got
    ]

    assert Counter(event.type for event in events) == Counter(
        ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]
    )
    last = next(event for event in events if event.type == "payment_intent.succeeded")
    assert (last.data.object.id, last.data.object.status) == (paid.id, "succeeded")
    assert last.api_version == "2026-10-28.endive"


def test_webhook_signed_with_another_secret_is_not_accepted(double, receiver):
    pay(double)
    settled(double)
    body, signature = receiver.got[0]

    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body, signature, "whsec_of_somebody_else")


def test_refused_webhook_comes_again_until_it_is_taken(double, receiver):
    receiver.status = 500
    pay(double)
    wait_until(lambda: len(receiver.got) >= 6)
    receiver.status = 200
    receiver.got.clear()
    settled(double)

    assert set(receiver.names()) == {
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
    }
    assert double.deliveries()["delivered"] == 3


def test_receiver_that_was_down_gets_all_when_it_is_back(double, receiver):
    receiver.close()
    pay(double)
    double.private("GET", "deliveries")
    assert double.deliveries()["delivered"] == 0
    receiver.open()
    settled(double)

    assert len(receiver.got) == 3


def test_shop_that_starts_beside_the_double_is_waited_for_in_silence(double, receiver, caplog):
    def warnings():
        return [line for line in caplog.messages if "again in" in line]

    receiver.close()
    pay(double)
    double.private("GET", "deliveries")
    receiver.open()
    settled(double)

    assert len(receiver.got) == 3
    assert warnings() == []

    # Who was there before and is away now is news.
    receiver.close()
    pay(double)
    wait_until(warnings)


def test_undelivered_webhooks_survive_a_restart_of_the_double(double, receiver):
    receiver.close()
    paid = pay(double)
    double.stop()
    receiver.open()
    double.start()
    settled(double)

    assert {event["data"]["object"]["id"] for event in receiver.events()} == {
        paid.id,
        paid.latest_charge,
    }


def test_shop_that_moved_is_told_at_its_new_address(double, receiver):
    double.stop()
    double.start(hook_url="http://127.0.0.1:9/nowhere")
    endpoints = double.client().v1.webhook_endpoints.list().data

    assert [endpoint.url for endpoint in endpoints] == ["http://127.0.0.1:9/nowhere"]


def test_dropped_webhooks_never_come(double, receiver):
    double.chaos(drop=1)
    pay(double)
    settled(double)

    assert receiver.got == []
    assert double.deliveries()["dropped"] == 3


def test_duplicated_webhooks_are_the_same_event_twice(double, receiver):
    double.chaos(duplicate=1)
    pay(double)
    settled(double)

    assert sorted(Counter(event["id"] for event in receiver.events()).values()) == [2, 2, 2]


def test_shuffled_webhooks_all_come(double, receiver):
    double.chaos(shuffle=0.5, seed=3)
    paid = [pay(double) for _ in range(4)]
    settled(double)

    created = [event["created"] for event in receiver.events()]
    assert len(created) == 12
    order = [
        event["data"]["object"]["id"]
        for event in receiver.events()
        if event["type"] == "payment_intent.succeeded"
    ]
    assert sorted(order) == sorted(intent.id for intent in paid)
    first_of_each = {}
    for event in receiver.events():
        subject = event["data"]["object"]
        first_of_each.setdefault(subject.get("payment_intent") or subject["id"], event["type"])
    assert set(first_of_each.values()) != {"payment_intent.created"}, "nothing was shuffled"


def test_delayed_webhooks_wait(double, receiver):
    double.chaos(delay=[600, 600])
    pay(double)

    assert double.deliveries() == {"pending": 3, "delivered": 0, "dropped": 0, "given up": 0}
    assert receiver.got == []


def test_endpoint_hears_only_what_it_asked_for(double, receiver):
    shop = double.client().v1.webhook_endpoints.list().data[0]
    double.client().v1.webhook_endpoints.update(
        shop.id, {"enabled_events": ["payment_intent.succeeded"]}
    )
    pay(double)
    settled(double)

    assert receiver.names() == ["payment_intent.succeeded"]


def test_event_tells_the_request_that_caused_it(double, receiver):
    double.client().v1.payment_intents.create(
        {"amount": 5, "currency": "cny"}, {"idempotency_key": "order-5"}
    )
    settled(double)

    assert json.loads(receiver.got[0][0])["request"]["idempotency_key"] == "order-5"


@pytest.mark.parametrize(
    "wanted",
    [{"drop": 2}, {"drop": -0.1}, {"delay": [5, 1]}, {"delay": 3}, {"moon": 1}, {"drop": "x"}],
)
def test_chaos_that_makes_no_sense_is_refused(double, wanted):
    with double.browser() as browser:
        browser.headers["Authorization"] = f"Bearer {SECRET_KEY}"
        answer = browser.post("/_double/chaos", json=wanted)
        now = browser.get("/_double/chaos").json()

    assert answer.status_code == 400
    assert now["drop"] == now["duplicate"] == 0


def test_chaos_needs_the_key(double):
    with double.browser() as browser:
        assert browser.post("/_double/chaos", json={"drop": 1}).status_code == 401
        assert browser.get("/_double/deliveries").status_code == 401
