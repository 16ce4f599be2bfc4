"""What the shop needs of Stripe, asked through the official library.

One suite, two targets: the double always, and Stripe itself when STRIPE_CONTRACT_KEY holds a test
key (its account should take cards, Alipay and WeChat Pay in STRIPE_CONTRACT_CURRENCY, default cny).
What only a person at a hosted page can do is tested with the double alone, in
`tests/livecommerce/stripe_double`.
"""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
import stripe
from stripe import StripeClient

from tests.stripe_server import _one_stripe_double, stripe_double, wait_until  # noqa: F401

CURRENCY = os.environ.get("STRIPE_CONTRACT_CURRENCY", "cny")
RETURN_URL = "http://localhost:8000/orders/return"
TARGETS = ["double", *(["stripe"] if os.environ.get("STRIPE_CONTRACT_KEY") else [])]
WALLETS_TOO = ["card", "alipay", "wechat_pay"]


@dataclass
class Shop:
    """Short ways to say what the tests below do again and again."""

    client: StripeClient
    wrong_key: StripeClient

    @property
    def intents(self) -> Any:
        return self.client.v1.payment_intents

    def open(self, amount: int = 2950, *, key: str = "", **more: Any) -> Any:
        params = {
            "amount": amount,
            "currency": CURRENCY,
            "allowed_payment_method_types": WALLETS_TOO,
            **more,
        }
        return self.intents.create(params, {"idempotency_key": key or uuid4().hex})

    def pay(self, intent: Any, method: str = "pm_card_visa", **more: Any) -> Any:
        return self.intents.confirm(
            intent.id, {"payment_method": method, "return_url": RETURN_URL, **more}
        )

    def paid(self, amount: int = 2950, method: str = "pm_card_visa", **more: Any) -> Any:
        return self.pay(self.open(amount, **more), method)

    def refund(self, intent: Any, amount: int, *, key: str = "") -> Any:
        return self.client.v1.refunds.create(
            {"payment_intent": intent.id, "amount": amount}, {"idempotency_key": key or uuid4().hex}
        )


@pytest.fixture(params=TARGETS)
def shop(request, stripe_double) -> Shop:  # noqa: F811
    if request.param == "stripe":
        return Shop(
            StripeClient(os.environ["STRIPE_CONTRACT_KEY"], max_network_retries=3),
            StripeClient("sk_test_nobody", max_network_retries=0),
        )
    return Shop(stripe_double.client(retries=3), stripe_double.client(key="sk_test_nobody"))


# --- Opening an intent -------------------------------------------------------------------------


def test_opened_intent_waits_for_a_payment_method(shop):
    intent = shop.open(2950, metadata={"order": "LC1"}, description="凤山核桃")

    assert intent.id.startswith("pi_")
    assert intent.client_secret.startswith(f"{intent.id}_secret_")
    assert (intent.status, intent.amount, intent.currency) == (
        "requires_payment_method",
        2950,
        CURRENCY,
    )
    assert (intent.amount_received, intent.latest_charge, intent.next_action) == (0, None, None)
    assert (intent.metadata["order"], intent.description) == ("LC1", "凤山核桃")


def test_opened_intent_takes_only_what_was_allowed(shop):
    assert shop.open(allowed_payment_method_types=["card"]).payment_method_types == ["card"]
    assert set(shop.open().payment_method_types) == set(WALLETS_TOO)


@pytest.mark.parametrize("amount", [0, -1])
def test_amount_below_one_is_refused(shop, amount):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.open(amount)

    assert (refused.value.http_status, refused.value.param) == (400, "amount")


def test_missing_currency_is_refused(shop):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.intents.create({"amount": 100})

    assert (refused.value.code, refused.value.param) == ("parameter_missing", "currency")


def test_unknown_parameter_is_refused(shop):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.open(price_in_apples=3)

    assert (refused.value.code, refused.value.param) == ("parameter_unknown", "price_in_apples")


def test_wrong_key_is_refused(shop):
    with pytest.raises(stripe.AuthenticationError) as refused:
        shop.wrong_key.v1.payment_intents.list()

    assert refused.value.http_status == 401


def test_unknown_intent_is_missing(shop):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.intents.retrieve("pi_nobody_knows_this")

    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")


# --- Idempotency -------------------------------------------------------------------------------


def test_same_key_and_parameters_give_the_same_intent(shop):
    key = uuid4().hex

    first, second = shop.open(key=key), shop.open(key=key)

    assert first.id == second.id
    assert second.last_response.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.last_response.headers


def test_same_key_with_other_parameters_is_refused(shop):
    key = uuid4().hex
    shop.open(100, key=key)

    with pytest.raises(stripe.IdempotencyError) as refused:
        shop.open(200, key=key)

    assert refused.value.http_status == 400


def test_same_key_at_the_same_moment_gives_one_intent(shop):
    key = uuid4().hex

    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(lambda _: shop.open(key=key).id, range(16)))

    assert len(ids) == 1


# --- Paying by card ----------------------------------------------------------------------------


def test_card_pays_at_once(shop):
    paid = shop.paid(2950)

    assert (paid.status, paid.amount_received, paid.next_action) == ("succeeded", 2950, None)
    assert paid.latest_charge.startswith("ch_")


def test_paid_intent_cannot_be_paid_again(shop):
    paid = shop.paid()

    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.pay(paid)

    assert refused.value.code == "payment_intent_unexpected_state"


@pytest.mark.parametrize(
    ("card", "code", "decline_code"),
    [
        ("pm_card_visa_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"),
        ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", "incorrect_cvc"),
    ],
)
def test_declined_card_says_why_and_leaves_the_intent_open(shop, card, code, decline_code):
    intent = shop.open()

    with pytest.raises(stripe.CardError) as declined:
        shop.pay(intent, card)

    assert (declined.value.http_status, declined.value.code) == (402, code)
    assert declined.value.error.decline_code == decline_code
    now = shop.intents.retrieve(intent.id)
    assert (now.status, now.amount_received) == ("requires_payment_method", 0)
    assert now.last_payment_error.code == code


def test_declined_intent_can_be_paid_by_another_card(shop):
    intent = shop.open()
    with pytest.raises(stripe.CardError):
        shop.pay(intent, "pm_card_visa_chargeDeclined")

    paid = shop.pay(intent)

    assert (paid.status, paid.last_payment_error) == ("succeeded", None)


def test_authentication_sends_the_buyer_to_the_bank(shop):
    waiting = shop.paid(method="pm_card_authenticationRequired")

    assert (waiting.status, waiting.next_action.type) == ("requires_action", "redirect_to_url")
    assert waiting.next_action.redirect_to_url.url.startswith("http")
    assert waiting.next_action.redirect_to_url.return_url == RETURN_URL


def test_confirming_without_a_method_is_refused(shop):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.intents.confirm(shop.open().id, {"return_url": RETURN_URL})

    assert refused.value.code == "payment_intent_unexpected_state"


def test_method_that_is_not_allowed_is_refused(shop):
    intent = shop.open(allowed_payment_method_types=["card"])

    with pytest.raises(stripe.InvalidRequestError):
        shop.intents.confirm(
            intent.id, {"payment_method_data": {"type": "alipay"}, "return_url": RETURN_URL}
        )


def test_authorised_card_is_captured_later(shop):
    held = shop.paid(1000, capture_method="manual", allowed_payment_method_types=["card"])
    assert (held.status, held.amount_capturable) == ("requires_capture", 1000)

    paid = shop.intents.capture(held.id, {"amount_to_capture": 600})

    assert (paid.status, paid.amount_received) == ("succeeded", 600)


# --- Paying by wallet --------------------------------------------------------------------------


def test_alipay_redirects_the_buyer(shop):
    waiting = shop.intents.confirm(
        shop.open().id, {"payment_method_data": {"type": "alipay"}, "return_url": RETURN_URL}
    )

    assert (waiting.status, waiting.next_action.type) == (
        "requires_action",
        "alipay_handle_redirect",
    )
    assert waiting.next_action.alipay_handle_redirect.url.startswith("http")
    assert waiting.next_action.alipay_handle_redirect.return_url == RETURN_URL


def test_wechat_pay_shows_a_code(shop):
    waiting = shop.intents.confirm(
        shop.open().id,
        {
            "payment_method_data": {"type": "wechat_pay"},
            "payment_method_options": {"wechat_pay": {"client": "web"}},
            "return_url": RETURN_URL,
        },
    )

    assert waiting.next_action.type == "wechat_pay_display_qr_code"
    shown = waiting.next_action.wechat_pay_display_qr_code
    assert shown.data
    assert shown.hosted_instructions_url.startswith("http")
    assert shown.image_data_url.startswith("data:image/")
    assert shown.image_url_svg.startswith("http")


def test_wechat_pay_without_client_is_refused(shop):
    with pytest.raises(stripe.InvalidRequestError):
        shop.intents.confirm(
            shop.open().id,
            {"payment_method_data": {"type": "wechat_pay"}, "return_url": RETURN_URL},
        )


def test_buyer_may_change_from_a_wallet_to_a_card(shop):
    intent = shop.open()
    shop.intents.confirm(
        intent.id, {"payment_method_data": {"type": "alipay"}, "return_url": RETURN_URL}
    )

    assert shop.pay(intent).status == "succeeded"


# --- Changing and cancelling -------------------------------------------------------------------


def test_cancelled_intent_can_neither_be_paid_nor_cancelled_again(shop):
    intent = shop.open()

    cancelled = shop.intents.cancel(intent.id, {"cancellation_reason": "abandoned"})

    assert (cancelled.status, cancelled.cancellation_reason) == ("canceled", "abandoned")
    for attempt in (lambda: shop.pay(intent), lambda: shop.intents.cancel(intent.id)):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            attempt()
        assert refused.value.code == "payment_intent_unexpected_state"


def test_waiting_intent_can_be_cancelled(shop):
    waiting = shop.paid(method="pm_card_authenticationRequired")

    assert shop.intents.cancel(waiting.id).status == "canceled"


def test_paid_intent_cannot_be_cancelled(shop):
    paid = shop.paid()

    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.intents.cancel(paid.id)

    assert refused.value.code == "payment_intent_unexpected_state"


def test_amount_can_change_until_it_is_paid(shop):
    intent = shop.open(1000)

    assert shop.intents.update(intent.id, {"amount": 1200}).amount == 1200
    shop.pay(intent)
    with pytest.raises(stripe.InvalidRequestError):
        shop.intents.update(intent.id, {"amount": 1})


def test_metadata_is_merged_and_taken_away_by_key(shop):
    intent = shop.open(metadata={"order": "LC1", "show": "7"})

    changed = shop.intents.update(intent.id, {"metadata": {"show": "", "host": "3"}})

    assert changed.metadata.to_dict() == {"order": "LC1", "host": "3"}


# --- Finding again -----------------------------------------------------------------------------


def test_list_is_newest_first_and_comes_in_pages(shop):
    opened = [shop.open().id for _ in range(5)]

    page = shop.intents.list({"limit": 2})
    found = []
    for intent in page.auto_paging_iter():
        found.append(intent.id)
        if len(found) == 5:
            break

    assert page.has_more is True
    assert [intent_id for intent_id in found if intent_id in opened] == opened[::-1]


def test_list_can_be_bounded_by_time(shop):
    intent = shop.open()

    ids = [found.id for found in shop.intents.list({"created": {"gte": intent.created}}).data]

    assert intent.id in ids
    assert shop.intents.list({"created": {"gt": intent.created + 3600}}).data == []


@pytest.mark.parametrize("limit", [0, 101])
def test_page_size_has_limits(shop, limit):
    with pytest.raises(stripe.InvalidRequestError):
        shop.intents.list({"limit": limit})


def test_search_finds_an_order_by_its_number(shop):
    number = uuid4().hex
    intent = shop.open(metadata={"order": number})

    def found() -> list[Any]:
        return shop.intents.search({"query": f"metadata['order']:'{number}'"}).data

    # Stripe's index follows within a minute or so.
    assert [hit.id for hit in wait_until(found, seconds=120)] == [intent.id]


def test_expanded_charge_tells_the_fee(shop):
    paid = shop.paid(10_000)

    intent = shop.intents.retrieve(paid.id, {"expand": ["latest_charge.balance_transaction"]})

    booked = intent.latest_charge.balance_transaction
    assert booked.fee > 0
    assert booked.amount - booked.fee == booked.net
    assert intent.latest_charge.payment_method_details.type == "card"


def test_charges_of_one_card_have_one_fingerprint(shop):
    def fingerprint(method):
        paid = shop.paid(1000, method)
        intent = shop.intents.retrieve(paid.id, {"expand": ["latest_charge"]})
        return intent.latest_charge.payment_method_details.card.fingerprint

    first, again, other = map(fingerprint, ["pm_card_visa", "pm_card_visa", "pm_card_mastercard"])
    assert first
    assert first == again
    assert first != other


def test_expanding_what_is_not_there_is_refused(shop):
    with pytest.raises(stripe.InvalidRequestError):
        shop.intents.retrieve(shop.open().id, {"expand": ["the_moon"]})


def test_events_tell_what_happened(shop):
    paid = shop.paid()

    def names() -> set[str]:
        events = shop.client.v1.events.list({"limit": 50}).data
        told = {e.type for e in events if getattr(e.data.object, "id", None) == paid.id}
        return told if "payment_intent.succeeded" in told else set()

    assert {"payment_intent.created", "payment_intent.succeeded"} <= wait_until(names)


# --- Giving back -------------------------------------------------------------------------------


def test_refund_in_parts_until_nothing_is_left(shop):
    paid = shop.paid(1000)

    first, second = shop.refund(paid, 300), shop.refund(paid, 700)

    assert (first.status, first.amount, second.amount) == ("succeeded", 300, 700)
    charge = shop.client.v1.charges.retrieve(paid.latest_charge)
    assert (charge.amount_refunded, charge.refunded) == (1000, True)
    listed = shop.client.v1.refunds.list({"payment_intent": paid.id}).data
    assert {refund.id for refund in listed} == {first.id, second.id}


def test_refund_of_more_than_is_left_is_refused(shop):
    paid = shop.paid(1000)
    shop.refund(paid, 300)

    with pytest.raises(stripe.InvalidRequestError):
        shop.refund(paid, 701)

    assert shop.client.v1.charges.retrieve(paid.latest_charge).amount_refunded == 300


def test_refund_of_a_refunded_charge_is_refused(shop):
    paid = shop.paid(1000)
    shop.refund(paid, 1000)

    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.refund(paid, 1)

    assert refused.value.code == "charge_already_refunded"


def test_refund_of_an_unpaid_intent_is_refused(shop):
    with pytest.raises(stripe.InvalidRequestError):
        shop.refund(shop.open(), 1)


def test_refund_with_the_same_key_happens_once(shop):
    paid, key = shop.paid(1000), uuid4().hex

    first, second = shop.refund(paid, 400, key=key), shop.refund(paid, 400, key=key)

    assert first.id == second.id
    assert shop.client.v1.charges.retrieve(paid.latest_charge).amount_refunded == 400


def test_refund_that_takes_its_time_is_pending_first(shop):
    paid = shop.paid(1000, "pm_card_pendingRefund")

    refund = shop.refund(paid, 1000)

    assert refund.status == "pending"


# --- Money that moves on -----------------------------------------------------------------------


def test_bookings_tell_where_the_money_came_from(shop):
    paid = shop.paid(1000)

    booked = shop.client.v1.balance_transactions.list(
        {"source": paid.latest_charge, "expand": ["data.source"]}
    ).data[0]

    assert (booked.type, booked.amount, booked.currency) == ("charge", 1000, booked.currency)
    assert booked.source.payment_intent == paid.id


def test_disputed_card_opens_a_dispute(shop):
    paid = shop.paid(1000, "pm_card_createDispute")

    dispute = wait_until(
        lambda: shop.client.v1.disputes.list({"payment_intent": paid.id}).data, seconds=60
    )[0]

    assert (dispute.amount, dispute.reason, dispute.status) == (
        1000,
        "fraudulent",
        "needs_response",
    )
    assert shop.client.v1.charges.retrieve(paid.latest_charge).disputed is True


def disputed(shop):
    paid = shop.paid(1000, "pm_card_createDisputeProductNotReceived")
    found = wait_until(
        lambda: shop.client.v1.disputes.list({"payment_intent": paid.id}).data, seconds=60
    )
    return paid, found[0]


def ended(shop, dispute, status):
    def now():
        found = shop.client.v1.disputes.retrieve(dispute.id)
        return found if found.status == status else None

    return wait_until(now, seconds=60)


def test_dispute_that_is_won_gives_the_money_back(shop):
    _paid, dispute = disputed(shop)
    assert dispute.reason == "product_not_received"
    assert dispute.evidence_details.due_by > time.time()
    assert [booked.amount for booked in dispute.balance_transactions] == [-1000]

    evidence = {"evidence": {"uncategorized_text": "winning_evidence"}}
    shop.client.v1.disputes.update(dispute.id, evidence)

    won = ended(shop, dispute, "won")
    assert sum(booked.amount for booked in won.balance_transactions) == 0


def test_dispute_that_is_lost_keeps_it(shop):
    paid, dispute = disputed(shop)

    evidence = {"evidence": {"uncategorized_text": "losing_evidence"}}
    shop.client.v1.disputes.update(dispute.id, evidence)

    lost = ended(shop, dispute, "lost")
    assert sum(booked.amount for booked in lost.balance_transactions) == -1000
    with pytest.raises(stripe.InvalidRequestError):
        shop.refund(paid, 1)


def test_dispute_that_is_given_up_is_lost(shop):
    _paid, dispute = disputed(shop)

    assert shop.client.v1.disputes.close(dispute.id).status == "lost"


def test_refund_of_a_disputed_charge_is_refused(shop):
    paid, _dispute = disputed(shop)

    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.refund(paid, 1)

    assert refused.value.code == "charge_disputed"


def test_webhook_endpoint_tells_its_secret_once(shop):
    endpoints = shop.client.v1.webhook_endpoints
    made = endpoints.create(
        {"url": "https://shop.example/hooks/stripe", "enabled_events": ["payment_intent.succeeded"]}
    )

    assert made.secret.startswith("whsec_")
    assert getattr(endpoints.retrieve(made.id), "secret", None) is None
    assert endpoints.update(made.id, {"disabled": True}).status == "disabled"
    assert endpoints.delete(made.id).deleted is True


def test_balance_is_told_by_currency(shop):
    balance = shop.client.v1.balance.retrieve()

    assert {part.currency for part in balance.available}
    assert all(isinstance(part.amount, int) for part in balance.available)


def test_clock_of_stripe_is_ours(shop):
    """Webhook signatures older than five minutes are refused: the clocks have to agree."""
    assert abs(shop.open().created - time.time()) < 120
