"""Objects have the fields that the library of this API version says they have."""

import pytest
import stripe

RETURN = {"return_url": "http://localhost:8000/x"}


@pytest.fixture
def made(stripe_double):
    """One object of each kind, by the name of its class in the library."""
    v1 = stripe_double.client().v1
    intent = v1.payment_intents.create({"amount": 9000, "currency": "cny"})
    paid = v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa", **RETURN})
    disputed = v1.payment_intents.create({"amount": 5000, "currency": "cny"})
    v1.payment_intents.confirm(disputed.id, {"payment_method": "pm_card_createDispute", **RETURN})
    account = v1.accounts.create({"type": "express", "country": "HK"})
    transfer = v1.transfers.create({"amount": 100, "currency": "cny", "destination": account.id})
    return {
        "PaymentIntent": paid,
        "Charge": v1.charges.retrieve(paid.latest_charge),
        "PaymentMethod": v1.payment_methods.retrieve(paid.payment_method),
        "Refund": v1.refunds.create({"payment_intent": paid.id, "amount": 100}),
        "BalanceTransaction": v1.balance_transactions.list({"limit": 1}).data[0],
        "Transfer": transfer,
        "TransferReversal": v1.transfers.reversals.create(transfer.id, {"amount": 40}),
        "Account": account,
        "Payout": v1.payouts.create({"amount": 100, "currency": "cny"}),
        "Dispute": v1.disputes.list({"limit": 1}).data[0],
        "Event": v1.events.list({"limit": 1}).data[0],
        "WebhookEndpoint": v1.webhook_endpoints.create(
            {"url": "http://localhost:9/x", "enabled_events": ["payout.failed"]}
        ),
        "Customer": v1.customers.create({"email": "a@example.com"}),
        "Balance": v1.balance.retrieve(),
    }


def test_every_object_has_the_fields_of_its_class(made):
    wrong = {}
    for name, item in made.items():
        hints = getattr(stripe, name).__annotations__
        known = {field for field in hints if field != "OBJECT_NAME"}
        needed = {field for field in known if "Optional" not in str(hints[field])}
        has = set(item.to_dict())
        if needed - has or has - known:
            wrong[name] = {"missing": sorted(needed - has), "unknown": sorted(has - known)}

    assert wrong == {}
