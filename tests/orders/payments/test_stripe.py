"""The adapter, against the running double."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import stripe

from orders.payments import stripe_client, stripe_facts
from orders.payments.errors import (
    IntentMismatch,
    PaymentDeclined,
    PaymentRefused,
    ProviderUnavailable,
)
from orders.payments.protocol import (
    CardForm,
    Method,
    OrderFacts,
    QrCode,
    Redirect,
    RefundStatus,
    Status,
)
from orders.payments.stripe import StripePayments
from tests.stripe_server import SECRET_KEY, SHOP, WEBHOOK_SECRET, free_port, wait_until

RETURN_URL = f"{SHOP}/orders/LC1/return"


def payments_at(url, *, key=SECRET_KEY, retries=0, **more):
    return StripePayments(
        secret_key=key, api_base=url, webhook_secret=WEBHOOK_SECRET, retries=retries, **more
    )


@pytest.fixture
def payments(stripe_double):
    return payments_at(stripe_double.url)


@pytest.fixture
def order():
    return OrderFacts(reference=f"LC-{uuid4().hex[:8]}", amount_fen=2950)


@pytest.fixture
def opened(payments, order):
    return payments.open(order, idempotency_key=order.reference)


def post(double, url, **form):
    with double.browser() as browser:
        parts = urlsplit(url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        return browser.post(path, data=form)


def pay_by_card(double, payments, intent_id, number="4242424242424242"):
    step = payments.start(intent_id, method=Method.CARD, return_url=RETURN_URL).next
    return post(double, step.url, number=number, expiry="12/34", cvc="123")


@pytest.fixture
def paid(stripe_double, payments, opened):
    pay_by_card(stripe_double, payments, opened.intent_id)
    return payments.fetch(opened.intent_id)


# --- Opening and paying ------------------------------------------------------------------------


def test_opened_intent_tells_the_orders_facts(opened, order):
    assert opened.status is Status.CREATED
    assert (opened.reference, opened.amount_fen, opened.currency) == (
        order.reference,
        2950,
        "cny",
    )
    assert (opened.amount_received_fen, opened.refunded_fen, opened.fee_fen) == (0, 0, None)
    assert (opened.method, opened.failure_code, opened.is_disputed) == (None, "", False)
    opened.require(order)


def test_opening_twice_with_one_key_gives_one_intent(payments, order, opened):
    assert payments.open(order, idempotency_key=order.reference).intent_id == opened.intent_id


def test_opening_another_order_with_the_same_key_is_refused(payments, order, opened):
    other = OrderFacts(reference=order.reference, amount_fen=1)

    with pytest.raises(PaymentRefused):
        payments.open(other, idempotency_key=order.reference)


def test_alipay_redirects_and_is_paid_when_approved(stripe_double, payments, opened):
    started = payments.start(opened.intent_id, method=Method.ALIPAY, return_url=RETURN_URL)
    assert (started.intent_id, started.status) == (opened.intent_id, Status.PENDING)
    assert isinstance(started.next, Redirect)
    pending = payments.fetch(opened.intent_id)

    answer = post(stripe_double, started.next.url, decision="approve")

    assert answer.headers["Location"].startswith(RETURN_URL)
    assert (pending.status, pending.method) == (Status.PENDING, Method.ALIPAY)
    now = payments.fetch(opened.intent_id)
    assert (now.status, now.method, now.amount_received_fen) == (
        Status.SUCCEEDED,
        Method.ALIPAY,
        2950,
    )


def test_wechat_shows_a_code_and_is_paid_when_scanned(stripe_double, payments, opened):
    step = payments.start(opened.intent_id, method=Method.WECHAT_PAY, return_url=RETURN_URL).next
    assert isinstance(step, QrCode)
    assert urlsplit(step.hosted_url).path.startswith("/_double/wechat/")

    post(stripe_double, step.data, decision="approve")

    now = payments.fetch(opened.intent_id)
    assert (now.status, now.method) == (Status.SUCCEEDED, Method.WECHAT_PAY)


def test_hosted_pages_are_where_the_buyer_knows_the_shop(payments, opened):
    step = payments.start(opened.intent_id, method=Method.ALIPAY, return_url=RETURN_URL).next

    assert urlsplit(step.url).hostname == "shop.example"


def test_card_without_stripes_form_goes_to_the_doubles_page(stripe_double, payments, opened):
    answer = pay_by_card(stripe_double, payments, opened.intent_id)

    assert answer.headers["Location"].startswith(RETURN_URL)
    now = payments.fetch(opened.intent_id)
    assert (now.status, now.method) == (Status.SUCCEEDED, Method.CARD)
    assert now.fee_fen == 100  # 3.4 % of 29.50, to the nearest fen


def test_card_with_stripe_itself_is_paid_in_its_form_on_our_page(stripe_double, payments, opened):
    # Only the address tells Stripe from the double, so ask the double as if it were Stripe.
    real = payments_at("", publishable_key="pk_test_x")
    real._client = payments._client

    started = real.start(opened.intent_id, method=Method.CARD, return_url=RETURN_URL)

    assert started.status is Status.CREATED
    assert isinstance(started.next, CardForm)
    assert started.next.client_secret.startswith(f"{opened.intent_id}_secret_")
    assert (started.next.publishable_key, started.next.return_url) == ("pk_test_x", RETURN_URL)


def test_a_card_is_known_again_and_never_by_its_number(stripe_double, payments, order):
    def payer(number):
        opened = payments.open(order, idempotency_key=uuid4().hex)
        pay_by_card(stripe_double, payments, opened.intent_id, number)
        return payments.fetch(opened.intent_id)

    first, again, other = map(payer, ["4242424242424242", "4242424242424242", "5555555555554444"])
    assert first.payer_fingerprint == again.payer_fingerprint != other.payer_fingerprint
    assert first.payer_fingerprint not in ("", "4242424242424242")
    assert first.payer_fingerprint not in repr(first)


def test_kept_events_do_not_say_which_card():
    card = {"brand": "visa", "fingerprint": "abc"}
    charge = {"object": "charge", "payment_intent": "pi_1", "list": [{"card": card}], "n": 1}
    event = {"id": "evt_1", "type": "charge.succeeded", "created": 1, "data": {"object": charge}}
    kept = stripe_facts.of_event(event).payload
    assert kept["data"]["object"]["list"] == [{"card": {"brand": "visa"}}]
    assert kept["data"]["object"]["n"] == 1


def test_refused_wallet_says_why_and_can_be_paid_again(stripe_double, payments, opened):
    step = payments.start(opened.intent_id, method=Method.ALIPAY, return_url=RETURN_URL).next
    post(stripe_double, step.url, decision="refuse")
    failed = payments.fetch(opened.intent_id)

    pay_by_card(stripe_double, payments, opened.intent_id)

    assert failed.status is Status.FAILED
    assert failed.failure_code == "payment_intent_authentication_failure"
    assert payments.fetch(opened.intent_id).status is Status.SUCCEEDED


def test_declined_card_leaves_its_reason(stripe_double, payments, opened):
    pay_by_card(stripe_double, payments, opened.intent_id, "4000000000009995")

    failed = payments.fetch(opened.intent_id)
    assert (failed.status, failed.failure_code) == (Status.FAILED, "insufficient_funds")


def test_disputed_card_is_told(stripe_double, payments, opened):
    pay_by_card(stripe_double, payments, opened.intent_id, "4000000000000259")

    assert payments.fetch(opened.intent_id).is_disputed is True


@pytest.mark.parametrize("method", Method)
def test_starting_a_paid_intent_has_nothing_to_do(payments, paid, method):
    started = payments.start(paid.intent_id, method=method, return_url=RETURN_URL)

    assert (started.status, started.next) == (Status.SUCCEEDED, None)


def test_method_that_was_not_offered_is_refused(payments, order):
    only_card = payments.open(order, idempotency_key=uuid4().hex, methods=[Method.CARD])

    with pytest.raises(PaymentRefused):
        payments.start(only_card.intent_id, method=Method.ALIPAY, return_url=RETURN_URL)


# --- Facts that do not fit ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"amount_fen": 2949}, {"amount_fen", "amount_received_fen"}),
        ({"currency": "usd"}, {"currency"}),
        ({"reference": "LC-other"}, {"reference"}),
    ],
)
def test_intent_of_another_order_is_a_mismatch(paid, order, change, named):
    facts = {"reference": order.reference, "amount_fen": 2950, "currency": "cny", **change}

    with pytest.raises(IntentMismatch) as mismatch:
        paid.require(OrderFacts(**facts))

    assert set(mismatch.value.differences) == named
    assert mismatch.value.status == 409


def test_unknown_intent_is_refused(payments):
    with pytest.raises(PaymentRefused) as refused:
        payments.fetch("pi_nobody")

    assert refused.value.reason == "resource_missing"


# --- Cancelling --------------------------------------------------------------------------------


def test_cancelled_intent_is_final(payments, opened):
    assert payments.cancel(opened.intent_id).status is Status.CANCELLED
    assert payments.cancel(opened.intent_id).status is Status.CANCELLED
    started = payments.start(opened.intent_id, method=Method.ALIPAY, return_url=RETURN_URL)
    assert (started.status, started.next) == (Status.CANCELLED, None)


def test_cancelling_too_late_tells_that_it_was_paid(payments, paid):
    assert payments.cancel(paid.intent_id).status is Status.SUCCEEDED


# --- Refunds -----------------------------------------------------------------------------------


def test_refund_in_part_is_counted(payments, paid):
    refund = payments.refund(
        paid.intent_id, amount_fen=950, idempotency_key=uuid4().hex, reason="三个芒果坏了"
    )

    assert refund.status is RefundStatus.SUCCEEDED
    assert (refund.intent_id, refund.amount_fen) == (paid.intent_id, 950)
    assert payments.fetch(paid.intent_id).refunded_fen == 950
    assert payments.fetch_refund(refund.refund_id) == refund


def test_refund_with_one_key_happens_once(payments, paid):
    key = uuid4().hex
    first, second = (
        payments.refund(paid.intent_id, amount_fen=500, idempotency_key=key) for _ in range(2)
    )

    assert first == second
    assert payments.fetch(paid.intent_id).refunded_fen == 500


def test_refund_of_more_than_was_paid_is_refused(payments, paid):
    with pytest.raises(PaymentRefused) as refused:
        payments.refund(paid.intent_id, amount_fen=2951, idempotency_key=uuid4().hex)

    assert refused.value.reason == "amount_too_large"
    assert payments.fetch(paid.intent_id).refunded_fen == 0


def test_refund_to_a_wallet_takes_its_time(stripe_double, payments, opened):
    step = payments.start(opened.intent_id, method=Method.ALIPAY, return_url=RETURN_URL).next
    post(stripe_double, step.url, decision="approve")

    refund = payments.refund(opened.intent_id, amount_fen=2950, idempotency_key=uuid4().hex)

    assert refund.status is RefundStatus.PENDING
    wait_until(lambda: payments.fetch_refund(refund.refund_id).status is RefundStatus.SUCCEEDED)


def test_refund_that_bounces_gives_the_money_back_to_us(stripe_double, payments, opened):
    pay_by_card(stripe_double, payments, opened.intent_id, "4000000000005126")

    refund = payments.refund(opened.intent_id, amount_fen=2950, idempotency_key=uuid4().hex)

    wait_until(lambda: payments.fetch_refund(refund.refund_id).status is RefundStatus.FAILED)
    assert payments.fetch_refund(refund.refund_id).failure_code == "expired_or_canceled_card"
    assert payments.fetch(opened.intent_id).refunded_fen == 0


# --- Transfers and the bookkeeper's view -------------------------------------------------------


def test_transfer_and_its_reversal(stripe_double, payments, paid):
    producer = stripe_double.client().v1.accounts.create({"type": "express", "country": "HK"})
    facts = {
        "destination": producer.id,
        "amount_fen": 1500,
        "currency": "cny",
        "reference": paid.reference,
        "idempotency_key": uuid4().hex,
    }

    first, again = payments.transfer(**facts), payments.transfer(**facts)
    reversed_ = payments.reverse_transfer(
        first.transfer_id, amount_fen=400, idempotency_key=uuid4().hex
    )

    assert first == again
    assert (first.destination, first.amount_fen, first.reversed_fen) == (producer.id, 1500, 0)
    assert (first.reference, reversed_.reversed_fen) == (paid.reference, 400)


def test_transfer_to_nobody_is_refused(payments, paid):
    with pytest.raises(PaymentRefused):
        payments.transfer(
            destination="acct_nobody",
            amount_fen=1,
            currency="cny",
            reference="x",
            idempotency_key=uuid4().hex,
        )


def test_intents_since_a_moment_are_all_listed(payments, order):
    ids = [
        payments.open(order, idempotency_key=f"{order.reference}-{number}").intent_id
        for number in range(105)
    ]
    since = datetime.now(UTC) - timedelta(minutes=5)

    listed = [facts.intent_id for facts in payments.intents(since=since)]

    assert [found for found in listed if found in ids] == ids[::-1]
    assert list(payments.intents(since=datetime.now(UTC) + timedelta(hours=1))) == []


def test_movements_balance_and_name_their_payment(payments, paid):
    refund = payments.refund(paid.intent_id, amount_fen=950, idempotency_key=uuid4().hex)

    since = datetime.now(UTC) - timedelta(minutes=5)
    ours = [move for move in payments.movements(since=since) if move.intent_id == paid.intent_id]

    assert [(move.kind, move.amount_fen, move.fee_fen) for move in ours] == [
        ("refund", -950, 0),
        ("charge", 2950, paid.fee_fen),
    ]
    assert ours[0].source_id == refund.refund_id
    assert all(move.amount_fen - move.fee_fen == move.net_fen for move in ours)


# --- A provider that does not answer -----------------------------------------------------------


def test_provider_that_is_down_is_unavailable(order):
    nobody = payments_at(f"http://127.0.0.1:{free_port()}")

    with pytest.raises(ProviderUnavailable) as unavailable:
        nobody.open(order, idempotency_key="x")

    assert unavailable.value.status == 503


def test_wrong_key_is_unavailable_and_not_told(stripe_double, order):
    wrong = payments_at(stripe_double.url, key="sk_test_0123456789abcdef")

    with pytest.raises(ProviderUnavailable) as unavailable:
        wrong.open(order, idempotency_key="x")

    assert "0123456789" not in str(unavailable.value)
    assert "0123456789" not in unavailable.value.message


def test_refusing_provider_is_unavailable(stripe_double, payments, order):
    stripe_double.chaos(refuse=1)

    with pytest.raises(ProviderUnavailable):
        payments.open(order, idempotency_key=order.reference)


def test_lost_answers_are_asked_for_again_and_nothing_happens_twice(stripe_double, paid):
    stubborn = payments_at(stripe_double.url, retries=6)
    stripe_double.chaos(lose_answers=0.5, seed=11)

    refunds = {
        stubborn.refund(paid.intent_id, amount_fen=100, idempotency_key=f"{paid.intent_id}-1")
        for _ in range(3)
    }

    stripe_double.chaos()
    assert len(refunds) == 1
    assert stubborn.fetch(paid.intent_id).refunded_fen == 100


def test_immediate_decline_is_told_in_words(stripe_double, payments, opened, monkeypatch):
    """A wallet that declines at once answers as a card does; the double's tokens can show it."""
    monkeypatch.setattr("orders.payments.stripe.CARD_PAGE", "pm_card_visa_chargeDeclined")

    with pytest.raises(PaymentDeclined) as declined:
        payments.start(opened.intent_id, method=Method.CARD, return_url=RETURN_URL)

    assert declined.value.facts == {"reason": "generic_decline"}
    assert declined.value.status == 402


def test_who_kept_somebody_waiting_in_vain_is_left_alone_for_a_while(monkeypatch):
    """Threads are few: one waits for a provider that does not answer, and no second one."""
    asked = []

    def silence():
        asked.append(1)
        raise stripe.APIConnectionError("nothing came")

    monkeypatch.setattr(stripe_client, "SLOW_SECONDS", 0.0)
    stripe_client.make_client(secret_key="sk_test_x")  # nothing is known of a new one
    for _ in range(3):
        with pytest.raises(ProviderUnavailable):
            stripe_client.asking(silence)
    first = len(asked)
    monkeypatch.setattr(stripe_client, "LEAVE_ALONE_SECONDS", 0.0)
    stripe_client._patience.note_silence(1.0)  # its time is over

    answer = stripe_client.asking(lambda: "back")

    assert (first, answer) == (1, "back")
    assert stripe_client.asking(lambda: "open to all") == "open to all"
