"""What only a double has: disputing any payment, and remembering payments of before it ran."""

import httpx
import pytest

from livecommerce.embedded.stripe_double.past import PastPayment, remember
from livecommerce.embedded.stripe_double.store import StoreInUse
from tests.stripe_server import StripeServer, wait_until

RETURN = {"return_url": "http://localhost:8000/x"}
PAST = PastPayment("LC7", 5000, "cny", "alipay", 30, 1_700_000_000, [2000])


def paid(client, amount=1000):
    intent = client.v1.payment_intents.create({"amount": amount, "currency": "cny"})
    client.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa", **RETURN})
    return intent.id


def dispute(double, intent_id, **more):
    sent = {"payment_intent": intent_id, **more}
    return double.private("POST", "disputes", json=sent)


def test_any_paid_intent_can_be_disputed_once(stripe_double):
    client = stripe_double.client()
    intent_id = paid(client)

    opened = dispute(stripe_double, intent_id, reason="product_unacceptable")

    assert (opened["status"], opened["reason"]) == ("needs_response", "product_unacceptable")
    assert client.v1.disputes.retrieve(opened["id"]).amount == 1000
    for wrong in (intent_id, "pi_nobody"):
        with pytest.raises(httpx.HTTPStatusError) as refused:
            dispute(stripe_double, wrong)
        assert refused.value.response.status_code == 400


def test_an_unpaid_intent_cannot_be_disputed(stripe_double):
    intents = stripe_double.client().v1.payment_intents
    intent = intents.create({"amount": 1, "currency": "cny"})

    with pytest.raises(httpx.HTTPStatusError):
        dispute(stripe_double, intent.id)


@pytest.mark.parametrize("path", ["disputes", "past"])
def test_without_the_key_nobody_disputes_or_rewrites_the_past(stripe_double, path):
    answer = httpx.post(f"{stripe_double.url}/_double/{path}", json={})

    assert answer.status_code == 401


def test_a_dispute_is_told_by_webhook_to_its_end(tmp_path, receiver):
    double = StripeServer(tmp_path, hook_url=receiver.url, webhook_secret="whsec_x")
    try:
        client = double.client()
        opened = dispute(double, paid(client))
        evidence = {"evidence": {"uncategorized_text": "winning_evidence"}}
        client.v1.disputes.update(opened["id"], evidence)
        wait_until(lambda: "charge.dispute.closed" in receiver.names())
    finally:
        double.stop()

    told = [name for name in receiver.names() if name.startswith("charge.dispute.")]
    assert set(told) == {
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.updated",
        "charge.dispute.funds_reinstated",
        "charge.dispute.closed",
    }


def test_what_was_paid_before_it_ran(tmp_path):
    made = remember(tmp_path, [PAST])[0]
    double = StripeServer(tmp_path)
    try:
        client = double.client()
        intent = client.v1.payment_intents.retrieve(
            made.intent_id, {"expand": ["latest_charge.balance_transaction"]}
        )
        refund = client.v1.refunds.retrieve(made.refund_ids[0])
        with pytest.raises(StoreInUse):
            remember(tmp_path, [PAST])
        again = double.private("POST", "past", json=[PAST.sent()])
        rest = client.v1.refunds.create({"payment_intent": made.intent_id})
    finally:
        double.stop()

    assert (intent.status, intent.created, intent.metadata["order"]) == (
        "succeeded",
        1_700_000_000,
        "LC7",
    )
    charge = intent.latest_charge
    assert (charge.balance_transaction.fee, charge.amount_refunded) == (30, 2000)
    assert (refund.status, refund.amount) == ("succeeded", 2000)
    assert again[0]["intent_id"].startswith("pi_")
    assert rest.amount == 3000


def test_a_past_that_makes_no_sense_is_refused(stripe_double):
    for nonsense in ([{"amount": 1}], {"a": 1}, [1]):
        with pytest.raises(httpx.HTTPStatusError) as refused:
            stripe_double.private("POST", "past", json=nonsense)
        assert refused.value.response.status_code == 400
