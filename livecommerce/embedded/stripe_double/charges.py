"""Charges, and the bookings every movement of money makes in our balance."""

import time
from typing import Any

from livecommerce.embedded.stripe_double import listing
from livecommerce.embedded.stripe_double.double import Call, Double
from livecommerce.embedded.stripe_double.events import emit
from livecommerce.embedded.stripe_double.store import Store
from livecommerce.embedded.stripe_double.wire import Object


def book(
    store: Store, *, kind: str, amount: int, currency: str, source: str, fee: int = 0
) -> Object:
    """A balance transaction; `amount` is negative when money leaves. Available at once."""
    details = [{"amount": fee, "currency": currency, "type": "stripe_fee", "description": "Fee"}]
    return store.add(
        "balance_transaction",
        "txn",
        type=kind,
        reporting_category={"payment": "charge", "payment_refund": "refund"}.get(kind, kind),
        amount=amount,
        fee=fee,
        net=amount - fee,
        currency=currency,
        source=source,
        balance_type="payments",
        status="available",
        available_on=int(time.time()),
        fee_details=details if fee else [],
        exchange_rate=None,
        description=None,
    )


def fee_of(double: Double, *, amount: int, method_kind: str) -> int:
    config = double.config
    rate = config.card_fee_per_10k if method_kind == "card" else config.wallet_fee_per_10k
    return min(amount, (amount * rate + 5_000) // 10_000 + config.fixed_fee_fen)


def charge(double: Double, intent: Object, method: Object) -> Object:
    """Take the intent's money: a charge, its booking, its event."""
    kind = method["type"]
    details: dict[str, Any] = {"type": kind, kind: dict(method.get(kind) or {})}
    made = double.store.add(
        "charge",
        "ch" if kind == "card" else "py",
        amount=intent["amount"],
        amount_captured=intent["amount"],
        amount_refunded=0,
        balance_transaction=None,
        billing_details=method.get("billing_details") or {},
        captured=True,
        currency=intent["currency"],
        customer=intent["customer"],
        description=intent["description"],
        disputed=False,
        failure_code=None,
        failure_message=None,
        metadata=dict(intent["metadata"]),
        outcome={"network_status": "approved_by_network", "type": "authorized"},
        paid=True,
        payment_intent=intent["id"],
        payment_method=method["id"],
        payment_method_details=details,
        refunded=False,
        status="succeeded",
        transfer_group=intent["transfer_group"],
        _number=method.get("_number"),
    )
    booked = book(
        double.store,
        kind="charge" if kind == "card" else "payment",
        amount=made["amount"],
        fee=fee_of(double, amount=made["amount"], method_kind=kind),
        currency=made["currency"],
        source=made["id"],
    )
    made["balance_transaction"] = booked["id"]
    double.store.save(made)
    emit(double, "charge.succeeded", made)
    return made


def retrieve(call: Call) -> Object:
    return call.found("charge")


def update(call: Call) -> Object:
    changed = retrieve(call)
    changed["metadata"] = call.params.metadata(changed["metadata"])
    if "description" in call.params:
        changed["description"] = call.params.text("description")
    call.store.save(changed)
    return changed


def list_all(call: Call) -> Object:
    return listing.page(
        call,
        "charge",
        "/v1/charges",
        filters=("payment_intent", "customer", "transfer_group"),
    )


def retrieve_booking(call: Call) -> Object:
    return call.found("balance_transaction")


def list_bookings(call: Call) -> Object:
    return listing.page(
        call,
        "balance_transaction",
        "/v1/balance_transactions",
        filters=("type", "source", "currency"),
    )


def balance(call: Call) -> Object:
    currencies = {
        booked["currency"] for booked in call.store.select("balance_transaction", limit=1000)
    } or {"cny"}
    return {
        "object": "balance",
        "livemode": False,
        "available": [
            {"amount": call.store.balance_fen(currency), "currency": currency}
            for currency in sorted(currencies)
        ],
        "pending": [{"amount": 0, "currency": currency} for currency in sorted(currencies)],
    }
