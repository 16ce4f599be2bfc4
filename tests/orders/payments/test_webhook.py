"""A webhook is believed only with our secret, recently signed, over its very bytes."""

import json
import time

import pytest

from livecommerce.embedded.stripe_double.courier import signature
from orders.payments.errors import InvalidSignature
from orders.payments.protocol import Method, OrderFacts, WebhookKind
from orders.payments.stripe import StripePayments
from tests.stripe_server import SECRET_KEY, WEBHOOK_SECRET, StripeServer, wait_until

EVENT = {
    "id": "evt_1",
    "object": "event",
    "type": "payment_intent.succeeded",
    "created": 1_790_000_000,
    "data": {"object": {"id": "pi_1", "object": "payment_intent", "status": "succeeded"}},
}
payments = StripePayments(secret_key=SECRET_KEY, webhook_secret=WEBHOOK_SECRET)


def body_of(**changes):
    return json.dumps({**EVENT, **changes}).encode()


def parsed(body, *, secret=WEBHOOK_SECRET, age=0):
    return payments.parse_webhook(body, signature(body, secret, at=int(time.time()) - age))


def test_signed_webhook_tells_its_facts():
    facts = parsed(body_of())

    assert (facts.event_id, facts.type, facts.kind) == (
        "evt_1",
        "payment_intent.succeeded",
        WebhookKind.PAYMENT,
    )
    assert (facts.intent_id, facts.refund_id) == ("pi_1", "")
    assert facts.payload["data"]["object"]["status"] == "succeeded"
    assert int(facts.created_at.timestamp()) == 1_790_000_000


@pytest.mark.parametrize(
    ("name", "subject", "kind", "intent_id", "refund_id"),
    [
        ("charge.succeeded", {"object": "charge", "id": "ch_1"}, WebhookKind.PAYMENT, "pi_9", ""),
        ("refund.updated", {"object": "refund", "id": "re_1"}, WebhookKind.REFUND, "pi_9", "re_1"),
        ("charge.refunded", {"object": "charge", "id": "ch_1"}, WebhookKind.REFUND, "pi_9", ""),
        ("charge.dispute.created", {"object": "dispute"}, WebhookKind.DISPUTE, "pi_9", ""),
        ("transfer.created", {"object": "transfer"}, WebhookKind.TRANSFER, "pi_9", ""),
        ("account.updated", {"object": "account"}, WebhookKind.OTHER, "pi_9", ""),
    ],
)
def test_webhook_names_what_it_is_about(name, subject, kind, intent_id, refund_id):
    facts = parsed(body_of(type=name, data={"object": {"payment_intent": "pi_9", **subject}}))

    assert (facts.kind, facts.intent_id, facts.refund_id) == (kind, intent_id, refund_id)


def test_old_signature_is_refused():
    assert parsed(body_of(), age=290)
    with pytest.raises(InvalidSignature) as refused:
        parsed(body_of(), age=310)
    assert refused.value.status == 400


def test_foreign_secret_is_refused():
    with pytest.raises(InvalidSignature):
        parsed(body_of(), secret="whsec_of_somebody_else")


def test_changed_body_is_refused():
    body = body_of()
    signed = signature(body, WEBHOOK_SECRET, at=int(time.time()))

    with pytest.raises(InvalidSignature):
        payments.parse_webhook(body.replace(b"pi_1", b"pi_2"), signed)


@pytest.mark.parametrize("header", ["", "t=1", "v1=abc", "t=x,v1=abc", "nonsense", "t=1,v0=abc"])
def test_broken_header_is_refused(header):
    with pytest.raises(InvalidSignature):
        payments.parse_webhook(body_of(), header)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"{}", b"not json", b'{"id": 1, "type": 2}', b"\xff\xfe"]
)
def test_signed_nonsense_is_refused(body):
    with pytest.raises(InvalidSignature):
        parsed(body)


def test_without_a_secret_nothing_is_believed():
    body = body_of()
    open_door = StripePayments(secret_key=SECRET_KEY, webhook_secret="")

    with pytest.raises(InvalidSignature):
        open_door.parse_webhook(body, signature(body, "", at=int(time.time())))


def test_webhook_of_the_double_is_believed(tmp_path, receiver):
    server = StripeServer(tmp_path, hook_url=receiver.url, webhook_secret=WEBHOOK_SECRET)
    through = StripePayments(
        secret_key=SECRET_KEY, webhook_secret=WEBHOOK_SECRET, api_base=server.url
    )
    opened = through.open(OrderFacts("LC1", 100), idempotency_key="LC1")
    through.start(opened.intent_id, method=Method.ALIPAY, return_url="http://localhost/x")
    wait_until(lambda: len(receiver.got) == 2)
    server.stop()

    facts = [through.parse_webhook(*received) for received in receiver.got]

    assert {fact.intent_id for fact in facts} == {opened.intent_id}
    assert {fact.type for fact in facts} == {
        "payment_intent.created",
        "payment_intent.requires_action",
    }
